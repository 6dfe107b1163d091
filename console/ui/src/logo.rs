//! The mark: a track and the switch that leads off it, with a signal at the points.

use leptos::prelude::*;

/// Geometry in a 24-unit box: the main line, the branch that leaves it, the signal that guards both.
const MARK: &str = r#"<rect class="logo-tile" width="24" height="24" rx="6.5"/><path class="logo-main" d="M10.5 16.5H19"/><path class="logo-branch" d="M5 16.5h2.5c5 0 3.7-8 9-8H19"/><circle class="logo-signal" cx="7" cy="8.5" r="1.9"/>"#;

/// The mark alone.
#[component]
pub fn LogoMark() -> impl IntoView {
    view! { <svg class="logo-mark" viewBox="0 0 24 24" fill="none" aria-hidden="true" inner_html=MARK></svg> }
        .into_any()
}

/// Mark and name; the name is the operator's own where the console is white-labelled.
#[component]
pub fn Logo(
    #[prop(default = "Switchyard".to_owned(), into)] name: String,
    /// Address of an operator's own mark; empty keeps ours.
    #[prop(optional, into)]
    image: String,
) -> impl IntoView {
    let mark = if image.is_empty() {
        view! { <LogoMark/> }.into_any()
    } else {
        view! { <img class="logo-mark" src=image alt=""/> }.into_any()
    };
    view! {
        <span class="logo">
            {mark}
            <span class="logo-name">{name}</span>
        </span>
    }
    .into_any()
}
