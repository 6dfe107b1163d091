//! The operator's pages, under `/operator`.

mod audit_page;
mod data_classes_page;
mod deployment_forms;
mod deployment_page;
mod deployments_page;
mod errors_page;
mod explain_page;
mod explained;
mod health_table;
mod mail_page;
mod model_fields;
mod model_form;
mod model_page;
mod models_page;
mod onboard_page;
mod operators_page;
mod overview_page;
mod pools_page;
mod register_page;
mod tenant_access;
mod tenant_page;
mod tenant_people;
mod tenants_page;
mod tokenizer_card;

use leptos::prelude::*;
use leptos_router::{
    any_nested_route::IntoAnyNestedRoute,
    components::{ParentRoute, Route},
    path,
};
use ui::{Icon, NavItem, NavSection, Tenant};

use super::frame::{Area, AreaFrame};
use crate::contexts::{NothingHere, Scope};

pub(super) use health_table::health_of;

#[cfg(feature = "operator")]
use self::{
    audit_page::AuditPage, data_classes_page::DataClassesPage, mail_page::MailPage, model_page::ModelPage,
    models_page::ModelsPage, onboard_page::OnboardPage, operators_page::OperatorsPage,
    overview_page::OverviewPage, tenant_page::TenantPage, tenants_page::TenantsPage,
};
#[cfg(feature = "operator")]
use super::{
    account::AccountPage,
    signed_out::{OperatorSignIn, SetUpPage},
};
#[cfg(not(feature = "operator"))]
use crate::contexts::{
    Elsewhere as AuditPage, Elsewhere as DataClassesPage, Elsewhere as MailPage, Elsewhere as ModelPage,
    Elsewhere as ModelsPage, Elsewhere as OnboardPage, Elsewhere as OperatorsPage, Elsewhere as OverviewPage,
    Elsewhere as TenantPage, Elsewhere as TenantsPage, Elsewhere as AccountPage, Elsewhere as OperatorSignIn,
    Elsewhere as SetUpPage,
};

#[cfg(feature = "traffic")]
use self::{
    deployment_page::DeploymentPage,
    deployments_page::DeploymentsPage,
    errors_page::ErrorsPage,
    explain_page::{DecisionPage, ExplainPage},
    pools_page::PoolsPage,
    register_page::RegisterPage,
};
#[cfg(feature = "traffic")]
use super::routes::{EditRoutePage, NewRoutePage, RoutePage, RoutesPage};
#[cfg(not(feature = "traffic"))]
use crate::contexts::{
    Elsewhere as DeploymentPage, Elsewhere as DeploymentsPage, Elsewhere as ErrorsPage,
    Elsewhere as DecisionPage, Elsewhere as ExplainPage, Elsewhere as PoolsPage, Elsewhere as RegisterPage,
    Elsewhere as EditRoutePage, Elsewhere as NewRoutePage, Elsewhere as RoutePage, Elsewhere as RoutesPage,
};

/// The area's routes, for the table in `app.rs`.
#[component(transparent)]
pub fn OperatorRoutes() -> impl leptos_router::MatchNestedRoutes + Clone {
    view! {
        <Route path=path!("/operator/sign-in") view=OperatorSignIn/>
        <Route path=path!("/setup/:token") view=SetUpPage/>
        <ParentRoute path=path!("/operator") view=OperatorArea>
            <Route path=path!("/") view=OverviewPage/>
            <Route path=path!("/tenants") view=TenantsPage/>
            <Route path=path!("/tenants/new") view=OnboardPage/>
            <Route path=path!("/tenants/:id") view=TenantPage/>
            <Route path=path!("/models") view=ModelsPage/>
            <Route path=path!("/models/:id") view=ModelPage/>
            <Route path=path!("/deployments") view=DeploymentsPage/>
            <Route path=path!("/deployments/new") view=RegisterPage/>
            <Route path=path!("/deployments/:id") view=DeploymentPage/>
            <Route path=path!("/engine-errors") view=ErrorsPage/>
            <Route path=path!("/routes") view=RoutesPage/>
            <Route path=path!("/routes/new") view=NewRoutePage/>
            <Route path=path!("/routes/:id") view=RoutePage/>
            <Route path=path!("/routes/:id/edit") view=EditRoutePage/>
            <Route path=path!("/pools") view=PoolsPage/>
            <Route path=path!("/explain") view=ExplainPage/>
            <Route path=path!("/explain/:id") view=DecisionPage/>
            <Route path=path!("/data-classes") view=DataClassesPage/>
            <Route path=path!("/mail") view=MailPage/>
            <Route path=path!("/operators") view=OperatorsPage/>
            <Route path=path!("/audit") view=AuditPage/>
            <Route path=path!("/account") view=AccountPage/>
            <Route path=path!("/*any") view=|| view! { <NothingHere home="/operator"/> }/>
        </ParentRoute>
    }
    .into_inner()
    .into_any_nested_route()
}

const AREA: Area = Area {
    admits: |me, _| me.is_operator(),
    home: |_| "/operator".to_owned(),
    badge: |_| Tenant { name: "Switchyard".to_owned(), detail: "Operator".to_owned(), href: String::new() },
    nav,
};

fn nav(_scope: Scope) -> Vec<NavSection> {
    let item = |label: &str, page: &str, icon| NavItem::new(label, format!("/operator/{page}"), icon);
    vec![
        NavSection::new(
            "",
            vec![
                NavItem::new("Overview", "/operator", Icon::Home),
                item("Tenants", "tenants", Icon::Building),
            ],
        ),
        NavSection::new(
            "Serving",
            vec![
                item("Models", "models", Icon::Box),
                item("Deployments", "deployments", Icon::Chip),
                item("Pools", "pools", Icon::Layers),
                item("Engine errors", "engine-errors", Icon::Alert),
                item("Data classes", "data-classes", Icon::Lock),
            ],
        ),
        NavSection::new(
            "Routing",
            vec![item("Routes", "routes", Icon::Route), item("Explain", "explain", Icon::Search)],
        ),
        NavSection::new(
            "Platform",
            vec![
                item("Mail", "mail", Icon::Mail),
                item("Operators", "operators", Icon::Users),
                item("Audit log", "audit", Icon::Shield),
            ],
        ),
    ]
}

#[component]
fn OperatorArea() -> impl IntoView {
    view! { <AreaFrame area=AREA/> }
}
