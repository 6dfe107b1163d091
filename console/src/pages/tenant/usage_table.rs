//! The breakdown of a usage report, sorted as the address says.

use std::cmp::Ordering;

use leptos::prelude::*;
use shared_api::billing::{UsageGroup, UsageGroupRow, UsageReport, UsageTotals};
use ui::*;

use super::charts;
use crate::{api::billing::UsageFilter, pages::cells};

/// A column that the table can be sorted by.
struct Measure {
    /// Its name in the address.
    name: &'static str,
    label: &'static str,
    compare: fn(&UsageTotals, &UsageTotals) -> Ordering,
}

const MEASURES: [Measure; 6] = [
    Measure { name: "requests", label: "Requests", compare: |a, b| a.requests.cmp(&b.requests) },
    Measure { name: "errors", label: "Error rate", compare: |a, b| ratio(a).total_cmp(&ratio(b)) },
    Measure { name: "prompt", label: "Prompt tokens", compare: |a, b| a.prompt_tokens.cmp(&b.prompt_tokens) },
    Measure {
        name: "completion",
        label: "Completion tokens",
        compare: |a, b| a.completion_tokens.cmp(&b.completion_tokens),
    },
    Measure { name: "p95", label: "p95", compare: |a, b| a.latency_p95_ms.cmp(&b.latency_p95_ms) },
    Measure { name: "cost", label: "Cost", compare: |a, b| a.amount.cmp(&b.amount) },
];

fn ratio(totals: &UsageTotals) -> f64 {
    charts::error_ratio(totals).unwrap_or(-1.0)
}

pub(super) fn table(page: &str, filter: &UsageFilter, report: &UsageReport) -> AnyView {
    let mut rows: Vec<&UsageGroupRow> = report.groups.iter().collect();
    let (name, descending) = match filter.sort.strip_prefix('-') {
        Some(name) => (name, true),
        None if filter.sort.is_empty() => ("cost", true),
        None => (filter.sort.as_str(), false),
    };
    match MEASURES.iter().find(|measure| measure.name == name) {
        Some(measure) => rows.sort_by(|a, b| (measure.compare)(&a.totals, &b.totals)),
        None => rows.sort_by_key(|row| row.name.to_lowercase()),
    }
    if descending {
        rows.reverse();
    }
    let order = |column: &str| {
        (column == name).then_some(if descending { Order::Descending } else { Order::Ascending })
    };
    // Another column starts with the largest, names with the first; a second press turns it round.
    let turned = |column: &str| {
        let down = if column == name { !descending } else { column != "name" };
        let sort = if down { format!("-{column}") } else { column.to_owned() };
        UsageFilter { sort, ..filter.clone() }.href(page)
    };
    let what = match report.group_by {
        UsageGroup::Project => "Project",
        UsageGroup::Key => "Key",
        UsageGroup::Model => "Model",
        UsageGroup::Team => "Team",
    };
    let mut columns = vec![Column::text(what).sorted_by(turned("name"), order("name"))];
    columns.extend(
        MEASURES.iter().map(|one| Column::number(one.label).sorted_by(turned(one.name), order(one.name))),
    );
    let currency = report.currency.to_string();
    let total = total(report, &currency);
    let body = rows.iter().map(|one| row(page, filter, report.group_by, one, &currency)).collect_view();
    view! {
        <DataTable
            caption=format!("Usage by {}", what.to_lowercase())
            columns
            stacked=true
            empty=report.groups.is_empty()
            empty_text="No usage with these filters in this period"
        >
            {body}
            {total}
        </DataTable>
    }
    .into_any()
}

fn row(page: &str, filter: &UsageFilter, group: UsageGroup, row: &UsageGroupRow, currency: &str) -> AnyView {
    let mut narrowed = UsageFilter { sort: String::new(), ..filter.clone() };
    match group {
        UsageGroup::Project => narrowed.project.clone_from(&row.id),
        UsageGroup::Key => narrowed.key.clone_from(&row.id),
        UsageGroup::Model => narrowed.model.clone_from(&row.id),
        UsageGroup::Team => {}
    }
    let name = match group {
        UsageGroup::Team => cells::named(&row.name),
        _ => cells::linked(&row.name, narrowed.href(page)),
    };
    view! {
        <tr>
            {name}
            {numbers(&row.totals, currency)}
        </tr>
    }
    .into_any()
}

/// The line of sums, where there is more than one line to sum.
fn total(report: &UsageReport, currency: &str) -> Option<AnyView> {
    (report.groups.len() > 1).then(|| {
        view! {
            <tr>
                {cells::named("Total")}
                {numbers(&report.totals, currency)}
            </tr>
        }
        .into_any()
    })
}

fn numbers(totals: &UsageTotals, currency: &str) -> AnyView {
    let dash = || "–".to_owned();
    let count = |label, value: u64| cells::figure(label, view! { <Number value=value as i64/> });
    let cost = view! { <Money amount=totals.amount.to_string() currency fine=true/> };
    let p95 = totals.latency_p95_ms.map_or_else(dash, |value| format::millis(f64::from(value)));
    view! {
        {count("Requests", totals.requests)}
        {cells::figure("Error rate", charts::error_ratio(totals).map_or_else(dash, format::percent))}
        {count("Prompt tokens", totals.prompt_tokens)}
        {count("Completion tokens", totals.completion_tokens)}
        {cells::figure("p95", p95)}
        {cells::figure("Cost", cost)}
    }
    .into_any()
}
