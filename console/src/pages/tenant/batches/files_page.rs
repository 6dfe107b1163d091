//! Files: what was uploaded, what batches wrote.

use leptos::prelude::*;
use leptos_router::hooks::use_query_map;
use shared::{Action, Resource as Of, TenantId};
use shared_api::{batches::StoredFile, tenancy::Project};
use ui::*;

use super::content_href;
use crate::{
    api::batches::{DeleteFile, FilesView, ReadFiles},
    contexts::{use_scope, use_tenant},
    forms::{
        DialogSubmit, EarlyProblem, Form, FormAction, FormProblem, hidden, load, loaded, on_success,
        problem_of,
    },
    pages::{cells, frame::Page},
};

/// Which files are listed, as they stand in the address.
const KINDS: [(&str, &str); 3] = [("All", ""), ("Inputs of batches", "batch"), ("Results", "batch_output")];

#[derive(Clone, Copy)]
struct Files {
    tenant: TenantId,
    delete: FormAction,
    may_upload: bool,
    may_delete: bool,
}

#[component]
pub fn FilesPage() -> impl IntoView {
    let (tenant, scope) = (use_tenant(), use_scope());
    let page = Files {
        tenant: tenant.id,
        delete: FormAction::new::<DeleteFile>(),
        may_upload: scope.may(Action::Create, Of::File),
        may_delete: scope.may(Action::Delete, Of::File),
    };
    let query = use_query_map();
    let asked = Memo::new(move |_| {
        query
            .with(|query| ["purpose", "after"].map(|name| query.get_str(name).unwrap_or_default().to_owned()))
    });
    let files = load(move || {
        let [purpose, after] = asked.get();
        ReadFiles { tenant: page.tenant, purpose, after }
    });
    on_success(page.delete, move || files.refetch());
    let base = format!("/t/{}", tenant.slug);
    let list = format!("{base}/files");
    let batches = format!("{base}/batches");
    let actions = move || {
        let upload = page.may_upload.then(|| {
            view! {
                <DialogTrigger dialog="upload" kind=ButtonKind::Primary icon=Icon::ArrowUp>
                    "Upload a file"
                </DialogTrigger>
            }
        });
        view! {
            <LinkButton href=batches.clone() icon=Icon::Layers>
                "Batches"
            </LinkButton>
            {upload}
        }
    };
    view! {
        <Page
            title="Files"
            description="Inputs of batches and what they wrote. A file belongs to a project."
            actions
        >
            {said()}
            <EarlyProblem problem=problem_of(page.delete)/>
            {
                let list = list.clone();
                move || kinds(&list, &asked.get()[0])
            }
            {loaded(files, SkeletonShape::Table, move |view| content(page, &base, view))}
        </Page>
    }
}

/// What became of an upload, as the address says.
fn said() -> AnyView {
    let query = use_query_map();
    let of = |name: &str| query.with_untracked(|query| query.get_str(name).unwrap_or_default().to_owned());
    let refused = of("refused");
    if !refused.is_empty() {
        return view! {
            <Alert tone=Tone::Danger title="The file was not taken">
                {refused}
            </Alert>
        }
        .into_any();
    }
    let uploaded = of("said") == "uploaded";
    uploaded.then(|| view! { <Alert tone=Tone::Success title="The file was uploaded">""</Alert> }).into_any()
}

fn kinds(list: &str, chosen: &str) -> AnyView {
    let segments = KINDS
        .map(|(label, value)| Tab::new(label, query_href(list, [("purpose", value)]), value == chosen))
        .to_vec();
    view! { <Segments label="Purpose" segments/> }.into_any()
}

fn content(page: Files, base: &str, view: FilesView) -> AnyView {
    let upload = page.may_upload.then(|| upload(base, &view.projects));
    let deletions =
        page.may_delete.then(|| view.files.data.iter().map(|file| delete(page, file)).collect_view());
    let table = table(page, base, &view);
    view! {
        <Card flush=true>{table}</Card>
        {upload}
        {deletions}
    }
    .into_any()
}

fn table(page: Files, base: &str, view: &FilesView) -> AnyView {
    if view.files.data.is_empty() {
        let upload = page.may_upload.then(|| {
            view! {
                <DialogTrigger dialog="upload" kind=ButtonKind::Primary icon=Icon::ArrowUp>
                    "Upload a file"
                </DialogTrigger>
            }
        });
        return view! {
            <EmptyState
                icon=Icon::Document
                title="No files here"
                description="A batch begins with a file of JSON lines, a call each. Upload one here, or with POST /v1/files."
            >
                {upload}
            </EmptyState>
        }
        .into_any();
    }
    let rows = view.files.data.iter().map(|file| row(page, view, file)).collect_view();
    let list = format!("{base}/files");
    let turn = view.files.next.clone().map(|after| {
        view! { <Pagination next=query_href(&list, [("after", after.as_str())])/> }
    });
    let columns = vec![
        Column::text("File"),
        Column::text("Purpose"),
        Column::text("Project"),
        Column::number("Size"),
        Column::text("Created"),
        Column::text("Deleted"),
        Column::actions(),
    ];
    view! {
        <DataTable caption="Files" stacked=true columns>
            {rows}
        </DataTable>
        {turn}
    }
    .into_any()
}

