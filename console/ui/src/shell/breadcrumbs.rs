//! Where a page stands.

use leptos::prelude::*;

/// One level above, with its address.
#[derive(Clone, Debug)]
pub struct Crumb {
    pub label: String,
    pub href: String,
}

impl Crumb {
    pub fn new(label: impl Into<String>, href: impl Into<String>) -> Self {
        Self { label: label.into(), href: href.into() }
    }
}

/// The levels above this page, then its own name.
#[component]
pub fn Breadcrumbs(crumbs: Vec<Crumb>, #[prop(into)] current: String) -> impl IntoView {
    let above = crumbs
        .into_iter()
        .map(|crumb| {
            view! {
                <li>
                    <a href=crumb.href>{crumb.label}</a>
                </li>
            }
        })
        .collect_view();
    view! {
        <nav class="breadcrumbs" aria-label="Breadcrumbs">
            <ol role="list">
                {above} <li>
                    <span aria-current="page">{current}</span>
                </li>
            </ol>
        </nav>
    }
    .into_any()
}
