//! The table itself.

use leptos::prelude::*;

use super::column::{Column, Order};
use crate::icon::{Icon, IconView};

/// A table in a region that scrolls sideways and can be focused. Children are rows: `<tr>` of [`Cell`]s.
#[component]
pub fn DataTable(
    /// What the table lists; for assistive technology, a heading nearby says it to others.
    #[prop(into)]
    caption: String,
    columns: Vec<Column>,
    /// Says that there are no rows; `empty_text` takes their place.
    #[prop(optional)]
    empty: bool,
    #[prop(default = "Nothing here yet".to_owned(), into)] empty_text: String,
    /// On narrow screens each row becomes a small card (cells then need their `label`).
    #[prop(optional)]
    stacked: bool,
    children: Children,
) -> impl IntoView {
    let width = columns.len();
    let heads = columns.into_iter().map(head).collect_view();
    let none = empty.then(|| {
        view! {
            <tr class="table-none">
                <td colspan=width.to_string()>{empty_text}</td>
            </tr>
        }
    });
    view! {
        <div class="table-scroll" role="region" aria-label=caption tabindex="0">
            <table class=if stacked { "table table-stacked" } else { "table" }>
                <caption class="visually-hidden">{caption.clone()}</caption>
                <thead>
                    <tr>{heads}</tr>
                </thead>
                <tbody>{children()} {none}</tbody>
            </table>
        </div>
    }
    .into_any()
}

fn head(column: Column) -> impl IntoView {
    let sort = column.order.map(|order| match order {
        Order::Ascending => "ascending",
        Order::Descending => "descending",
    });
    let label = if column.hidden {
        view! { <span class="visually-hidden">{column.label}</span> }.into_any()
    } else if column.href.is_empty() {
        column.label.into_any()
    } else {
        let icon = if column.order == Some(Order::Ascending) { Icon::ArrowUp } else { Icon::ArrowDown };
        view! {
            <a class="sort" href=column.href>
                {column.label}
                <IconView icon/>
            </a>
        }
        .into_any()
    };
    view! {
        <th scope="col" class=column.numeric.then_some("numeric") aria-sort=sort>
            {label}
        </th>
    }
    .into_any()
}

/// One cell.
#[component]
pub fn Cell(
    /// The column's name, for stacked tables; empty for the first cell, which heads the card.
    #[prop(optional, into)]
    label: String,
    #[prop(optional)] numeric: bool,
    /// Quieter: for what is rarely read.
    #[prop(optional)]
    muted: bool,
    children: Children,
) -> impl IntoView {
    let class = match (numeric, muted) {
        (true, true) => "numeric muted",
        (true, false) => "numeric",
        (false, true) => "muted",
        (false, false) => "",
    };
    view! {
        <td class=(!class.is_empty()).then_some(class) data-label=(!label.is_empty()).then_some(label)>
            {children()}
        </td>
    }
    .into_any()
}
