//! One batch: how far it is, what it wrote, what went wrong.

use leptos::prelude::*;
use leptos_router::hooks::use_params_map;
use shared::{Action, Resource as Of};
use shared_api::batches::{BatchProblem, BatchRun};
use ui::*;

use super::{
    batches_page::{Batches, ask_while, cancel, title},
    content_href, kind, state,
};
use crate::{
    api::batches::{BatchView, CancelBatch, CreateBatch, ReadBatch},
    contexts::{use_scope, use_tenant},
    forms::{EarlyProblem, FormAction, load, loaded, on_success, problem_of},
    pages::{cells, frame::Page},
};

#[component]
pub fn BatchPage() -> impl IntoView {
    let (tenant, scope) = (use_tenant(), use_scope());
    let page = Batches {
        tenant: tenant.id,
        create: FormAction::new::<CreateBatch>(),
        cancel: FormAction::new::<CancelBatch>(),
        may_create: false,
        may_cancel: scope.may(Action::Update, Of::Batch),
    };
    let params = use_params_map();
    let id = Memo::new(move |_| params.with(|params| params.get_str("id").unwrap_or_default().to_owned()));
    let batch = load(move || ReadBatch { tenant: page.tenant, batch: id.get() });
    on_success(page.cancel, move || batch.refetch());
    let running = RwSignal::new(false);
    ask_while(running, batch);
    let base = format!("/t/{}", tenant.slug);
    let name = tenant.name.clone();
    loaded(batch, SkeletonShape::Lines, move |view| {
        running.set(!view.batch.status.is_final());
        content(page, &base, &name, &view)
    })
}

fn content(page: Batches, base: &str, tenant: &str, view: &BatchView) -> AnyView {
    let batch = &view.batch;
    let (tone, words) = state(batch.status);
    let stoppable = page.may_cancel && !batch.status.is_final();
    let dialog = stoppable.then(|| cancel(page, batch));
    let crumbs = vec![Crumb::new(tenant, base), Crumb::new("Batches", format!("{base}/batches"))];
    let cancel_id = format!("cancel-{}", batch.id);
    let download = |file| content_href(page.tenant, file);
    let (results, errors) = (batch.output_file_id.map(download), batch.error_file_id.map(download));
    let actions = move || {
        let button = |href: &Option<String>, words: &'static str, kind| {
            href.clone().map(|href| {
                view! {
                    <LinkButton href kind icon=Icon::Download download=true>
                        {words}
                    </LinkButton>
                }
            })
        };
        let stop = stoppable.then(|| {
            view! { <DialogTrigger dialog=cancel_id.clone()>"Cancel…"</DialogTrigger> }
        });
        view! {
            {stop}
            {button(&errors, "Failed lines", ButtonKind::Secondary)}
            {button(&results, "Results", ButtonKind::Primary)}
        }
    };
    let (numbers, problems, facts) = (numbers(batch), problems(&batch.errors), facts(page, view));
    let (title, description) = (title(batch), batch.id.to_string());
    view! {
        <Page
            title
            description
            crumbs
            meta=move || view! { <Status tone>{words}</Status> }
            actions
        >
            <EarlyProblem problem=problem_of(page.cancel)/>
            {numbers}
            {problems}
            {facts}
            {dialog}
        </Page>
    }
    .into_any()
}

fn numbers(batch: &BatchRun) -> AnyView {
    let counts = batch.progress;
    let done = counts.completed + counts.failed;
    let ratio = if counts.total == 0 { 0.0 } else { done as f64 / counts.total as f64 };
    let text = format!("{} of {} lines", format::group(done as i64), format::group(counts.total as i64));
    let compact = |tokens: u64| format::compact(tokens as f64);
    let stats = [
        ("Answered", format::group(counts.completed as i64), "lines"),
        ("Failed", format::group(counts.failed as i64), "lines, each with its reason"),
        ("Tokens in", compact(batch.input_tokens), "billed like single calls"),
        ("Tokens out", compact(batch.output_tokens), "billed like single calls"),
    ]
    .map(|(label, value, note)| view! { <Stat label value note/> })
    .into_iter()
    .collect_view();
    view! {
        <Card>
            <ProgressBar label="Progress" ratio text/>
        </Card>
        <Stats>{stats}</Stats>
    }
    .into_any()
}

/// Why it failed as a whole.
fn problems(problems: &[BatchProblem]) -> AnyView {
    if problems.is_empty() {
        return ().into_any();
    }
    let rows = problems
        .iter()
        .map(|problem| {
            let line = problem.line.map_or("–".to_owned(), |line| line.to_string());
            view! {
                <tr>
                    {cells::named(line)}
                    {cells::code("Code", &problem.code)}
                    {cells::cell("What", problem.message.clone())}
                </tr>
            }
            .into_any()
        })
        .collect_view();
    let columns = vec![Column::text("Line"), Column::text("Code"), Column::text("What")];
    view! {
        <Card title="Why it failed" description="Nothing was sent to a model and nothing is billed." flush=true>
            <DataTable caption="Problems of the input" stacked=true columns>
                {rows}
            </DataTable>
        </Card>
    }
    .into_any()
}

/// What is of no matter once a batch has ended.
const LATEST: &str = "At the latest";

fn facts(page: Batches, view: &BatchView) -> AnyView {
    let batch = &view.batch;
    let now = view.now;
    let moments = [
        ("Created", Some(batch.created_at)),
        ("Begun", batch.in_progress_at),
        ("Ended", batch.ended_at),
        (LATEST, Some(batch.expires_at)),
    ]
    .into_iter()
    .filter(|(label, _)| *label != LATEST || batch.ended_at.is_none())
    .map(|(label, at)| {
        let at = match at.map(|at| at.timestamp()) {
            Some(at) => view! { <Time at now=now/> }.into_any(),
            None => "–".into_any(),
        };
        view! { <Fact label>{at}</Fact> }
    })
    .collect_view();
    let calls = kind(&batch.endpoint).to_owned();
    let input = content_href(page.tenant, batch.input_file_id);
    let key = view.key.clone().unwrap_or_else(|| batch.key_id.to_string());
    let project = view.project.clone().unwrap_or_else(|| batch.project_id.to_string());
    let model = batch.model.clone().unwrap_or_else(|| "several".to_owned());
    view! {
        <Card title="Details">
            <Facts>
                <Fact label="Calls">{calls}</Fact>
                <Fact label="Model">
                    <code>{model}</code>
                </Fact>
                <Fact label="Project">{project}</Fact>
                <Fact label="Key">{key}</Fact>
                {moments}
                <Fact label="Input">
                    <a href=input rel="external" download="">
                        "Download"
                    </a>
                </Fact>
            </Facts>
        </Card>
    }
    .into_any()
}
