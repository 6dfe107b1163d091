//! What asks before a deployment is touched, and the test call.

use leptos::prelude::*;
use shared::DeploymentId;
use shared_api::{
    catalog::{Deployment, DeploymentState},
    engines::{DeploymentTest, TestOutcome},
};
use ui::*;

use crate::{
    api::{
        catalog::{DeleteDeployment, SetDeploymentState},
        engines::TestDeployment,
    },
    forms::{DialogSubmit, Form, FormAction, FormProblem, hidden, problem_of},
};

/// What can be done to a deployment, on the list and on its own page.
#[derive(Clone, Copy)]
pub(super) struct Actions {
    pub state: FormAction,
    pub delete: FormAction,
    pub test: FormAction,
    /// Which one was tested last: its dialog shows how that ended.
    pub tested: RwSignal<Option<DeploymentId>>,
}

impl Actions {
    pub fn new() -> Self {
        Self {
            state: FormAction::new::<SetDeploymentState>(),
            delete: FormAction::new::<DeleteDeployment>(),
            test: FormAction::new::<TestDeployment>(),
            tested: RwSignal::new(None),
        }
    }
}

pub(super) fn of(actions: Actions, deployment: &Deployment) -> AnyView {
    let dialogs = (
        test(actions, deployment),
        delete(actions, deployment),
        state(actions, deployment, DeploymentState::Active),
        state(actions, deployment, DeploymentState::Draining),
        state(actions, deployment, DeploymentState::Disabled),
    );
    view! { {dialogs} }.into_any()
}

/// The id of the dialog that leads to a state.
pub(super) fn state_dialog(deployment: &Deployment, to: DeploymentState) -> String {
    format!("{}-{}", to.as_str(), deployment.id)
}

fn test(actions: Actions, deployment: &Deployment) -> AnyView {
    let (id, of, name) = (format!("test-{}", deployment.id), deployment.id, deployment.name.clone());
    let action = actions.test;
    let result = move || {
        let shown = actions.tested.get() == Some(of) && !action.pending().get();
        shown.then(|| action.done::<DeploymentTest>().map(|test| outcome(&test)))
    };
    view! {
        <Dialog
            id=id.clone()
            title=format!("Test {name}")
            description="Sends one small call through it, as a caller's would be. It is not billed to anybody."
        >
            <Form action attr:class="form" on:submit=move |_| actions.tested.set(Some(of))>
                <FormProblem problem=problem_of(action)/>
                {hidden("deployment", of)}
                {hidden("name", name.clone())}
                {result}
                <DialogActions>
                    <DialogClose dialog=id.clone()>"Close"</DialogClose>
                    <Button submit=true kind=ButtonKind::Primary busy=action.pending()>
                        "Send a call"
                    </Button>
                </DialogActions>
            </Form>
        </Dialog>
    }
    .into_any()
}

/// How a test call ended.
fn outcome(test: &DeploymentTest) -> AnyView {
    let millis =
        |value: Option<u32>| value.map_or("–".to_owned(), |value| format::millis(f64::from(value)));
    let count = |value: Option<u32>| value.map_or("–".to_owned(), |value| value.to_string());
    let failed = test.outcome == TestOutcome::Failed;
    let (tone, title) = if failed {
        (Tone::Danger, test.error.clone().unwrap_or_else(|| "It failed".to_owned()))
    } else {
        (Tone::Success, "It answered".to_owned())
    };
    let (first, whole) = (millis(test.first_token_ms), millis(Some(test.total_ms)));
    let (sent, got) = (count(test.prompt_tokens), count(test.completion_tokens));
    let said = if failed { test.message.clone() } else { test.text.clone() }.unwrap_or_default();
    view! {
        <Alert tone title>
            <p class="test-said">{said}</p>
        </Alert>
        <Facts>
            <Fact label="First token">{first}</Fact>
            <Fact label="Whole">{whole}</Fact>
            <Fact label="Tokens in">{sent}</Fact>
            <Fact label="Tokens out">{got}</Fact>
        </Facts>
    }
    .into_any()
}

fn state(actions: Actions, deployment: &Deployment, to: DeploymentState) -> AnyView {
    if deployment.state == to {
        return ().into_any();
    }
    let (id, of, name) = (state_dialog(deployment, to), deployment.id, deployment.name.clone());
    let (title, text, label, kind) = match to {
        DeploymentState::Active => (
            format!("Resume {name}?"),
            "It gets calls again within a second, as far as it is healthy.",
            "Resume",
            ButtonKind::Primary,
        ),
        DeploymentState::Draining => (
            format!("Drain {name}?"),
            "It finishes the calls that it has and gets no new ones. Others that serve the model take them.",
            "Drain",
            ButtonKind::Primary,
        ),
        DeploymentState::Disabled => (
            format!("Disable {name}?"),
            "It gets nothing any more, and its health is not asked for.",
            "Disable",
            ButtonKind::Danger,
        ),
    };
    view! {
        <Dialog id=id.clone() title>
            <p>{text}</p>
            <Form action=actions.state>
                <FormProblem problem=problem_of(actions.state)/>
                {hidden("deployment", of)}
                {hidden("state", to.as_str())}
                <DialogSubmit dialog=id.clone() label kind busy=actions.state.pending()/>
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
