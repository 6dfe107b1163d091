//! The head of a page.

use leptos::prelude::*;

/// The page's only `h1`, what it is for, and its actions.
#[component]
pub fn PageHeader(
    #[prop(into)] title: String,
    #[prop(optional, into)] description: String,
    /// Beside the title: a status, a badge.
    #[prop(optional, into)]
    meta: ViewFn,
    /// To the right: buttons, the primary one last.
    #[prop(optional, into)]
    actions: ViewFn,
) -> impl IntoView {
    view! {
        <div class="page-header">
            <div class="page-heading">
                <div class="page-title-line">
                    <h1 class="page-title">{title}</h1>
                    {meta.run()}
                </div>
                {(!description.is_empty()).then(|| view! { <p class="page-description">{description}</p> })}
            </div>
            <div class="page-actions">{actions.run()}</div>
        </div>
    }
    .into_any()
}
