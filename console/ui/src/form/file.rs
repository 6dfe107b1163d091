//! A file of the person's own.

use leptos::prelude::*;

use super::field::{Field, described_by, id_or_name, present};

/// The browser's own file chooser, dressed. Its form must be `multipart/form-data`.
#[component]
pub fn FileInput(
    #[prop(into)] name: String,
    #[prop(into)] label: String,
    #[prop(optional, into)] id: String,
    /// Kinds that are offered, such as `.jsonl,application/json`.
    #[prop(optional, into)]
    accept: String,
    #[prop(optional, into)] hint: String,
    #[prop(optional, into)] error: MaybeProp<String>,
    #[prop(optional)] required: bool,
) -> impl IntoView {
    let id = id_or_name(id, &name);
    view! {
        <Field id=id.clone() label=label hint=hint.clone() error=error may_be_empty=!required>
            <input
                class="input file-input"
                type="file"
                aria-describedby=described_by(&id, &hint)
                id=id
                name=name
                accept=present(accept)
                required=required
                aria-invalid=move || error.get().map(|_| "true")
            />
        </Field>
    }
    .into_any()
}