fn row(page: Files, view: &FilesView, file: &StoredFile) -> AnyView {
    let project = view.projects.iter().find(|one| one.id == file.project_id).map(|one| one.name.clone());
    let id = view! { <Copyable text=file.id.to_string() label=format!("Copy the id of {}", file.filename)/> };
    let (name, label) = (file.filename.clone(), format!("Actions for {}", file.filename));
    let named = view! {
        <Cell>
            <span class="cell-main cell-wrap">{name}</span>
            <span class="cell-sub">{id}</span>
        </Cell>
    };
    let dialog = format!("delete-{}", file.id);
    let delete = page.may_delete.then(|| {
        view! {
            <MenuLine/>
            <MenuButton danger=true icon=Icon::Trash dialog>
                "Delete…"
            </MenuButton>
        }
    });
    let content = content_href(page.tenant, file.id);
    let menu = view! {
        <Menu id=format!("menu-{}", file.id) label>
            <MenuLink href=content icon=Icon::Download attr:rel="external" attr:download="">
                "Download"
            </MenuLink>
            {delete}
        </Menu>
    };
    view! {
        <tr>
            {named}
            {cells::cell("Purpose", purpose(&file.purpose))}
            {cells::cell("Project", project.unwrap_or_else(|| file.project_id.to_string()))}
            {cells::figure("Size", format::bytes(file.bytes as f64))}
            {cells::moment("Created", Some(file.created_at.timestamp()), view.now, "")}
            {cells::moment("Deleted", file.expires_at.map(|at| at.timestamp()), view.now, "kept")}
            {cells::figure("Actions", menu)}
        </tr>
    }
    .into_any()
}

fn purpose(purpose: &str) -> AnyView {
    match purpose {
        "batch" => view! { <Badge tone=Tone::Info>"Batch input"</Badge> }.into_any(),
        "batch_output" => view! { <Badge tone=Tone::Success>"Batch result"</Badge> }.into_any(),
        other => {
            let words = other.to_owned();
            view! { <Badge>{words}</Badge> }.into_any()
        }
    }
}

const SAMPLE: &str = r#"{"custom_id": "1", "method": "POST", "url": "/v1/chat/completions", "body": {"model": "…", "messages": [{"role": "user", "content": "Hello"}]}}"#;

/// A plain form: the browser sends the file itself, with its own progress, with a script or without.
fn upload(base: &str, projects: &[Project]) -> AnyView {
    let options: Vec<_> = projects
        .iter()
        .filter(|project| project.archived_at.is_none())
        .map(|project| SelectOption::new(project.id.to_string(), project.name.clone()))
        .collect();
    let body = if options.is_empty() {
        let href = format!("{base}/projects");
        view! { <p>"A file belongs to a project, and there is none yet. "<a href=href>"Make a project first."</a></p> }
            .into_any()
    } else {
        let busy = RwSignal::new(false);
        view! {
            <form
                class="form"
                method="post"
                enctype="multipart/form-data"
                action=format!("{base}/files/upload")
                on:submit=move |_| busy.set(true)
            >
                <Select name="project_id" label="Project" options/>
                <input type="hidden" name="purpose" value="batch"/>
                <FileInput name="file" label="File" accept=".jsonl,.json,application/jsonl" required=true/>
                <details class="hint-more">
                    <summary>"What a line looks like"</summary>
                    <Snippet label="line" code=SAMPLE/>
                </details>
                <DialogSubmit dialog="upload" label="Upload" busy=busy.into()/>
            </form>
        }
        .into_any()
    };
    view! {
        <Dialog id="upload" title="Upload a file" description="JSON lines, a call each: the input of a batch.">
            {body}
        </Dialog>
    }
    .into_any()
}

fn delete(page: Files, file: &StoredFile) -> AnyView {
    let (id, file_id, name) = (format!("delete-{}", file.id), file.id, file.filename.clone());
    view! {
        <Dialog id=id.clone() title=format!("Delete {name}?")>
            <p>"Its content is gone for good. Batches that were made of it keep their results."</p>
            <Form action=page.delete>
                <FormProblem problem=problem_of(page.delete)/>
                {hidden("tenant", page.tenant)}
                {hidden("file", file_id)}
                {hidden("name", name.clone())}
                <DialogSubmit dialog=id.clone() label="Delete file" kind=ButtonKind::Danger busy=page.delete.pending()/>
            </Form>
        </Dialog>
    }
    .into_any()
}
