//! The forms of the page of deployments.

use leptos::prelude::*;
use shared_api::catalog::{Deployment, DeploymentState};
use ui::*;

use super::deployments_page::Actions;
use crate::{
    api::catalog::DeploymentsView,
    forms::{DialogSubmit, Form, FormProblem, field, hidden, problem_of},
};

/// Registering one, and what asks before one of those that are there is touched.
pub(super) fn all(actions: Actions, view: &DeploymentsView) -> AnyView {
    let register = register(actions, view);
    let each = view
        .deployments
        .iter()
        .map(|one| (probe(actions, one), state(actions, one), delete(actions, one)))
        .collect_view();
    view! {
        {register}
        {each}
    }
    .into_any()
}

const FIELDS: &[&str] = &["name", "engine", "base_url", "model", "upstream_model", "pool", "credential"];

fn register(actions: Actions, view: &DeploymentsView) -> AnyView {
    let problem = problem_of(actions.create);
    let engines =
        [("vllm", "vLLM"), ("ollama", "Ollama"), ("openai", "Another engine that speaks OpenAI's protocol")];
    let engines: Vec<_> = engines.map(|(value, label)| SelectOption::new(value, label)).into();
    let mut pools = vec![SelectOption::new("", "default (shared)")];
    let others = view.pools.iter().filter(|pool| pool.name != "default");
    pools.extend(others.map(|pool| SelectOption::new(pool.name.clone(), pool.name.clone())));
    let known: Vec<_> = view.models.iter().map(|model| model.name.clone()).collect();
    let model_hint = if known.is_empty() {
        "What callers name. It is made from what the engine says of itself.".to_owned()
    } else {
        format!("What callers name: {}, or a new one.", known.join(", "))
    };
    view! {
        <Dialog
            id="register"
            title="Register a deployment"
            description="The engine is asked at once what it serves; it must answer."
            wide=true
        >
            <Form action=actions.create attr:class="form">
                <FormProblem problem fields=FIELDS/>
                <TextInput
                    name="name"
                    label="Name"
                    required=true
                    autocomplete="off"
                    placeholder="gpu-1"
                    error=field(problem, "name")
                />
                <Select name="engine" label="Engine" options=engines error=field(problem, "engine")/>
                <TextInput
                    name="base_url"
                    label="URL"
                    kind="url"
                    required=true
                    mono=true
                    placeholder="http://gpu-1.internal:8000"
                    error=field(problem, "base_url")
                />
                <TextInput
                    name="model"
                    label="Model"
                    required=true
                    mono=true
                    autocomplete="off"
                    hint=model_hint
                    error=field(problem, "model")
                />
                <TextInput
                    name="upstream_model"
                    label="Name at the engine"
                    mono=true
                    autocomplete="off"
                    hint="Left empty: what the engine lists, else the same."
                    error=field(problem, "upstream_model")
                />
                <Select name="pool" label="Pool" options=pools error=field(problem, "pool")/>
                <TextInput
                    name="credential"
                    label="Credential"
                    kind="password"
                    autocomplete="off"
                    hint="Bearer token for the engine. Kept encrypted and never shown."
                    error=field(problem, "credential")
                />
                <DialogSubmit dialog="register" label="Register" busy=actions.create.pending()/>
            </Form>
        </Dialog>
    }
    .into_any()
}

fn probe(actions: Actions, deployment: &Deployment) -> AnyView {
    let (id, of, name) = (format!("probe-{}", deployment.id), deployment.id, deployment.name.clone());
    let url = deployment.base_url.clone();
    view! {
        <Dialog id=id.clone() title=format!("Test {name}")>
            <p>"Asks the engine at " <code>{url.clone()}</code> " what it serves."</p>
            <Form action=actions.probe>
                <FormProblem problem=problem_of(actions.probe)/>
                {hidden("deployment", of)}
                {hidden("name", name.clone())}
                <DialogSubmit dialog=id.clone() label="Test" busy=actions.probe.pending()/>
            </Form>
        </Dialog>
    }
    .into_any()
}

fn state(actions: Actions, deployment: &Deployment) -> AnyView {
    let (id, of, name) = (format!("state-{}", deployment.id), deployment.id, deployment.name.clone());
    let present = deployment.state.as_str();
    let problem = problem_of(actions.state);
    let choices = [
        (DeploymentState::Active, "Active: gets calls"),
        (DeploymentState::Draining, "Draining: finishes what it has, gets nothing new"),
        (DeploymentState::Disabled, "Disabled: gets nothing"),
    ];
    let options: Vec<_> = choices.map(|(state, words)| SelectOption::new(state.as_str(), words)).into();
    view! {
        <Dialog id=id.clone() title=format!("Change the state of {name}")>
            <Form action=actions.state attr:class="form">
                <FormProblem problem fields=&["state"]/>
                {hidden("deployment", of)}
                <Select
                    id=format!("{id}-choice")
                    name="state"
                    label="State"
                    options=options.clone()
                    value=present
                    error=field(problem, "state")
                />
                <DialogSubmit dialog=id.clone() label="Change state" busy=actions.state.pending()/>
            </Form>
        </Dialog>
    }
    .into_any()
}

fn delete(actions: Actions, deployment: &Deployment) -> AnyView {
    let (id, of, name) = (format!("delete-{}", deployment.id), deployment.id, deployment.name.clone());
    view! {
        <Dialog id=id.clone() title=format!("Remove {name}?")>
            <p>"Calls that it is working on are finished; new ones go to others that serve the model, if there are any."</p>
            <Form action=actions.delete>
                <FormProblem problem=problem_of(actions.delete)/>
                {hidden("deployment", of)}
                {hidden("name", name.clone())}
                <DialogSubmit
                    dialog=id.clone()
                    label="Remove"
                    kind=ButtonKind::Danger
                    busy=actions.delete.pending()
                />
            </Form>
        </Dialog>
    }
    .into_any()
}
