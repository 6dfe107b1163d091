//! Arms side by side on what came of their calls, copies beside them.

use leptos::prelude::*;
use ui::*;

use super::{
    Whose,
    shares::{bar, slot},
};
use crate::api::routes::{Compared, ComparedRow, RouteView};

/// Periods that can be looked at, in hours.
const PERIODS: [(u32, &str); 4] = [(1, "1 h"), (24, "24 h"), (168, "7 d"), (720, "30 d")];

pub fn card(whose: Whose, view: &RouteView) -> AnyView {
    let here = whose.at(&view.id.to_string());
    let tabs: Vec<_> = PERIODS
        .into_iter()
        .map(|(hours, label)| Tab::new(label, format!("{here}?hours={hours}"), hours == view.hours))
        .collect();
    let of = &view.compared;
    let none = of.calls == 0 && !of.columns.iter().any(|column| column.is_copy);
    let body = if none {
        view! {
            <EmptyState
                icon=Icon::Activity
                title="No calls in this time"
                description=format!("Call {} as you would call a model: what comes of each arm stands here.", view.name)
            />
        }
        .into_any()
    } else {
        table(view)
    };
    let demo = of.includes_demo.then(|| {
        view! { <p class="table-foot">"Part of these calls was made up for the demonstration."</p> }
    });
    view! {
        <Card title="What came of them" flush=true actions=move || view! { <Tabs label="Period" tabs=tabs.clone()/> }>
            {body}
            {demo}
        </Card>
    }
    .into_any()
}

fn table(view: &RouteView) -> AnyView {
    let of = &view.compared;
    let heads = of.columns.iter().enumerate().map(|(at, column)| head(at, column)).collect_view();
    let rows = of.rows.iter().map(row).collect_view();
    let finishes = of.columns.iter().map(|column| finish(&column.finishes)).collect_view();
    view! {
        <div class="table-scroll" role="region" aria-label="Arms compared" tabindex="0">
            <table class="table compare">
                <caption class="visually-hidden">"Arms compared"</caption>
                <thead>
                    <tr>
                        <th scope="col">
                            <span class="visually-hidden">"What"</span>
                        </th>
                        {heads}
                    </tr>
                </thead>
                <tbody>
                    {rows}
                    <tr>
                        <th scope="row">"Finished by"</th>
                        {finishes}
                    </tr>
                </tbody>
            </table>
        </div>
    }
    .into_any()
}

fn head(at: usize, column: &Compared) -> AnyView {
    let kind = if column.is_copy {
        Some("copies")
    } else if column.weight.is_none() {
        Some("of other versions")
    } else {
        None
    };
    let kind = kind.map(|words| view! { <span class="compare-kind">{words}</span> });
    view! {
        <th scope="col">
            <span class="compare-head">
                <span class=format!("swatch slot-{}", slot(at)) aria-hidden="true"></span>
                {column.name.clone()}
            </span>
            {kind}
        </th>
    }
    .into_any()
}

fn row(row: &ComparedRow) -> AnyView {
    let cells = row
        .values
        .iter()
        .enumerate()
        .map(|(at, value)| {
            let best = row.best == Some(at);
            let mark = best.then(|| {
                view! {
                    <span class="best-mark">
                        <IconView icon=Icon::Check/>
                        <span class="visually-hidden">" the best"</span>
                    </span>
                }
            });
            view! { <td class=if best { "best" } else { "" }>{value.clone()} {mark}</td> }.into_any()
        })
        .collect_view();
    view! {
        <tr>
            <th scope="row">{row.label.clone()}</th>
            {cells}
        </tr>
    }
    .into_any()
}

fn finish(of: &[(String, f64)]) -> AnyView {
    if of.is_empty() {
        return view! { <td>"–"</td> }.into_any();
    }
    let drawn = bar(of.iter().map(|(_, share)| *share).enumerate());
    let words: Vec<_> =
        of.iter().map(|(reason, share)| format!("{reason} {}", format::percent(*share))).collect();
    view! {
        <td>
            <span class="arms-bar" inner_html=drawn></span>
            <span class="cell-sub">{words.join(" · ")}</span>
        </td>
    }
    .into_any()
}
