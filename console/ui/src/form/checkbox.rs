//! Yes or no, once or several times.

use leptos::prelude::*;

use super::field::{FieldError, id_or_name};

/// One checkbox with its label beside it.
#[component]
pub fn Checkbox(
    #[prop(into)] name: String,
    #[prop(into)] label: String,
    #[prop(optional, into)] id: String,
    /// What the form sends when it is checked.
    #[prop(default = "true".to_owned(), into)]
    value: String,
    #[prop(optional, into)] hint: String,
    #[prop(optional)] checked: bool,
    /// Follows the choice.
    #[prop(optional)]
    bind: Option<RwSignal<bool>>,
    #[prop(optional)] disabled: bool,
) -> impl IntoView {
    let id = id_or_name(id, &name);
    let hint_id = (!hint.is_empty()).then(|| format!("{id}-hint"));
    let checked = bind.map_or(checked, |bound| bound.get_untracked());
    view! {
        <div class="check">
            <input
                type="checkbox"
                class="check-box"
                id=id.clone()
                name=name
                value=value
                checked=checked
                disabled=disabled
                aria-describedby=hint_id.clone()
                on:change=move |event| {
                    if let Some(bound) = bind {
                        bound.set(event_target_checked(&event));
                    }
                }
            />
            <div>
                <label class="check-label" for=id>
                    {label}
                </label>
                {hint_id.map(|id| view! { <p class="field-hint" id=id>{hint}</p> })}
            </div>
        </div>
    }
    .into_any()
}

/// One choice of a [`CheckboxGroup`].
#[derive(Clone, Debug, Default)]
pub struct CheckItem {
    pub value: String,
    pub label: String,
    /// A second line; may be empty.
    pub hint: String,
    pub checked: bool,
}

impl CheckItem {
    pub fn new(value: impl Into<String>, label: impl Into<String>, checked: bool) -> Self {
        Self { value: value.into(), label: label.into(), hint: String::new(), checked }
    }

    pub fn hint(mut self, hint: impl Into<String>) -> Self {
        self.hint = hint.into();
        self
    }
}

/// Several checkboxes under one legend; the form sends `name` once for each checked value.
#[component]
pub fn CheckboxGroup(
    #[prop(into)] name: String,
    #[prop(into)] legend: String,
    items: Vec<CheckItem>,
    #[prop(optional, into)] hint: String,
    #[prop(optional, into)] error: MaybeProp<String>,
    /// In a framed list that scrolls where it is long: for models.
    #[prop(optional)]
    framed: bool,
) -> impl IntoView {
    let error_id = format!("{name}-error");
    let boxes = items
        .into_iter()
        .enumerate()
        .map(|(at, item)| {
            view! {
                <Checkbox
                    id=format!("{name}-{at}")
                    name=name.clone()
                    label=item.label
                    value=item.value
                    hint=item.hint
                    checked=item.checked
                />
            }
        })
        .collect_view();
    view! {
        <fieldset class="field check-group" aria-describedby=error_id>
            <legend class="field-label">{legend}</legend>
            {(!hint.is_empty()).then(|| view! { <p class="field-hint">{hint}</p> })}
            <div class=if framed { "check-list check-list-framed" } else { "check-list" }>{boxes}</div>
            <FieldError id=error_id.clone() error=error/>
        </fieldset>
    }
    .into_any()
}
