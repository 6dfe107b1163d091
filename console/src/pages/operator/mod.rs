//! The operator's pages, under `/operator`.

mod audit_page;
mod data_classes_page;
mod deployment_forms;
mod deployment_page;
mod deployments_page;
mod errors_page;
mod health_table;
mod mail_page;
mod model_fields;
mod model_form;
mod model_page;
mod models_page;
mod onboard_page;
mod operators_page;
mod overview_page;
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

use super::{
    account::AccountPage,
    frame::{Area, AreaFrame},
    signed_out::{OperatorSignIn, SetUpPage},
};
use crate::contexts::{NothingHere, Scope};

pub(super) use health_table::health_of;

use audit_page::AuditPage;
use data_classes_page::DataClassesPage;
use deployment_page::DeploymentPage;
use deployments_page::DeploymentsPage;
use errors_page::ErrorsPage;
use mail_page::MailPage;
use model_page::ModelPage;
use models_page::ModelsPage;
use onboard_page::OnboardPage;
use operators_page::OperatorsPage;
use overview_page::OverviewPage;
use register_page::RegisterPage;
use tenant_page::TenantPage;
use tenants_page::TenantsPage;

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
                item("Engine errors", "engine-errors", Icon::Alert),
                item("Data classes", "data-classes", Icon::Lock),
            ],
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
