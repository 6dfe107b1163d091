//! Buttons, and links that look like them.

use leptos::prelude::*;

use crate::icon::{Icon, IconView};

/// How much a button asks for attention. One primary a view.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum ButtonKind {
    Primary,
    #[default]
    Secondary,
    /// No frame until pointed at: for tool bars and rows.
    Ghost,
    /// Destroys something.
    Danger,
}

/// Height: 36 px, or 28 px in tables and tool bars.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum ButtonSize {
    #[default]
    Regular,
    Small,
}

pub(crate) fn button_class(kind: ButtonKind, size: ButtonSize, wide: bool) -> String {
    let kind = match kind {
        ButtonKind::Primary => "button button-primary",
        ButtonKind::Secondary => "button button-secondary",
        ButtonKind::Ghost => "button button-ghost",
        ButtonKind::Danger => "button button-danger",
    };
    let size = if size == ButtonSize::Small { " button-small" } else { "" };
    let wide = if wide { " button-wide" } else { "" };
    format!("{kind}{size}{wide}")
}

/// A button. Add `on:click`, or `attr:…` such as `attr:formaction`, at the call.
#[component]
pub fn Button(
    #[prop(optional)] kind: ButtonKind,
    #[prop(optional)] size: ButtonSize,
    /// Sends its form; otherwise it does nothing by itself.
    #[prop(optional)]
    submit: bool,
    /// Takes the whole width.
    #[prop(optional)]
    wide: bool,
    #[prop(optional)] icon: Option<Icon>,
    /// Shows a spinner and refuses a second press.
    #[prop(optional, into)]
    busy: Signal<bool>,
    #[prop(optional, into)] disabled: Signal<bool>,
    children: Children,
) -> impl IntoView {
    view! {
        <button
            type=if submit { "submit" } else { "button" }
            class=button_class(kind, size, wide)
            disabled=move || busy.get() || disabled.get()
            aria-busy=move || busy.get().then_some("true")
        >
            <span class="spinner" aria-hidden="true"></span>
            {icon.map(|icon| view! { <IconView icon/> })}
            <span class="button-label">{children()}</span>
        </button>
    }
    .into_any()
}

/// A button that shows only an icon; the label is its accessible name and tip.
#[component]
pub fn IconButton(
    icon: Icon,
    #[prop(into)] label: String,
    #[prop(optional)] size: ButtonSize,
    #[prop(optional)] submit: bool,
) -> impl IntoView {
    view! {
        <button
            type=if submit { "submit" } else { "button" }
            class=format!("{} button-icon", button_class(ButtonKind::Ghost, size, false))
            aria-label=label.clone()
            title=label
        >
            <IconView icon/>
        </button>
    }
    .into_any()
}

/// A link with a button's looks.
#[component]
pub fn LinkButton(
    #[prop(into)] href: String,
    #[prop(optional)] kind: ButtonKind,
    #[prop(optional)] size: ButtonSize,
    #[prop(optional)] wide: bool,
    #[prop(optional)] icon: Option<Icon>,
    /// Saves what it leads to (a CSV export), past the client-side router.
    #[prop(optional)]
    download: bool,
    children: Children,
) -> impl IntoView {
    view! {
        <a
            href=href
            class=button_class(kind, size, wide)
            download=download.then_some("")
            rel=download.then_some("external")
        >
            {icon.map(|icon| view! { <IconView icon/> })}
            <span class="button-label">{children()}</span>
        </a>
    }
    .into_any()
}
