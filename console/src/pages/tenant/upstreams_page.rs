//! The workspace's own accounts at providers outside.

use leptos::prelude::*;
use shared::{Action, Resource as Of, TenantId};
use shared_api::engines::Upstream;
use ui::*;

use crate::{
    api::upstreams::{CreateUpstream, DeleteUpstream, ReadUpstreams, UpstreamsView},
    contexts::{use_scope, use_tenant},
    forms::{
        DialogSubmit, EarlyProblem, Form, FormAction, FormProblem, field, hidden, load, loaded, on_success,
        problem_of,
    },
    pages::{cells, frame::Page, model_words, operator::health_of},
};

#[derive(Clone, Copy)]
struct Upstreams {
    tenant: TenantId,
    create: FormAction,
    delete: FormAction,
    may_create: bool,
    may_delete: bool,
}

#[component]
pub fn UpstreamsPage() -> impl IntoView {
    let (tenant, scope) = (use_tenant(), use_scope());
    let page = Upstreams {
        tenant: tenant.id,
        create: FormAction::new::<CreateUpstream>(),
        delete: FormAction::new::<DeleteUpstream>(),
        may_create: scope.may(Action::Create, Of::Upstream),
        may_delete: scope.may(Action::Delete, Of::Upstream),
    };
    let upstreams = load(move || ReadUpstreams { tenant: page.tenant });
    on_success(page.create, move || upstreams.refetch());
    on_success(page.delete, move || upstreams.refetch());
    view! {
        <Page
            title="Own upstreams"
            description="Accounts of yours at other providers. They serve this workspace alone, with your key, under your limits and usage here."
            actions=move || page.may_create.then(add_button)
        >
            <EarlyProblem problem=problem_of(page.create)/>
            <EarlyProblem problem=problem_of(page.delete)/>
            {loaded(upstreams, SkeletonShape::Table, move |view| content(page, &view))}
        </Page>
    }
}

fn add_button() -> impl IntoView {
    view! {
        <DialogTrigger dialog="create-upstream" kind=ButtonKind::Primary icon=Icon::Plus>
            "Add an upstream"
        </DialogTrigger>
    }
}

fn content(page: Upstreams, view: &UpstreamsView) -> AnyView {
    let barred = (!view.allowed).then(|| {
        view! {
            <Alert tone=Tone::Warning title="Calls may not leave the platform">
                "Your operator has not opened engines outside for this workspace, so upstreams serve nothing. Ask for it."
            </Alert>
        }
    });
    let table = if view.upstreams.is_empty() { nothing(page) } else { table(page, view) };
    let create = page.may_create.then(|| create(page, view));
    let deletions =
        page.may_delete.then(|| view.upstreams.iter().map(|one| delete(page, one)).collect_view());
    view! {
        {barred}
        <Card flush=true>{table}</Card>
        {create}
        {deletions}
    }
    .into_any()
}

fn nothing(page: Upstreams) -> AnyView {
    view! {
        <EmptyState
            icon=Icon::Globe
            title="No upstreams"
            description="With an account at OpenAI, Anthropic or another compatible provider, its models answer behind this endpoint too: same keys, same usage, same limits."
        >
            {page.may_create.then(add_button)}
        </EmptyState>
    }
    .into_any()
}

fn table(page: Upstreams, view: &UpstreamsView) -> AnyView {
    let rows = view.upstreams.iter().map(|one| row(page, one, view.now)).collect_view();
    let mut columns = vec![
        Column::text("Name"),
        Column::text("Provider"),
        Column::text("Model"),
        Column::text("Health"),
        Column::text("Added"),
        Column::text("By"),
    ];
    if page.may_delete {
        columns.push(Column::actions());
    }
    view! {
        <DataTable caption="Upstreams" stacked=true columns>
            {rows}
        </DataTable>
    }
    .into_any()
}

