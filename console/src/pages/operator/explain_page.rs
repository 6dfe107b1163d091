//! Why calls went where they went: decisions of late, a record that was kept, a request that is not made.

use leptos::prelude::*;
use leptos_router::hooks::use_params_map;
use shared_api::decisions::Decision;
use ui::*;

use super::explained;
use crate::{
    api::routes::{DecisionsView, ExplainRecord, ExplainRequest, ExplainedView, ReadDecision, ReadDecisions},
    forms::{Form, FormAction, FormProblem, Reading, field, load, loaded, problem_of},
    pages::{cells, frame::Page},
};

/// A request to begin with.
const SAMPLE: &str = r#"{
  "model": "auto",
  "messages": [{"role": "user", "content": "Write a function that reverses a list."}]
}"#;

#[component]
pub fn ExplainPage() -> impl IntoView {
    let decisions = load(|| ReadDecisions {});
    // What is typed stays when the decisions are read again.
    let tenants = load(|| ReadDecisions {});
    let actions = (FormAction::new::<ExplainRecord>(), FormAction::new::<ExplainRequest>());
    let refresh = move || {
        view! {
            <Button icon=Icon::Refresh on:click=move |_| decisions.refetch()>
                "Read again"
            </Button>
        }
    };
    view! {
        <Page
            title="Explain"
            description="Why a call went where it went: every deployment that could have served it, what its score was made of, and why others were left out."
            actions=refresh
        >
            {ask(actions, tenants)}
            {loaded(decisions, SkeletonShape::Table, |view| table(&view))}
        </Page>
    }
}

fn ask((record, request): (FormAction, FormAction), tenants: Reading<DecisionsView>) -> AnyView {
    let answer = |action: FormAction| {
        move || {
            let shown = action.done::<ExplainedView>();
            view! { <div aria-live="polite">{shown.map(|view| explained::of(&view))}</div> }
        }
    };
    let problem = problem_of(record);
    view! {
        <div class="folds folds-framed">
            <details class="fold">
                <summary>
                    <span class="fold-title">"Try a request"</span>
                    <span class="fold-says">"What would be decided of it now. It is not sent to an engine."</span>
                </summary>
                <div class="fold-body">
                    {loaded(tenants, SkeletonShape::Lines, move |view| request_form(request, &view))}
                    {answer(request)}
                </div>
            </details>
            <details class="fold">
                <summary>
                    <span class="fold-title">"Explain a record"</span>
                    <span class="fold-says">"A decision that was copied here or written by the command line. It has no words of the prompt."</span>
                </summary>
                <div class="fold-body">
                    <Form action=record attr:class="form">
                        <TextArea
                            name="record"
                            label="Record"
                            rows=6
                            mono=true
                            required=true
                            placeholder="{ … }"
                            error=field(problem, "record")
                        />
                        <FormProblem problem fields=&["record"]/>
                        <FormActions>
                            <Button submit=true kind=ButtonKind::Primary busy=record.pending()>
                                "Explain record"
                            </Button>
                        </FormActions>
                    </Form>
                    {answer(record)}
                </div>
            </details>
        </div>
    }
    .into_any()
}

fn request_form(action: FormAction, view: &DecisionsView) -> AnyView {
    let problem = problem_of(action);
    let tenants: Vec<_> =
        view.tenants.iter().map(|(id, name)| SelectOption::new(id.to_string(), name.clone())).collect();
    let paths = ["/v1/chat/completions", "/v1/responses", "/v1/messages", "/v1/embeddings", "/v1/rerank"]
        .map(|path| SelectOption::new(path, path))
        .to_vec();
    view! {
        <Form action attr:class="form">
            <div class="pair">
                <Select name="tenant" label="Tenant" options=tenants error=field(problem, "request.tenant_id")/>
                <TextInput
                    name="key"
                    label="API key"
                    mono=true
                    autocomplete="off"
                    placeholder="key_…"
                    hint="Its id. Left empty: a key of the tenant that is good."
                    error=field(problem, "request.key_id")
                />
            </div>
            <Select name="path" label="Path" options=paths error=field(problem, "request.path")/>
            <TextArea
                name="body"
                label="Body"
                rows=6
                mono=true
                required=true
                value=SAMPLE
                error=field(problem, "request.body")
            />
            <FormProblem problem fields=&["request.tenant_id", "request.key_id", "request.path", "request.body"]/>
            <FormActions>
                <Button submit=true kind=ButtonKind::Primary busy=action.pending()>
                    "Explain request"
                </Button>
            </FormActions>
        </Form>
    }
    .into_any()
}

fn table(view: &DecisionsView) -> AnyView {
    let rows = view.decisions.iter().map(|one| row(one, view.now)).collect_view();
    let columns = vec![
        Column::text("Asked for"),
        Column::text("Tenant"),
        Column::text("Route"),
        Column::text("Taken for"),
        Column::text("First choice"),
        Column::number("Candidates"),
        Column::number("Left out"),
        Column::text("When"),
    ];
    let body = if view.decisions.is_empty() {
        view! {
            <EmptyState
                icon=Icon::Route
                title="No decisions yet"
                description="The gateway keeps a sample of its choices of late, without a word of the prompts. Make a call, then read again."
            />
        }
        .into_any()
    } else {
        view! {
            <DataTable caption="Recent decisions" stacked=true columns>
                {rows}
            </DataTable>
        }
        .into_any()
    };
    view! {
        <Card title="Recent decisions" description="A sample of this server's, the newest first" flush=true>
            {body}
        </Card>
    }
    .into_any()
}

fn row(one: &Decision, now: i64) -> AnyView {
    let name = view! { <a href=format!("/operator/explain/{}", one.id)>{one.asked.clone()}</a> };
    let task = one.task.as_ref().map_or_else(|| "–".to_owned(), |told| explained::task(told.task).to_owned());
    let why = one.task.as_ref().map(|told| told.why.clone()).unwrap_or_default();
    let first = match &one.first {
        Some(first) => view! { <code>{first.clone()}</code> }.into_any(),
        None => view! { <Status tone=Tone::Danger>"None could serve"</Status> }.into_any(),
    };
    view! {
        <tr>
            {cells::named_with(name, "")}
            {cells::cell("Tenant", one.tenant.clone())}
            {cells::cell("Route", explained::route_of(one))}
            {cells::cell("Taken for", view! { <span title=why>{task}</span> })}
            {cells::cell("First choice", first)}
            {cells::figure("Candidates", one.candidates.to_string())}
            {cells::figure("Left out", one.left_out.to_string())}
            {cells::moment("When", Some(one.at.timestamp()), now, "")}
        </tr>
    }
    .into_any()
}

/// One decision of late.
#[component]
pub fn DecisionPage() -> impl IntoView {
    let params = use_params_map();
    let id = Memo::new(move |_| params.with(|params| params.get_str("id").unwrap_or_default().to_owned()));
    let view = load(move || ReadDecision { decision: id.get() });
    let crumbs = vec![Crumb::new("Operator", "/operator"), Crumb::new("Explain", "/operator/explain")];
    view! {
        <Page title="A decision" description="Made again from its record: the same numbers give the same plan." crumbs>
            {loaded(view, SkeletonShape::Table, |view| explained::of(&view))}
        </Page>
    }
}
