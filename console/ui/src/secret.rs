//! A secret that is shown exactly once.

use leptos::prelude::*;

use crate::{
    copy::CopyButton,
    icon::{Icon, IconView},
};

/// Shows a fresh key with its copy button and the warning that it won't be shown again.
#[component]
pub fn SecretReveal(
    #[prop(into)] secret: String,
    /// What it is, such as "API key".
    #[prop(into)]
    label: String,
) -> impl IntoView {
    view! {
        <div class="secret">
            <p class="secret-note">
                <IconView icon=Icon::Lock/>
                <span>"Copy this now. For your security it is not stored and will not be shown again."</span>
            </p>
            <div class="secret-line" role="group" aria-label=label.clone()>
                <code class="secret-text">{secret.clone()}</code>
                <CopyButton text=secret label=format!("Copy {label}") worded=true/>
            </div>
        </div>
    }
    .into_any()
}
