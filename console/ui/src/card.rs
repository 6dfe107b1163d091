//! The surface that groups content.

use leptos::prelude::*;

/// A titled surface. With a title it is a section named by it.
#[component]
pub fn Card(
    #[prop(optional, into)] title: String,
    #[prop(optional, into)] description: String,
    /// Right of the title: links, a small button.
    #[prop(optional, into)]
    actions: ViewFn,
    /// Content touches the edges: for tables.
    #[prop(optional)]
    flush: bool,
    children: Children,
) -> impl IntoView {
    let label = (!title.is_empty()).then(|| title.clone());
    let head = (!title.is_empty()).then(|| {
        view! {
            <header class="card-head">
                <div>
                    <h2 class="card-title">{title}</h2>
                    {(!description.is_empty()).then(|| view! { <p class="card-description">{description}</p> })}
                </div>
                <div class="card-actions">{actions.run()}</div>
            </header>
        }
    });
    view! {
        <section class=if flush { "card card-flush" } else { "card" } aria-label=label>
            {head}
            <div class="card-body">{children()}</div>
        </section>
    }
    .into_any()
}
