//! Small labels and states.

use leptos::prelude::*;

/// What a colour means, everywhere.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Tone {
    #[default]
    Neutral,
    Info,
    Success,
    Warning,
    Danger,
}

impl Tone {
    pub(crate) fn class(self) -> &'static str {
        match self {
            Self::Neutral => "tone-neutral",
            Self::Info => "tone-info",
            Self::Success => "tone-success",
            Self::Warning => "tone-warning",
            Self::Danger => "tone-danger",
        }
    }
}

/// A short word in a tinted pill.
#[component]
pub fn Badge(#[prop(optional)] tone: Tone, children: Children) -> impl IntoView {
    view! { <span class=format!("badge {}", tone.class())>{children()}</span> }.into_any()
}

/// A coloured dot and its word: the state of a key, a tenant, an engine.
#[component]
pub fn Status(#[prop(optional)] tone: Tone, children: Children) -> impl IntoView {
    view! {
        <span class=format!("status {}", tone.class())>
            <span class="status-dot" aria-hidden="true"></span>
            {children()}
        </span>
    }
    .into_any()
}
