//! The batches and how far they are, read again while one runs.

use std::time::Duration;

use leptos::prelude::*;
use leptos_router::hooks::use_query_map;
use shared::{Action, Resource as Of, TenantId};
use shared_api::batches::BatchRun;
use ui::*;

use super::{content_href, kind, new_batch, progress, state};
use crate::{
    api::batches::{BatchesView, CancelBatch, CreateBatch, ReadBatches, ReadNewBatch},
    contexts::{use_scope, use_tenant},
    forms::{
        DialogSubmit, EarlyProblem, Form, FormAction, FormProblem, Reading, hidden, load, loaded, on_success,
        problem_of,
    },
    pages::{cells, frame::Page},
};

/// How often the browser asks while a batch runs.
const EVERY: Duration = Duration::from_secs(3);

#[derive(Clone, Copy)]
pub(super) struct Batches {
    pub tenant: TenantId,
    pub create: FormAction,
    pub cancel: FormAction,
    pub may_create: bool,
    pub may_cancel: bool,
}

#[component]
pub fn BatchesPage() -> impl IntoView {
    let (tenant, scope) = (use_tenant(), use_scope());
    let page = Batches {
        tenant: tenant.id,
        create: FormAction::new::<CreateBatch>(),
        cancel: FormAction::new::<CancelBatch>(),
        may_create: scope.may(Action::Create, Of::Batch),
        may_cancel: scope.may(Action::Update, Of::Batch),
    };
    let query = use_query_map();
    let after = Memo::new(move |_| query.with(|query| query.get_str("after").unwrap_or_default().to_owned()));
    let batches = load(move || ReadBatches { tenant: page.tenant, after: after.get() });
    // What the form is made from is not read again while somebody fills it in.
    let offered = load(move || ReadNewBatch { tenant: page.tenant });
    on_success(page.create, move || batches.refetch());
    on_success(page.cancel, move || batches.refetch());
    let running = RwSignal::new(false);
    ask_while(running, batches);
    let base = format!("/t/{}", tenant.slug);
    let files = format!("{base}/files");
    let actions = move || {
        let create = page.may_create.then(|| {
            view! {
                <DialogTrigger dialog="create-batch" kind=ButtonKind::Primary icon=Icon::Plus>
                    "New batch"
                </DialogTrigger>
            }
        });
        view! {
            <LinkButton href=files.clone() icon=Icon::Document>
                "Files"
            </LinkButton>
            {create}
        }
    };
    let of_form = base.clone();
    view! {
        <Page
            title="Batches"
            description="Many calls from one file, run behind interactive ones. A line that fails does not stop the others."
            actions
        >
            <EarlyProblem problem=problem_of(page.create)/>
            <EarlyProblem problem=problem_of(page.cancel)/>
            {loaded(batches, SkeletonShape::Table, move |view| {
                running.set(view.batches.data.iter().any(|batch| !batch.status.is_final()));
                content(page, &base, &view)
            })}
            {page
                .may_create
                .then(|| loaded(offered, SkeletonShape::Lines, move |view| new_batch::form(page, &of_form, &view)))}
        </Page>
    }
}

/// Reads again every few seconds while something runs.
pub(super) fn ask_while<T: 'static>(running: RwSignal<bool>, reading: Reading<T>) {
    Effect::new(move || {
        let ask = move || {
            if running.get_untracked() {
                reading.refetch();
            }
        };
        if let Ok(timer) = set_interval_with_handle(ask, EVERY) {
            on_cleanup(move || timer.clear());
        }
    });
}

fn content(page: Batches, base: &str, view: &BatchesView) -> AnyView {
    if view.batches.data.is_empty() {
        return nothing(page, base);
    }
    let rows = view.batches.data.iter().map(|batch| row(page, base, view, batch)).collect_view();
    let stoppable = |batch: &&BatchRun| page.may_cancel && !batch.status.is_final();
    let cancels = view.batches.data.iter().filter(stoppable).map(|batch| cancel(page, batch)).collect_view();
    let list = format!("{base}/batches");
    let turn = view.batches.next.clone().map(|after| {
        view! { <Pagination next=query_href(&list, [("after", after.as_str())])/> }
    });
    let columns = vec![
        Column::text("Batch"),
        Column::text("State"),
        Column::text("Progress"),
        Column::text("Calls"),
        Column::text("Project"),
        Column::number("Tokens"),
        Column::text("Created"),
        Column::actions(),
    ];
    view! {
        <Card flush=true>
            <DataTable caption="Batches" stacked=true columns>
                {rows}
            </DataTable>
            {turn}
        </Card>
        {cancels}
    }
    .into_any()
}

