//! What surrounds a control.

use leptos::prelude::*;

use crate::icon::{Icon, IconView};

/// The ids that a control's `aria-describedby` names.
pub(super) fn described_by(id: &str, hint: &str) -> String {
    if hint.is_empty() { format!("{id}-error") } else { format!("{id}-hint {id}-error") }
}

pub(super) fn id_or_name(id: String, name: &str) -> String {
    if id.is_empty() { name.to_owned() } else { id }
}

/// Empty text as an absent attribute.
pub(super) fn present(text: String) -> Option<String> {
    (!text.is_empty()).then_some(text)
}

/// Label above, hint and error below. For a control of your own: give it the same `id` and
/// `aria-describedby="{id}-hint {id}-error"` (without the hint where there is none).
#[component]
pub fn Field(
    #[prop(into)] id: String,
    #[prop(into)] label: String,
    #[prop(optional, into)] hint: String,
    #[prop(optional, into)] error: MaybeProp<String>,
    /// Marks the field as one that may stay empty.
    #[prop(optional)]
    may_be_empty: bool,
    /// Keeps the label from sight, where the place says enough.
    #[prop(optional)]
    label_hidden: bool,
    children: Children,
) -> impl IntoView {
    let error_id = format!("{id}-error");
    let hint = (!hint.is_empty()).then(|| view! { <p class="field-hint" id=format!("{id}-hint")>{hint}</p> });
    view! {
        <div class="field">
            <label class=if label_hidden { "visually-hidden" } else { "field-label" } for=id>
                {label}
                {may_be_empty.then(|| view! { <span class="field-optional">"Optional"</span> })}
            </label>
            {children()}
            {hint}
            <FieldError id=error_id error=error/>
        </div>
    }
    .into_any()
}

/// The error's place, kept even when empty so that it can be announced when it fills.
#[component]
pub(super) fn FieldError(id: String, error: MaybeProp<String>) -> impl IntoView {
    view! {
        <div class="field-error" id=id aria-live="polite">
            {move || {
                error
                    .get()
                    .map(|text| {
                        view! {
                            <IconView icon=Icon::Error/>
                            <span>{text}</span>
                        }
                    })
            }}
        </div>
    }
    .into_any()
}
