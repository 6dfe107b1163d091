//! Copying to the clipboard. Without a script the buttons are hidden and the text stays selectable.

use std::time::Duration;

use leptos::prelude::*;

use crate::{
    dom,
    icon::{Icon, IconView},
};

/// How long "Copied" stays.
const SHOWN: Duration = Duration::from_secs(2);

/// Copies `text`; says so for two seconds, also to assistive technology.
#[component]
pub fn CopyButton(
    #[prop(into)] text: String,
    /// What is copied, such as "Copy endpoint"; the accessible name.
    #[prop(default = "Copy".to_owned(), into)]
    label: String,
    /// Shows the word beside the icon.
    #[prop(optional)]
    worded: bool,
) -> impl IntoView {
    let copied = RwSignal::new(false);
    let press = move |_| {
        dom::copy(&text);
        copied.set(true);
        set_timeout(move || copied.set(false), SHOWN);
    };
    view! {
        <button
            type="button"
            class=if worded { "copy copy-worded" } else { "copy" }
            class:copied=copied
            aria-label=label.clone()
            title=label
            on:click=press
        >
            <span class="copy-idle">
                <IconView icon=Icon::Copy/>
            </span>
            <span class="copy-done">
                <IconView icon=Icon::Check/>
            </span>
            {worded
                .then(|| {
                    view! { <span aria-hidden="true">{move || if copied.get() { "Copied" } else { "Copy" }}</span> }
                })}
            <span class="visually-hidden" role="status">
                {move || copied.get().then_some("Copied")}
            </span>
        </button>
    }
    .into_any()
}

/// An identifier or address in fixed-width type with its copy button.
#[component]
pub fn Copyable(
    #[prop(into)] text: String,
    #[prop(default = "Copy".to_owned(), into)] label: String,
) -> impl IntoView {
    view! {
        <span class="copyable">
            <code>{text.clone()}</code>
            <CopyButton text=text label=label/>
        </span>
    }
    .into_any()
}
