//! The models, what they cost, what serves them and who may call them.

use leptos::prelude::*;
use shared_api::catalog::{Model, ModelKind};
use ui::*;

use super::model_fields::{capabilities, rates};
use crate::{
    api::catalog::{CreateModel, ReadCatalog},
    forms::{
        DialogSubmit, EarlyProblem, Form, FormAction, FormProblem, field, load, loaded, on_success,
        problem_of,
    },
    pages::{
        cells,
        frame::Page,
        model_words::{self, rate},
    },
};

#[component]
pub fn ModelsPage() -> impl IntoView {
    let create = FormAction::new::<CreateModel>();
    let models = load(|| ReadCatalog {});
    on_success(create, move || models.refetch());
    let actions = || {
        view! {
            <DialogTrigger dialog="create-model" kind=ButtonKind::Primary icon=Icon::Plus>
                "Add a model"
            </DialogTrigger>
        }
    };
    view! {
        <Page
            title="Models"
            description="What callers can name. A model is callable once a deployment serves it and a tenant is granted it."
            actions
        >
            <EarlyProblem problem=problem_of(create)/>
            {loaded(models, SkeletonShape::Table, |models| content(&models))}
            {form(create)}
        </Page>
    }
}

fn content(models: &[Model]) -> AnyView {
    if models.is_empty() {
        return view! {
            <Card>
                <EmptyState
                    icon=Icon::Box
                    title="No models yet"
                    description="Register a deployment: its model is made from what the engine says of itself."
                >
                    <LinkButton href="/operator/deployments/new" kind=ButtonKind::Primary icon=Icon::Plus>
                        "Register a deployment"
                    </LinkButton>
                </EmptyState>
            </Card>
        }
        .into_any();
    }
    let rows = models.iter().map(row).collect_view();
    let columns = vec![
        Column::text("Model"),
        Column::text("State"),
        Column::text("For"),
        Column::text("Can"),
        Column::number("Context"),
        Column::number("Input, 1M"),
        Column::number("Output, 1M"),
        Column::number("Deployments"),
        Column::number("Tenants"),
    ];
    view! {
        <Card flush=true>
            <DataTable caption="Models" stacked=true columns>
                {rows}
            </DataTable>
        </Card>
    }
    .into_any()
}

fn row(model: &Model) -> AnyView {
    let (tone, state) = state(model);
    let href = format!("/operator/models/{}", model.id);
    let outside = model.external.then(model_words::external);
    let name = view! {
        <a href=href>{model.display_name.clone()}</a>
        " "
        {outside}
    };
    let price = model.price.as_ref();
    view! {
        <tr>
            {cells::named_with(name, &model.name)}
            {cells::state("State", tone, state)}
            {cells::cell("For", model_words::kind(model.kind))}
            {cells::cell("Can", model_words::capabilities(&model.capabilities, 2))}
            {cells::figure("Context", format::group(i64::from(model.context_length)))}
            {cells::figure("Input, 1M", rate(price, |price| price.prompt))}
            {cells::figure("Output, 1M", rate(price, |price| price.completion))}
            {cells::figure("Deployments", model.deployments.to_string())}
            {cells::figure("Tenants", model.granted_tenants.to_string())}
        </tr>
    }
    .into_any()
}

/// Whether a model can be called, as people read it.
pub(super) fn state(model: &Model) -> (Tone, &'static str) {
    if model.retired_at.is_some() {
        (Tone::Neutral, "Out of service")
    } else if model.deployments == 0 {
        (Tone::Warning, "Not served")
    } else {
        (Tone::Success, "In service")
    }
}

const FIELDS: &[&str] = &[
    "name",
    "display_name",
    "description",
    "kind",
    "context_length",
    "max_output_tokens",
    "capabilities",
    "prompt",
    "cached_prompt",
    "completion",
    "currency",
];

fn form(create: FormAction) -> AnyView {
    let problem = problem_of(create);
    let kinds = ModelKind::ALL.map(|kind| SelectOption::new(kind.as_str(), model_words::kind(kind))).to_vec();
    let common = ["tools", "parallel_tools", "json_schema", "logprobs", "completions"].map(str::to_owned);
    view! {
        <Dialog
            id="create-model"
            title="Add a model"
            description="Without amounts it is free of charge."
            wide=true
        >
            <Form action=create attr:class="form">
                <FormProblem problem fields=FIELDS/>
                <TextInput
                    name="name"
                    label="Name for calls"
                    required=true
                    mono=true
                    autocomplete="off"
                    error=field(problem, "name")
                />
                <TextInput
                    name="display_name"
                    label="Name for people"
                    autocomplete="off"
                    error=field(problem, "display_name")
                />
                <TextInput name="description" label="Description" error=field(problem, "description")/>
                <Select name="kind" label="For" options=kinds error=field(problem, "kind")/>
                <TextInput
                    name="context_length"
                    label="Context"
                    kind="number"
                    min="1"
                    required=true
                    suffix="tokens"
                    error=field(problem, "context_length")
                />
                <TextInput
                    name="max_output_tokens"
                    label="Longest answer"
                    kind="number"
                    min="1"
                    suffix="tokens"
                    error=field(problem, "max_output_tokens")
                />
                {capabilities(problem, &common)}
                {rates(problem, false)}
                <Checkbox name="grant_all" label="Grant it to every tenant that exists"/>
                <DialogSubmit dialog="create-model" label="Add model" busy=create.pending()/>
            </Form>
        </Dialog>
    }
    .into_any()
}
