//! Sharing what is set, by a link that opens inside the workspace.

use leptos::prelude::*;
use shared_api::playground::PlaygroundShare;
use ui::*;

use super::{play::Play, setup::Setup};
use crate::{
    api::playground::{SharePlayground, Shared},
    forms::{Form, FormAction, FormProblem, field, hidden, problem_of},
};

/// The settings that a link keeps; what is not readable any more is left empty.
pub(super) fn setup_of(share: &PlaygroundShare) -> Setup {
    serde_json::from_value(share.setup.clone()).unwrap_or_default()
}

/// Says whose link was opened.
pub(super) fn opened(share: &PlaygroundShare) -> AnyView {
    let text = format!("“{}”, shared by {}. What you change stays yours.", share.title, share.created_by);
    view! { <Alert tone=Tone::Info>{text}</Alert> }.into_any()
}

pub(super) fn dialog(play: Play) -> AnyView {
    let action = FormAction::new::<SharePlayground>();
    let problem = problem_of(action);
    let setup = move || serde_json::to_string(&play.setup()).unwrap_or_default();
    let initial = untrack(setup);
    let made =
        move || action.done::<Shared>().map(|shared| view! { <Snippet label="link" code=shared.link/> });
    view! {
        <Dialog
            id="share"
            title="Share this setup"
            description="Models, prompts and parameters under a link. Answers are not kept; only people of this workspace can open it."
        >
            <Form action attr:class="form">
                <FormProblem problem fields=&["title"]/>
                {hidden("tenant", play.tenant)}
                <input type="hidden" name="setup" value=initial prop:value=setup/>
                <TextInput
                    name="title"
                    label="Title"
                    required=true
                    max_length=120
                    autocomplete="off"
                    placeholder="Tone of refund answers"
                    error=field(problem, "title")
                />
                {made}
                <DialogActions>
                    <DialogClose dialog="share">"Close"</DialogClose>
                    <Button submit=true kind=ButtonKind::Primary busy=action.pending()>
                        "Make a link"
                    </Button>
                </DialogActions>
            </Form>
        </Dialog>
    }
    .into_any()
}
