//! Parts of a long form.

use leptos::prelude::*;

/// What a group of fields is for on the left, the fields on the right; below each other when narrow.
#[component]
pub fn FormSection(
    #[prop(into)] title: String,
    #[prop(optional, into)] description: String,
    children: Children,
) -> impl IntoView {
    view! {
        <section class="form-section" aria-label=title>
            <div class="form-section-head">
                <h2 class="form-section-title">{title.clone()}</h2>
                {(!description.is_empty()).then(|| view! { <p class="form-section-description">{description}</p> })}
            </div>
            <div class="form-fields">{children()}</div>
        </section>
    }
    .into_any()
}

/// The last line of a form: the primary button last.
#[component]
pub fn FormActions(children: Children) -> impl IntoView {
    view! { <div class="form-actions">{children()}</div> }.into_any()
}
