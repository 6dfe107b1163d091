//! A form that a server function answers: with a script without leaving the page, without one by a redirect.

use leptos::{
    ev::SubmitEvent,
    html,
    prelude::*,
    server::ServerActionError,
    server_fn::{ServerFn, error::ServerFnUrlError},
    wasm_bindgen::JsCast as _,
    web_sys::{HtmlDialogElement, HtmlFormElement},
};

use serde::de::DeserializeOwned;

use crate::{
    api::{Answer, ApiProblem, flash::Flash},
    contexts::use_scope,
};

/// Where a form is sent, and what came back.
#[derive(Clone, Copy)]
pub struct FormAction(StoredValue<Sent>);

#[derive(Clone)]
struct Sent {
    url: &'static str,
    /// JSON, or why not.
    answer: ArcRwSignal<Option<Answer<String>>>,
    pending: ArcRwSignal<bool>,
}

impl FormAction {
    /// The action of a server function. A refusal that came with the page's address is its first answer.
    pub fn new<F: ServerFn<Error = ApiProblem>>() -> Self {
        let early = use_context::<ServerActionError>().filter(|error| error.path() == F::PATH);
        let early = early.map(|error| Err(ServerFnUrlError::<ApiProblem>::decode_err(error.err())));
        Self(StoredValue::new(Sent {
            url: F::PATH,
            answer: ArcRwSignal::new(early),
            pending: ArcRwSignal::new(false),
        }))
    }

    /// Whether an answer is awaited.
    pub fn pending(self) -> Signal<bool> {
        self.0.with_value(|sent| sent.pending.clone()).into()
    }

    /// Sends arguments that stand in no form of their own; only a browser does.
    pub fn send<'a>(self, arguments: impl IntoIterator<Item = (&'a str, &'a str)>) {
        send(self, ui::query_href("", arguments).trim_start_matches('?').to_owned());
    }

    /// What the last answer was, if it was no refusal.
    pub fn done<T: DeserializeOwned>(self) -> Option<T> {
        self.answer().with(|answer| match answer {
            Some(Ok(json)) => serde_json::from_str(json).ok(),
            _ => None,
        })
    }

    pub(super) fn answer(self) -> ArcRwSignal<Option<Answer<String>>> {
        self.0.with_value(|sent| sent.answer.clone())
    }
}

/// Sends a form in the browser, and keeps the answer.
#[cfg(feature = "hydrate")]
fn submit(action: FormAction, event: &SubmitEvent) {
    use leptos::{form::form_data_from_event, web_sys::UrlSearchParams};
    // What cannot be read is left to the browser, which sends it as it would without a script.
    let Ok(data) = form_data_from_event(event) else { return };
    let Ok(body) = UrlSearchParams::new_with_str_sequence_sequence(&data) else { return };
    event.prevent_default();
    send(action, String::from(body.to_string()));
}

#[cfg(feature = "hydrate")]
fn send(action: FormAction, body: String) {
    let Sent { url, answer, pending } = action.0.get_value();
    if pending.get_untracked() {
        return;
    }
    pending.set(true);
    leptos::task::spawn_local(async move {
        let reply = super::browser::post(url, body).await;
        if let Some(place) = reply.redirect {
            // A whole new page: who is signed in has changed.
            let _ = window().location().set_href(&place);
            return;
        }
        pending.set(false);
        answer.set(Some(reply.json));
    });
}

#[cfg(not(feature = "hydrate"))]
fn send(_action: FormAction, _body: String) {}

#[cfg(not(feature = "hydrate"))]
fn submit(_action: FormAction, _event: &SubmitEvent) {}

/// A form for an action; its fields are the server function's arguments.
#[component]
pub fn Form(
    action: FormAction,
    #[prop(optional)] node_ref: NodeRef<html::Form>,
    children: Children,
) -> impl IntoView {
    let url = action.0.with_value(|sent| sent.url);
    view! {
        <form method="post" action=url node_ref=node_ref on:submit=move |event| submit(action, &event)>
            {children()}
        </form>
    }
}

/// After each success of an action, in the browser: closes the dialog it came from, says what was done, then runs
/// `then`, usually to ask anew.
pub fn on_success(action: FormAction, then: impl Fn() + 'static) {
    let scope = use_scope();
    Effect::new(move || {
        if let Some(said) = action.done::<Flash>() {
            close_dialog();
            scope.notice.set(Some(said));
            then();
        }
    });
}

/// Closes the open dialog, its fields as they were before.
fn close_dialog() {
    let open = |selector| document().query_selector(selector).ok().flatten();
    if let Some(form) = open("dialog[open] form").and_then(|form| form.dyn_into::<HtmlFormElement>().ok()) {
        form.reset();
    }
    if let Some(dialog) = open("dialog[open]").and_then(|dialog| dialog.dyn_into::<HtmlDialogElement>().ok())
    {
        dialog.close();
    }
}
