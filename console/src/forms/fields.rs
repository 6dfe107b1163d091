//! What forms are made of: problems beside their fields, what dialogs end with, what is said after.

use leptos::prelude::*;
use ui::*;

use super::FormAction;
use crate::{
    api::{ApiProblem, FieldProblem},
    contexts::use_scope,
};

/// Why a form's last answer was a refusal.
pub type Problem = Signal<Option<ApiProblem>>;

/// The refusal in an action's last answer, whichever way it travelled.
pub fn problem_of(action: FormAction) -> Problem {
    Signal::derive(move || {
        action.answer().with(|answer| answer.as_ref().and_then(|answer| answer.clone().err()))
    })
}

/// The part of a refusal that belongs beside one field.
pub fn field(problem: Problem, name: &'static str) -> Signal<Option<String>> {
    Signal::derive(move || {
        problem.with(|problem| problem.as_ref().and_then(|problem| problem.of_field(name)))
    })
}

/// A value that a form carries unseen.
pub fn hidden(name: &'static str, value: impl ToString) -> impl IntoView {
    view! { <input type="hidden" name=name value=value.to_string()/> }
}

/// The last line of a form in a dialog.
#[component]
pub fn DialogSubmit(
    #[prop(into)] dialog: String,
    #[prop(into)] label: String,
    #[prop(default = ButtonKind::Primary)] kind: ButtonKind,
    busy: Signal<bool>,
) -> impl IntoView {
    view! {
        <DialogActions>
            <DialogClose dialog>"Cancel"</DialogClose>
            <Button submit=true kind busy>
                {label}
            </Button>
        </DialogActions>
    }
}

/// What a refusal says that stands beside none of the form's `fields`.
#[component]
pub fn FormProblem(problem: Problem, #[prop(optional)] fields: &'static [&'static str]) -> impl IntoView {
    move || {
        let problem = problem.get()?;
        let beside = |error: &FieldProblem| {
            fields.iter().any(|field| {
                error
                    .field
                    .strip_prefix(field)
                    .is_some_and(|rest| rest.is_empty() || rest.starts_with(['[', '.']))
            })
        };
        let shown_beside = !problem.errors.is_empty() && problem.errors.iter().all(beside);
        (!shown_beside).then(|| view! { <Alert tone=Tone::Danger>{problem.detail}</Alert> })
    }
}

/// A refusal that came with the page's address, from a form that was sent without a script: its dialog is closed.
#[component]
pub fn EarlyProblem(problem: Problem) -> impl IntoView {
    problem.get_untracked().map(|problem| {
        view! {
            <Alert tone=Tone::Danger title="That did not work">
                {problem.detail}
            </Alert>
        }
    })
}

/// What was just done, and a secret that is shown this once. Takes the focus when it appears, since what had it is gone.
#[component]
pub fn Notice() -> impl IntoView {
    let notice = use_scope().notice;
    let place = NodeRef::<leptos::html::Div>::new();
    Effect::new(move |before: Option<()>| {
        let said = notice.with(Option::is_some);
        if let (Some(()), true, Some(place)) = (before, said, place.get()) {
            let _ = place.focus();
        }
    });
    move || {
        notice.get().map(|flash| {
            let secret = flash.secret.map(|(label, secret)| view! { <SecretReveal label secret/> });
            view! {
                <div class="notice" tabindex="-1" node_ref=place>
                    <Alert tone=Tone::Success title=flash.text>
                        {secret}
                    </Alert>
                </div>
            }
        })
    }
}
