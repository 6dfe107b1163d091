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
use shared::{Action, Resource as Of};
use ui::{Icon, NavItem, NavSection, Tenant};

use super::frame::{Area, AreaFrame};
use crate::contexts::{NothingHere, Scope, use_tenant};

pub use audit_page::AuditPage;
pub use calls_page::CallsPage;
pub use keys_page::KeysPage;
pub use models_page::ModelsPage;
pub use overview_page::OverviewPage;
pub use people_page::PeoplePage;
pub use projects_page::ProjectsPage;
pub use quick_start_page::QuickStartPage;
pub use usage_page::UsagePage;

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
pub fn TenantArea() -> impl IntoView {
    view! { <AreaFrame area=AREA/> }
}

/// An address under a tenant where there is no page.
#[component]
pub fn NoTenantPage() -> impl IntoView {
    view! { <NothingHere home=format!("/t/{}", use_tenant().slug)/> }
}
