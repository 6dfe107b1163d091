//! Turning pages of a list that has cursors, not page numbers.

use leptos::prelude::*;

/// Links to the page before and after; an empty address means there is none.
#[component]
pub fn Pagination(
    #[prop(optional, into)] previous: String,
    #[prop(optional, into)] next: String,
    /// Such as "1–50 of 312".
    #[prop(optional, into)]
    summary: String,
) -> impl IntoView {
    view! {
        <nav class="pagination" aria-label="Pages">
            <span class="pagination-summary">{summary}</span>
            <span class="pagination-links">{turn("Previous", "prev", previous)} {turn("Next", "next", next)}</span>
        </nav>
    }
    .into_any()
}

fn turn(label: &'static str, rel: &'static str, href: String) -> AnyView {
    if href.is_empty() {
        view! { <span class="button button-secondary button-small" aria-disabled="true">{label}</span> }
            .into_any()
    } else {
        view! { <a class="button button-secondary button-small" rel=rel href=href>{label}</a> }.into_any()
    }
}
