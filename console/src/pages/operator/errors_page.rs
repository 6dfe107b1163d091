//! What failed at engines, by kind.

use leptos::prelude::*;
use leptos_router::hooks::use_query_map;
use shared_api::engines::EngineErrors;
use ui::*;

use crate::{
    api::engines::ReadEngineErrors,
    forms::{load, loaded},
    pages::{cells, frame::Page, model_words},
};

/// How far back is looked, in hours, as it stands in the address.
const RANGES: [(&str, &str); 3] = [("", "24 h"), ("168", "7 d"), ("720", "30 d")];

#[component]
pub fn ErrorsPage() -> impl IntoView {
    let query = use_query_map();
    let hours = Memo::new(move |_| query.with(|query| query.get_str("hours").unwrap_or_default().to_owned()));
    let errors = load(move || ReadEngineErrors { hours: hours.get() });
    let ranges = move || {
        move || {
            let chosen = hours.get();
            let segments = RANGES
                .map(|(value, label)| {
                    Tab::new(
                        label,
                        query_href("/operator/engine-errors", [("hours", value)]),
                        value == chosen,
                    )
                })
                .to_vec();
            view! { <Segments label="Period" segments/> }
        }
    };
    view! {
        <Page
            title="Engine errors"
            description="Calls that an engine failed, by deployment and kind. What callers did wrong is not counted here."
            actions=ranges
        >
            {loaded(errors, SkeletonShape::Table, |view| {
                let table = table(&view.errors, view.now, true);
                view! { <Card flush=true>{table}</Card> }.into_any()
            })}
        </Page>
    }
}

/// What an error's code means, to somebody who runs engines.
fn meaning(code: &str) -> &'static str {
    match code {
        "context_length_exceeded" => "The prompt was longer than the engine takes",
        "engine_refused_request" => "It refused what it was asked",
        "engine_overloaded" => "Its queue was full, or the model was still loading",
        "engine_out_of_memory" => "It ran out of GPU memory",
        "engine_unavailable" => "It could not be reached",
        "engine_failed" => "It answered with an error of its own",
        "connect_timeout" => "It did not accept the connection in time",
        "first_token_timeout" => "It did not begin to answer in time",
        "between_tokens_timeout" => "It fell silent in the middle of an answer",
        "total_timeout" => "The answer took longer than allowed",
        "stream_truncated" => "It broke off in the middle of an answer",
        _ => "",
    }
}

pub(super) fn table(errors: &[EngineErrors], now: i64, named: bool) -> AnyView {
    if errors.is_empty() {
        return view! {
            <EmptyState
                icon=Icon::Check
                title="Nothing failed"
                description="No engine failed a call in this period."
            />
        }
        .into_any();
    }
    let rows = errors.iter().map(|one| row(one, now, named)).collect_view();
    let mut columns = vec![Column::text("Error")];
    if named {
        columns.extend([Column::text("Deployment"), Column::text("Engine"), Column::text("Model")]);
    }
    columns.extend([Column::number("Calls"), Column::text("Last")]);
    view! {
        <DataTable caption="Engine errors" stacked=true columns>
            {rows}
        </DataTable>
    }
    .into_any()
}

fn row(one: &EngineErrors, now: i64, named: bool) -> AnyView {
    let error = view! { <code>{one.error.clone()}</code> };
    let whose = named.then(|| {
        let deployment = match &one.deployment {
            Some(name) => {
                let href = format!("/operator/deployments/{}", one.deployment_id);
                view! { <a href=href>{name.clone()}</a> }.into_any()
            }
            None => "a tenant's own, or removed".into_any(),
        };
        let or_dash = |text: Option<String>| text.unwrap_or_else(|| "–".to_owned());
        let engine = one.engine.as_deref().map(|name| model_words::engine(name).to_owned());
        (
            cells::cell("Deployment", deployment),
            cells::cell("Engine", or_dash(engine)),
            cells::code("Model", or_dash(one.model.clone())),
        )
    });
    view! {
        <tr>
            {cells::named_with(error, meaning(&one.error))}
            {whose}
            {cells::figure("Calls", view! { <Number value=one.calls as i64/> })}
            {cells::moment("Last", Some(one.last_at.timestamp()), now, "")}
        </tr>
    }
    .into_any()
}
