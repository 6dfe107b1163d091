//! Menus of actions on the popover API: Escape, light dismissal and focus return come with it.

use leptos::prelude::*;

use crate::{
    button::{ButtonKind, ButtonSize, button_class},
    icon::{Icon, IconView},
};

/// A button with three dots and the actions behind it. Children are [`MenuLink`]s and [`MenuButton`]s.
#[component]
pub fn Menu(
    /// Unique on the page.
    #[prop(into)]
    id: String,
    /// Accessible name, such as "Actions for key ci-pipeline".
    #[prop(into)]
    label: String,
    children: Children,
) -> impl IntoView {
    view! {
        <button
            type="button"
            class=format!("{} button-icon", button_class(ButtonKind::Ghost, ButtonSize::Small, false))
            aria-label=label.clone()
            popovertarget=id.clone()
        >
            <IconView icon=Icon::More/>
        </button>
        <div id=id class="popover menu" popover="auto" role="group" aria-label=label>
            {children()}
        </div>
    }
    .into_any()
}

/// A menu entry that leads somewhere.
#[component]
pub fn MenuLink(
    #[prop(into)] href: String,
    #[prop(optional)] icon: Option<Icon>,
    children: Children,
) -> impl IntoView {
    view! {
        <a class="menu-item" href=href>
            {icon.map(|icon| view! { <IconView icon/> })}
            <span>{children()}</span>
        </a>
    }
    .into_any()
}

/// A menu entry that does something: sends the form around it, opens a dialog, or reacts to `on:click`.
#[component]
pub fn MenuButton(
    #[prop(optional)] icon: Option<Icon>,
    #[prop(optional)] danger: bool,
    /// Sends the form around it.
    #[prop(optional)]
    submit: bool,
    /// The id of a dialog to open.
    #[prop(optional, into)]
    dialog: String,
    children: Children,
) -> impl IntoView {
    let target = (!dialog.is_empty()).then(|| dialog.clone());
    view! {
        <button
            type=if submit { "submit" } else { "button" }
            class=if danger { "menu-item menu-danger" } else { "menu-item" }
            command=target.is_some().then_some("show-modal")
            commandfor=target
            on:click=move |_| {
                if !dialog.is_empty() {
                    crate::dom::show_dialog_by_button(&dialog);
                }
            }
        >
            {icon.map(|icon| view! { <IconView icon/> })}
            <span>{children()}</span>
        </button>
    }
    .into_any()
}

/// A line between groups of entries.
#[component]
pub fn MenuLine() -> impl IntoView {
    view! { <hr class="menu-line"/> }.into_any()
}
