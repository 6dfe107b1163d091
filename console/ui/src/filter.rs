//! Filters that live in the address.

use leptos::prelude::*;

use crate::button::{Button, ButtonSize};

/// A GET form in a line: its fields become the query, so a view can be shared and reloaded.
#[component]
pub fn FilterBar(
    /// The page's own path.
    #[prop(into)]
    action: String,
    /// Where all filters are off; empty where none is on.
    #[prop(optional, into)]
    reset: String,
    /// At the right end: an export, a range.
    #[prop(optional, into)]
    actions: ViewFn,
    children: Children,
) -> impl IntoView {
    view! {
        <form class="filter-bar" method="get" action=action role="search" aria-label="Filters">
            <div class="filter-fields">
                {children()} <Button submit=true size=ButtonSize::Small>
                    "Apply"
                </Button>
                {(!reset.is_empty()).then(|| view! { <a class="filter-reset" href=reset>"Clear"</a> })}
            </div>
            <div class="filter-actions">{actions.run()}</div>
        </form>
    }
    .into_any()
}
