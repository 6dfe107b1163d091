//! Modal dialogs on the native element: focus, Escape and the inert background come with it.
//!
//! A trigger names its dialog by invoker commands, which need no script; pressing it when hydrated does
//! the same for browsers without them.

use leptos::prelude::*;

use crate::{
    button::{ButtonKind, ButtonSize, button_class},
    dom,
    icon::{Icon, IconView},
};

/// A modal dialog. Put a form inside; end it with [`DialogActions`].
#[component]
pub fn Dialog(
    /// Unique on the page; triggers refer to it.
    #[prop(into)]
    id: String,
    #[prop(into)] title: String,
    #[prop(optional, into)] description: String,
    /// 640 px instead of 480 px.
    #[prop(optional)]
    wide: bool,
    /// Opens and closes it from code; follows what the user does.
    #[prop(optional)]
    open: Option<RwSignal<bool>>,
    children: Children,
) -> impl IntoView {
    let title_id = format!("{id}-title");
    let description_id = (!description.is_empty()).then(|| format!("{id}-description"));
    let closing = id.clone();
    let target = id.clone();
    if let Some(open) = open {
        let id = id.clone();
        Effect::new(move |before: Option<bool>| {
            let now = open.get();
            if now {
                dom::show_dialog(&id);
            } else if before == Some(true) {
                dom::close_dialog(&id);
            }
            now
        });
    }
    view! {
        <dialog
            id=id
            class=if wide { "dialog dialog-wide" } else { "dialog" }
            aria-labelledby=title_id
            aria-describedby=description_id
            closedby="any"
            on:close=move |_| {
                if let Some(open) = open {
                    open.set(false);
                }
            }
        >
            <div class="dialog-head">
                <div>
                    <h2 class="dialog-title" id=title_id.clone()>
                        {title}
                    </h2>
                    {description_id.clone().map(|id| view! { <p class="dialog-description" id=id>{description}</p> })}
                </div>
                <button
                    type="button"
                    class="button button-ghost button-icon button-small"
                    aria-label="Close"
                    commandfor=target
                    command="close"
                    on:click=move |_| dom::close_dialog_by_button(&closing)
                >
                    <IconView icon=Icon::Close/>
                </button>
            </div>
            <div class="dialog-body">{children()}</div>
        </dialog>
    }
    .into_any()
}

/// The last line of a dialog: cancel first, the action last.
#[component]
pub fn DialogActions(children: Children) -> impl IntoView {
    view! { <div class="dialog-actions">{children()}</div> }.into_any()
}

/// A button that opens the dialog with the id `dialog`.
#[component]
pub fn DialogTrigger(
    #[prop(into)] dialog: String,
    #[prop(optional)] kind: ButtonKind,
    #[prop(optional)] size: ButtonSize,
    #[prop(optional)] icon: Option<Icon>,
    children: Children,
) -> impl IntoView {
    let target = dialog.clone();
    view! {
        <button
            type="button"
            class=button_class(kind, size, false)
            aria-haspopup="dialog"
            commandfor=target
            command="show-modal"
            on:click=move |_| dom::show_dialog_by_button(&dialog)
        >
            {icon.map(|icon| view! { <IconView icon/> })}
            <span class="button-label">{children()}</span>
        </button>
    }
    .into_any()
}

/// A button that closes the dialog with the id `dialog`.
#[component]
pub fn DialogClose(#[prop(into)] dialog: String, children: Children) -> impl IntoView {
    let target = dialog.clone();
    view! {
        <button
            type="button"
            class=button_class(ButtonKind::Secondary, ButtonSize::Regular, false)
            commandfor=target
            command="close"
            on:click=move |_| dom::close_dialog_by_button(&dialog)
        >
            <span class="button-label">{children()}</span>
        </button>
    }
    .into_any()
}