fn row(page: Upstreams, one: &Upstream, now: i64) -> AnyView {
    let name = view! { {one.name.clone()} " " {model_words::external()} };
    let (tone, words) = health_of(one.health.state);
    let reason = one.health.reason.clone().unwrap_or_default();
    let health = view! {
        <span title=reason>
            <Status tone>{words}</Status>
        </span>
    };
    let model = if one.model == one.upstream_model {
        one.model.clone()
    } else {
        format!("{} → {}", one.model, one.upstream_model)
    };
    let remove = page.may_delete.then(|| {
        let label = format!("Remove {}", one.name);
        let dialog = format!("delete-{}", one.id);
        let menu = view! {
            <Menu id=format!("menu-{}", one.id) label>
                <MenuButton danger=true icon=Icon::Trash dialog>
                    "Remove…"
                </MenuButton>
            </Menu>
        };
        cells::figure("Actions", menu)
    });
    view! {
        <tr>
            {cells::named_with(name, &one.base_url)}
            {cells::cell("Provider", model_words::engine(&one.engine).to_owned())}
            {cells::code("Model", model)}
            {cells::cell("Health", health)}
            {cells::moment("Added", Some(one.created_at.timestamp()), now, "")}
            {cells::quiet("By", one.created_by.clone())}
            {remove}
        </tr>
    }
    .into_any()
}

const FIELDS: &[&str] = &[
    "name",
    "engine",
    "base_url",
    "model",
    "upstream_model",
    "credential",
    "context_length",
    "max_output_tokens",
];

fn create(page: Upstreams, view: &UpstreamsView) -> AnyView {
    let problem = problem_of(page.create);
    let models: Vec<_> =
        view.models.iter().map(|one| SelectOption::new(one.name.clone(), one.display_name.clone())).collect();
    let providers = vec![
        SelectOption::new("openai", "OpenAI, or speaks its protocol"),
        SelectOption::new("anthropic", "Anthropic"),
    ];
    view! {
        <Dialog
            id="create-upstream"
            title="Add an upstream"
            description="Prompts of this workspace may then be sent to that provider, except those of projects whose data class forbids it."
            wide=true
        >
            <Form action=page.create attr:class="form">
                <FormProblem problem fields=FIELDS/>
                {hidden("tenant", page.tenant)}
                <TextInput
                    name="name"
                    label="Name"
                    required=true
                    autocomplete="off"
                    placeholder="our-openai"
                    error=field(problem, "name")
                />
                <Select name="engine" label="Provider" options=providers error=field(problem, "engine")/>
                <TextInput
                    name="base_url"
                    label="URL"
                    kind="url"
                    required=true
                    mono=true
                    placeholder="https://api.openai.com"
                    error=field(problem, "base_url")
                />
                <TextInput
                    name="credential"
                    label="Key"
                    kind="password"
                    required=true
                    autocomplete="off"
                    hint="Kept encrypted under a key of this workspace, and never shown."
                    error=field(problem, "credential")
                />
                <Select
                    name="model"
                    label="Serves the model"
                    options=models
                    hint="What your applications name."
                    error=field(problem, "model")
                />
                <TextInput
                    name="upstream_model"
                    label="Its name there"
                    mono=true
                    autocomplete="off"
                    hint="Left empty: the same."
                    error=field(problem, "upstream_model")
                />
                <DialogSubmit dialog="create-upstream" label="Add upstream" busy=page.create.pending()/>
            </Form>
        </Dialog>
    }
    .into_any()
}

fn delete(page: Upstreams, one: &Upstream) -> AnyView {
    let (id, of, name) = (format!("delete-{}", one.id), one.id, one.name.clone());
    view! {
        <Dialog id=id.clone() title=format!("Remove {name}?")>
            <p>"Calls go to the platform's own engines again, where they serve the model. The provider's key is destroyed here."</p>
            <Form action=page.delete>
                <FormProblem problem=problem_of(page.delete)/>
                {hidden("tenant", page.tenant)}
                {hidden("upstream", of)}
                {hidden("name", name.clone())}
                <DialogSubmit dialog=id.clone() label="Remove" kind=ButtonKind::Danger busy=page.delete.pending()/>
            </Form>
        </Dialog>
    }
    .into_any()
}
