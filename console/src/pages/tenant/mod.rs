//! A tenant's pages, under `/t/{slug}`.

pub(super) mod audit_page;
mod calls_page;
pub(super) mod charts;
mod key_dialogs;
mod key_table;
mod keys_page;
mod models_page;
pub(super) mod overview_page;
mod people_dialogs;
pub(super) mod people_page;
mod projects_page;
mod quick_start_page;
mod snippets;
mod usage_page;
mod usage_table;

use leptos::prelude::*;
use leptos_router::{
    any_nested_route::IntoAnyNestedRoute,
    components::{ParentRoute, Route},
    path,
};
use shared::{Action, Resource as Of};
use ui::{Icon, NavItem, NavSection, Tenant};

use super::{
    account::AccountPage,
    frame::{Area, AreaFrame},
    home::Home,
    signed_out::{InvitationPage, SignInPage},
};
use crate::contexts::{NothingHere, Scope, use_tenant};

use audit_page::AuditPage;
use calls_page::CallsPage;
use keys_page::KeysPage;
use models_page::ModelsPage;
use overview_page::OverviewPage;
use people_page::PeoplePage;
use projects_page::ProjectsPage;
use quick_start_page::QuickStartPage;
use usage_page::UsagePage;

/// The area's routes, and those on the way to it.
#[component(transparent)]
pub fn TenantRoutes() -> impl leptos_router::MatchNestedRoutes + Clone {
    view! {
        <Route path=path!("/") view=Home/>
        <Route path=path!("/sign-in") view=SignInPage/>
        <Route path=path!("/t/:tenant/sign-in") view=SignInPage/>
        <Route path=path!("/invitations/:token") view=InvitationPage/>
        <ParentRoute path=path!("/t/:tenant") view=TenantArea>
            <Route path=path!("/") view=OverviewPage/>
            <Route path=path!("/usage") view=UsagePage/>
            <Route path=path!("/calls") view=CallsPage/>
            <Route path=path!("/quick-start") view=QuickStartPage/>
            <Route path=path!("/keys") view=KeysPage/>
            <Route path=path!("/projects") view=ProjectsPage/>
            <Route path=path!("/models") view=ModelsPage/>
            <Route path=path!("/people") view=PeoplePage/>
            <Route path=path!("/audit") view=AuditPage/>
            <Route path=path!("/account") view=AccountPage/>
            <Route path=path!("/*any") view=NoTenantPage/>
        </ParentRoute>
    }
    .into_inner()
    .into_any_nested_route()
}

const AREA: Area = Area {
    admits: |me, slug| me.tenant().is_some_and(|tenant| tenant.slug == slug),
    home: |me| me.tenant().map_or("/".to_owned(), |tenant| format!("/t/{}", tenant.slug)),
    badge: |me| {
        let (name, detail) =
            me.tenant().map(|tenant| (tenant.name.clone(), tenant.slug.clone())).unwrap_or_default();
        Tenant { name, detail, href: String::new() }
    },
    nav,
};

fn nav(scope: Scope) -> Vec<NavSection> {
    let home = format!("/t/{}", use_tenant().slug);
    let item = |label: &str, page: &str, icon| NavItem::new(label, format!("{home}/{page}"), icon);
    let mut people = vec![item("People", "people", Icon::Users)];
    if scope.may(Action::Read, Of::Audit) {
        people.push(item("Audit log", "audit", Icon::Shield));
    }
    vec![
        NavSection::new(
            "",
            vec![
                NavItem::new("Overview", home.clone(), Icon::Home),
                item("Usage", "usage", Icon::Activity),
                item("Calls", "calls", Icon::Clock),
                item("Quick start", "quick-start", Icon::Code),
            ],
        ),
        NavSection::new(
            "Build",
            vec![
                item("API keys", "keys", Icon::Key),
                item("Projects", "projects", Icon::Folder),
                item("Models", "models", Icon::Box),
            ],
        ),
        NavSection::new("Organisation", people),
    ]
}

/// The frame of these pages.
#[component]
fn TenantArea() -> impl IntoView {
    view! { <AreaFrame area=AREA/> }
}

/// An address under a tenant where there is no page.
#[component]
fn NoTenantPage() -> impl IntoView {
    view! { <NothingHere home=format!("/t/{}", use_tenant().slug)/> }
}
