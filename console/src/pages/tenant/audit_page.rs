//! Who changed what, for owners and admins.

use leptos::prelude::*;
use leptos_router::hooks::use_query_map;
use shared_api::tenancy::{AuditEntry, AuditOutcome};
use ui::*;

use crate::{
    api::people::{AuditView, ReadAudit},
    contexts::use_tenant,
    forms::{load, loaded},
    pages::{cells, frame::Page},
};

#[component]
pub fn AuditPage() -> impl IntoView {
    let tenant = use_tenant();
    let query = use_query_map();
    let after = Memo::new(move |_| query.with(|query| query.get_str("after").unwrap_or_default().to_owned()));
    let id = tenant.id;
    let entries = load(move || ReadAudit { tenant: id, after: after.get() });
    let page = format!("/t/{}/audit", tenant.slug);
    view! {
        <Page title="Audit log" description="Every change, newest first. Entries are chained: none can be altered unseen.">
            {loaded(entries, SkeletonShape::Table, move |view| content(&page, &view))}
        </Page>
    }
}

fn content(page: &str, view: &AuditView) -> AnyView {
    let rows = view.entries.data.iter().map(row).collect_view();
    let turn = view.entries.next.as_ref().map(|after| {
        view! { <Pagination next=query_href(page, [("after", after.as_str())])/> }
    });
    let columns = vec![
        Column::text("When"),
        Column::text("Who"),
        Column::text("Action"),
        Column::text("Outcome"),
        Column::text("On"),
        Column::text("Request"),
    ];
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

/// One entry; also for the operators' log.
pub fn row(entry: &AuditEntry) -> AnyView {
    let (tone, outcome) = match entry.outcome {
        Some(AuditOutcome::Success) => (Tone::Success, "Done"),
        Some(AuditOutcome::Denied) => (Tone::Warning, "Refused"),
        Some(AuditOutcome::Error) => (Tone::Danger, "Failed"),
        Some(AuditOutcome::Timeout) => (Tone::Danger, "Timed out"),
        None => (Tone::Neutral, "Not known"),
    };
    let who = entry.actor_email.clone().unwrap_or_else(|| entry.actor.clone());
    let request =
        entry.request_id.clone().map(|id| view! { <CopyButton text=id label="Copy the request id"/> });
    view! {
        <tr>
            {cells::cell("", view! { <Time at=entry.begun_at.timestamp()/> })}
            {cells::cell("Who", view! { <span title=entry.actor.clone()>{who}</span> })}
            {cells::code("Action", &entry.action)}
            {cells::state("Outcome", tone, outcome)}
            {cells::quiet("On", view! { <code class="cell-path">{entry.resource.trim_start_matches("/api/v1").to_owned()}</code> })}
            {cells::quiet("Request", request)}
        </tr>
    }
    .into_any()
}
