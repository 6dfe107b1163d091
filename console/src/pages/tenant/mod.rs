//! A tenant's pages, under `/t/{slug}`.

pub(super) mod audit_page;
mod batches;
mod calls_page;
mod catalog;
pub(super) mod charts;
mod key_dialogs;
mod key_table;
mod keys_page;
pub(super) mod overview_page;
mod people_dialogs;
pub(super) mod people_page;
mod playground;
mod projects_page;
mod quick_start_page;
mod snippets;
mod upstreams_page;
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

use super::frame::{Area, AreaFrame};
use crate::contexts::{NothingHere, Scope, use_tenant};

#[cfg(feature = "tenant")]
use self::{
    audit_page::AuditPage,
    batches::{BatchPage, BatchesPage, FilesPage},
    calls_page::CallsPage,
    keys_page::KeysPage,
    overview_page::OverviewPage,
    people_page::PeoplePage,
    projects_page::ProjectsPage,
    quick_start_page::QuickStartPage,
    upstreams_page::UpstreamsPage,
    usage_page::UsagePage,
};
#[cfg(feature = "tenant")]
use super::{
    account::AccountPage,
    home::Home,
    signed_out::{InvitationPage, SignInPage},
};
#[cfg(not(feature = "tenant"))]
use crate::contexts::{
    Elsewhere as AuditPage, Elsewhere as BatchPage, Elsewhere as BatchesPage, Elsewhere as CallsPage,
    Elsewhere as KeysPage, Elsewhere as OverviewPage, Elsewhere as PeoplePage, Elsewhere as ProjectsPage,
    Elsewhere as QuickStartPage, Elsewhere as FilesPage, Elsewhere as UpstreamsPage, Elsewhere as UsagePage,
    Elsewhere as AccountPage, Elsewhere as Home, Elsewhere as InvitationPage, Elsewhere as SignInPage,
};

#[cfg(feature = "studio")]
use self::{
    catalog::{ModelPage, ModelsPage},
    playground::PlaygroundPage,
};
#[cfg(not(feature = "studio"))]
use crate::contexts::{Elsewhere as ModelPage, Elsewhere as ModelsPage, Elsewhere as PlaygroundPage};

#[cfg(feature = "traffic")]
use super::routes::{EditRoutePage, NewRoutePage, RoutePage, RoutesPage};
#[cfg(not(feature = "traffic"))]
use crate::contexts::{
    Elsewhere as EditRoutePage, Elsewhere as NewRoutePage, Elsewhere as RoutePage, Elsewhere as RoutesPage,
};

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
            <Route path=path!("/models/:id") view=ModelPage/>
            <Route path=path!("/playground") view=PlaygroundPage/>
            <Route path=path!("/routes") view=RoutesPage/>
            <Route path=path!("/routes/new") view=NewRoutePage/>
            <Route path=path!("/routes/:id") view=RoutePage/>
            <Route path=path!("/routes/:id/edit") view=EditRoutePage/>
            <Route path=path!("/batches") view=BatchesPage/>
            <Route path=path!("/batches/:id") view=BatchPage/>
            <Route path=path!("/files") view=FilesPage/>
            <Route path=path!("/upstreams") view=UpstreamsPage/>
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
    let mut build = vec![item("API keys", "keys", Icon::Key), item("Projects", "projects", Icon::Folder)];
    let mut models = vec![item("Catalogue", "models", Icon::Box)];
    if scope.may(Action::Create, Of::Playground) {
        models.push(item("Playground", "playground", Icon::Sparkle));
    }
    if scope.may(Action::Read, Of::TenantRoute) {
        models.push(item("Routes", "routes", Icon::Route));
    }
    if scope.may(Action::Read, Of::Batch) {
        models.push(item("Batches", "batches", Icon::Layers));
    }
    if scope.may(Action::Read, Of::File) {
        models.push(item("Files", "files", Icon::Document));
    }
    if scope.may(Action::Read, Of::Upstream) {
        build.push(item("Own upstreams", "upstreams", Icon::Globe));
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
        NavSection::new("Models", models),
        NavSection::new("Build", build),
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
