//! Views of one thing, each with its own address.

use leptos::prelude::*;

/// One tab.
#[derive(Clone, Debug)]
pub struct Tab {
    pub label: String,
    pub href: String,
    pub current: bool,
}

impl Tab {
    pub fn new(label: impl Into<String>, href: impl Into<String>, current: bool) -> Self {
        Self { label: label.into(), href: href.into(), current }
    }
}

/// Navigation that looks like tabs; it works without a script and survives a reload.
#[component]
pub fn Tabs(
    /// Names the navigation, such as "Tenant".
    #[prop(into)]
    label: String,
    tabs: Vec<Tab>,
) -> impl IntoView {
    view! {
        <nav class="tabs" aria-label=label>
            <ul role="list">
                {tabs
                    .into_iter()
                    .map(|tab| {
                        view! {
                            <li>
                                <a href=tab.href aria-current=tab.current.then_some("page")>{tab.label}</a>
                            </li>
                        }
                    })
                    .collect_view()}
            </ul>
        </nav>
    }
    .into_any()
}

/// A choice among few that is part of the address, such as the period of a chart: links in one frame.
#[component]
pub fn Segments(
    /// Names the choice, such as "Period".
    #[prop(into)]
    label: String,
    segments: Vec<Tab>,
) -> impl IntoView {
    view! {
        <nav class="segments" aria-label=label>
            <ul role="list">
                {segments
                    .into_iter()
                    .map(|segment| {
                        view! {
                            <li>
                                <a href=segment.href aria-current=segment.current.then_some("true")>
                                    {segment.label}
                                </a>
                            </li>
                        }
                    })
                    .collect_view()}
            </ul>
        </nav>
    }
    .into_any()
}