fn nothing(page: Batches, base: &str) -> AnyView {
    let files = format!("{base}/files");
    let create = page.may_create.then(|| {
        view! {
            <DialogTrigger dialog="create-batch" kind=ButtonKind::Primary icon=Icon::Plus>
                "New batch"
            </DialogTrigger>
        }
    });
    view! {
        <Card>
            <EmptyState
                icon=Icon::Layers
                title="No batches yet"
                description="A batch takes a file of calls and answers it within a day: evaluations, classifications, embeddings of a whole archive."
            >
                {create}
                <LinkButton href=files icon=Icon::Document>
                    "Files"
                </LinkButton>
            </EmptyState>
        </Card>
    }
    .into_any()
}

fn row(page: Batches, base: &str, view: &BatchesView, batch: &BatchRun) -> AnyView {
    let (tone, words) = state(batch.status);
    let project = view.projects.iter().find(|one| one.id == batch.project_id).map(|one| one.name.clone());
    let title = title(batch);
    let href = format!("{base}/batches/{}", batch.id);
    let name = view! { <a href=href>{title.clone()}</a> };
    let below = batch.model.clone().unwrap_or_else(|| "several models".to_owned());
    view! {
        <tr>
            {cells::named_with(name, below)}
            {cells::state("State", tone, words)}
            {cells::cell("Progress", progress(batch))}
            {cells::cell("Calls", kind(&batch.endpoint).to_owned())}
            {cells::cell("Project", project.unwrap_or_else(|| batch.project_id.to_string()))}
            {cells::figure("Tokens", view! { <Number value=(batch.input_tokens + batch.output_tokens) as i64 compact=true/> })}
            {cells::moment("Created", Some(batch.created_at.timestamp()), view.now, "")}
            {cells::figure("Actions", menu(page, batch, &title))}
        </tr>
    }
    .into_any()
}

/// What people call it: its note, else the end of its id.
pub(super) fn title(batch: &BatchRun) -> String {
    let note = batch.metadata.get("note").or_else(|| batch.metadata.get("name")).cloned();
    note.filter(|note| !note.is_empty()).unwrap_or_else(|| {
        let id = batch.id.to_string();
        let tail = id.len().saturating_sub(8);
        format!("Batch {}", &id[tail..])
    })
}

fn menu(page: Batches, batch: &BatchRun, title: &str) -> AnyView {
    let download = move |file, words: &'static str| {
        view! {
            <MenuLink href=content_href(page.tenant, file) icon=Icon::Download attr:rel="external" attr:download="">
                {words}
            </MenuLink>
        }
    };
    let results = batch.output_file_id.map(|file| download(file, "Results"));
    let errors = batch.error_file_id.map(|file| download(file, "Failed lines"));
    let dialog = format!("cancel-{}", batch.id);
    let input = download(batch.input_file_id, "Input");
    let cancel = (page.may_cancel && !batch.status.is_final()).then(|| {
        view! {
            <MenuLine/>
            <MenuButton danger=true icon=Icon::Close dialog>
                "Cancel…"
            </MenuButton>
        }
    });
    view! {
        <Menu id=format!("menu-{}", batch.id) label=format!("Actions for {title}")>
            {results}
            {errors}
            {input}
            {cancel}
        </Menu>
    }
    .into_any()
}

pub(super) fn cancel(page: Batches, batch: &BatchRun) -> AnyView {
    let (id, batch_id, title) = (format!("cancel-{}", batch.id), batch.id, title(batch));
    view! {
        <Dialog id=id.clone() title=format!("Cancel {title}?")>
            <p>"Lines that are being answered are finished; the others are not begun. What is done can be downloaded and is billed."</p>
            <Form action=page.cancel>
                <FormProblem problem=problem_of(page.cancel)/>
                {hidden("tenant", page.tenant)}
                {hidden("batch", batch_id)}
                <DialogSubmit dialog=id.clone() label="Cancel batch" kind=ButtonKind::Danger busy=page.cancel.pending()/>
            </Form>
        </Dialog>
    }
    .into_any()
}
