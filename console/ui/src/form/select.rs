//! One of several.

use leptos::prelude::*;

use super::field::{Field, described_by, id_or_name};
use crate::icon::{Icon, IconView};

/// One choice of a [`Select`].
#[derive(Clone, Debug)]
pub struct SelectOption {
    pub value: String,
    pub label: String,
}

impl SelectOption {
    pub fn new(value: impl Into<String>, label: impl Into<String>) -> Self {
        Self { value: value.into(), label: label.into() }
    }
}

/// The browser's own drop-down, dressed.
#[component]
pub fn Select(
    #[prop(into)] name: String,
    #[prop(into)] label: String,
    options: Vec<SelectOption>,
    #[prop(optional, into)] id: String,
    /// The chosen value.
    #[prop(optional, into)]
    value: String,
    /// Follows the choice.
    #[prop(optional)]
    bind: Option<RwSignal<String>>,
    #[prop(optional, into)] hint: String,
    #[prop(optional, into)] error: MaybeProp<String>,
    #[prop(optional)] required: bool,
    #[prop(optional)] label_hidden: bool,
) -> impl IntoView {
    let id = id_or_name(id, &name);
    let value = bind.map_or(value, |bound| bound.get_untracked());
    let options = options
        .into_iter()
        .map(|option| {
            let selected = option.value == value;
            view! {
                <option value=option.value selected=selected>
                    {option.label}
                </option>
            }
        })
        .collect_view();
    view! {
        <Field id=id.clone() label=label hint=hint.clone() error=error label_hidden=label_hidden>
            <div class="select-frame">
                <select
                    class="input select"
                    aria-describedby=described_by(&id, &hint)
                    id=id
                    name=name
                    required=required
                    aria-invalid=move || error.get().map(|_| "true")
                    on:change=move |event| {
                        if let Some(bound) = bind {
                            bound.set(event_target_value(&event));
                        }
                    }
                >
                    {options}
                </select>
                <IconView icon=Icon::ChevronDown/>
            </div>
        </Field>
    }
    .into_any()
}
