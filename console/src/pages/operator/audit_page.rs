//! What operators did to the platform.

use leptos::prelude::*;
use leptos_router::hooks::use_query_map;
use ui::*;

use crate::{
    api::{people::AuditView, platform::ReadOperatorAudit},
    forms::{load, loaded},
    pages::{frame::Page, tenant::audit_page::row},
};

#[component]
pub fn AuditPage() -> impl IntoView {
    let query = use_query_map();
    let after = Memo::new(move |_| query.with(|query| query.get_str("after").unwrap_or_default().to_owned()));
    let entries = load(move || ReadOperatorAudit { after: after.get() });
    view! {
        <Page
            title="Audit log"
            description="What operators did to the platform, newest first. What was done in a tenant stands in its own log."
        >
            {loaded(entries, SkeletonShape::Table, |view| content(&view))}
        </Page>
    }
}

fn content(view: &AuditView) -> AnyView {
    let rows = view.entries.data.iter().map(row).collect_view();
    let turn = view.entries.next.as_ref().map(|after| {
        view! { <Pagination next=query_href("/operator/audit", [("after", after.as_str())])/> }
    });
    let columns = ["When", "Who", "Action", "Outcome", "On", "Request"].map(Column::text).to_vec();
    let empty = view.entries.data.is_empty();
    view! {
        <Card flush=true>
            <DataTable
                caption="Audit log"
                stacked=true
                columns
                empty
                empty_text="Nothing was changed yet"
            >
                {rows}
            </DataTable>
            {turn}
        </Card>
    }
    .into_any()
}
