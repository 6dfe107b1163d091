//! Cells of a table's row, made at once: a row reads from what it borrows.

use leptos::prelude::*;
use ui::*;

/// The first cell: what the row is about.
pub fn named(name: impl Into<String>) -> AnyView {
    let name = name.into();
    view! {
        <Cell>
            <span class="cell-main">{name}</span>
        </Cell>
    }
    .into_any()
}

/// The first cell, with a quieter line below it.
pub fn named_with(name: impl IntoView + 'static, below: impl Into<String>) -> AnyView {
    let (name, below) = (name.into_any(), below.into());
    let below = (!below.is_empty()).then(|| view! { <span class="cell-sub">{below}</span> }.into_any());
    view! {
        <Cell>
            <span class="cell-main">{name}</span>
            {below}
        </Cell>
    }
    .into_any()
}

/// The first cell, leading somewhere.
pub fn linked(name: impl Into<String>, href: impl Into<String>) -> AnyView {
    let (name, href) = (name.into(), href.into());
    view! {
        <Cell>
            <a class="cell-main" href=href>
                {name}
            </a>
        </Cell>
    }
    .into_any()
}

pub fn cell(label: &'static str, content: impl IntoView + 'static) -> AnyView {
    let content = content.into_any();
    view! { <Cell label>{content}</Cell> }.into_any()
}

/// For what is rarely read.
pub fn quiet(label: &'static str, content: impl IntoView + 'static) -> AnyView {
    let content = content.into_any();
    view! {
        <Cell label muted=true>
            {content}
        </Cell>
    }
    .into_any()
}

/// Aligned to the right: numbers and actions.
pub fn figure(label: &'static str, content: impl IntoView + 'static) -> AnyView {
    let content = content.into_any();
    view! {
        <Cell label numeric=true>
            {content}
        </Cell>
    }
    .into_any()
}

pub fn state(label: &'static str, tone: Tone, words: impl Into<String>) -> AnyView {
    let words = words.into();
    cell(label, view! { <Status tone>{words}</Status> })
}

pub fn code(label: &'static str, text: impl Into<String>) -> AnyView {
    cell(label, view! { <code>{text.into()}</code> })
}

/// How long ago or until when, in Unix seconds; `none` where there is no such moment.
pub fn moment(label: &'static str, at: Option<i64>, now: i64, none: &'static str) -> AnyView {
    match at {
        Some(at) => quiet(label, view! { <Time at now=now/> }),
        None => quiet(label, none),
    }
}
