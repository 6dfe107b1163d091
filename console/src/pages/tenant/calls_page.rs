//! Single calls of the last weeks, as they were metered. Their content is nowhere.

use leptos::prelude::*;
use leptos_router::hooks::use_query_map;
use shared_api::billing::UsageCall;
use ui::*;

use crate::{
    api::billing::{CallsView, ReadCalls},
    contexts::use_tenant,
    forms::{load, loaded},
    pages::{cells, frame::Page},
};

#[component]
pub fn CallsPage() -> impl IntoView {
    let tenant = use_tenant();
    let query = use_query_map();
    let after = Memo::new(move |_| query.with(|query| query.get_str("after").unwrap_or_default().to_owned()));
    let id = tenant.id;
    let calls = load(move || ReadCalls { tenant: id, after: after.get() });
    let base = format!("/t/{}", tenant.slug);
    view! {
        <Page title="Calls" description="The last 31 days, newest first. Prompts and answers are not kept.">
            {loaded(calls, SkeletonShape::Table, move |view| content(&base, view))}
        </Page>
    }
}

fn content(base: &str, view: CallsView) -> AnyView {
    if view.calls.data.is_empty() {
        let href = format!("{base}/quick-start");
        return view! {
            <Card>
                <EmptyState
                    icon=Icon::Clock
                    title="No calls here"
                    description="A call stands here within seconds after it ended."
                >
                    <LinkButton href icon=Icon::Book>
                        "Quick start"
                    </LinkButton>
                </EmptyState>
            </Card>
        }
        .into_any();
    }
    let rows = view.calls.data.iter().map(|call| row(&view, call)).collect_view();
    let page = format!("{base}/calls");
    let turn = view.calls.next.clone().map(|after| {
        view! { <Pagination next=query_href(&page, [("after", after.as_str())])/> }
    });
    let columns = vec![
        Column::text("When"),
        Column::text("Model"),
        Column::text("Project"),
        Column::text("Key"),
        Column::text("Outcome"),
        Column::number("Tokens in"),
        Column::number("Tokens out"),
        Column::number("First token"),
        Column::number("Total"),
        Column::number("Cost"),
    ];
    view! {
        <Card flush=true>
            <DataTable caption="Calls" stacked=true columns>
                {rows}
            </DataTable>
            {turn}
        </Card>
    }
    .into_any()
}

fn row(view: &CallsView, call: &UsageCall) -> AnyView {
    let project = view.projects.iter().find(|one| one.id == call.project_id).map(|one| one.name.clone());
    // The playground's own keys are not among those that are listed.
    let key = view.keys.iter().find(|one| one.id == call.key_id).map(|one| one.name.as_str());
    let key = key.unwrap_or("Playground").to_owned();
    let millis =
        |value: Option<u32>| value.map_or("–".to_owned(), |value| format::millis(f64::from(value)));
    let cost = call.currency.map(|currency| {
        view! { <Money amount=call.amount.to_string() currency=currency.to_string() fine=true/> }.into_any()
    });
    let cost = cost.unwrap_or_else(|| "–".into_any());
    let (tone, outcome) = outcome(call);
    let demo = call.demo.then(|| view! { <Badge tone=Tone::Info>"Demo"</Badge> });
    let when = view! {
        <Time at=call.started_at.timestamp() now=view.now/>
        " "
        {demo}
    };
    let count = |label, value: u64| cells::figure(label, view! { <Number value=value as i64/> });
    view! {
        <tr>
            {cells::named_with(when, "")}
            {cells::code("Model", call.model_served.as_ref().unwrap_or(&call.model_asked))}
            {cells::cell("Project", project.unwrap_or_else(|| call.project_id.to_string()))}
            {cells::cell("Key", view! { <span title=call.key_id.to_string()>{key}</span> })}
            {cells::state("Outcome", tone, outcome)}
            {count("Tokens in", call.prompt_tokens)}
            {count("Tokens out", call.completion_tokens)}
            {cells::figure("First token", millis(call.first_token_ms))}
            {cells::figure("Total", millis(Some(call.total_ms)))}
            {cells::figure("Cost", cost)}
        </tr>
    }
    .into_any()
}

/// What became of a call, in words.
fn outcome(call: &UsageCall) -> (Tone, String) {
    let coded = |words: &str| match &call.error_code {
        Some(code) => format!("{words}: {code}"),
        None => words.to_owned(),
    };
    match call.status.as_str() {
        "completed" => (Tone::Success, call.http_status.to_string()),
        "client_abort" => (Tone::Neutral, "Left by the client".to_owned()),
        "rejected" => (Tone::Warning, coded(&call.http_status.to_string())),
        _ => (Tone::Danger, coded(&call.http_status.to_string())),
    }
}
