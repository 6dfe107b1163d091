//! Arrangement: the few grids that pages need.

use leptos::prelude::*;

/// Sections of a page below each other, evenly spaced.
#[component]
pub fn Stack(children: Children) -> impl IntoView {
    view! { <div class="stack">{children()}</div> }.into_any()
}

/// Items in a line that wraps: buttons, badges, small controls.
#[component]
pub fn Row(children: Children) -> impl IntoView {
    view! { <div class="row">{children()}</div> }.into_any()
}

/// How [`Grid`] divides its width; all become one column where it is narrow.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum GridShape {
    /// Two equal columns.
    #[default]
    Halves,
    /// Three equal columns.
    Thirds,
    /// Two thirds and one third.
    MainAside,
}

/// Cards beside each other.
#[component]
pub fn Grid(#[prop(optional)] shape: GridShape, children: Children) -> impl IntoView {
    let class = match shape {
        GridShape::Halves => "grid-halves",
        GridShape::Thirds => "grid-thirds",
        GridShape::MainAside => "grid-main-aside",
    };
    view! { <div class=class>{children()}</div> }.into_any()
}
