//! The chart over time that dashboards are made of.

use leptos::prelude::*;

use super::{
    describe::describe,
    drawing::{Drawing, bucket_labels},
    series::{ChartKind, Series, Unit},
    table,
};
use crate::markup::{Markup, Text};

/// Series over time, with legend, tips and the numbers as a table.
///
/// `times` are the starts of evenly spaced buckets (Unix seconds, ascending); about a hundred is a good most.
#[component]
pub fn TimeChart(
    /// Unique on the page.
    #[prop(into)]
    id: String,
    /// What is shown, such as "Requests per hour"; the visible caption and the accessible name.
    #[prop(into)]
    title: String,
    times: Vec<i64>,
    series: Vec<Series>,
    #[prop(optional)] kind: ChartKind,
    #[prop(optional)] unit: Unit,
    /// Height of the plot in pixels.
    #[prop(default = 200)]
    height: u32,
    /// Hides the caption from sight, where a card's heading says the same.
    #[prop(optional)]
    title_hidden: bool,
) -> impl IntoView {
    let chart = render(&id, &title, &times, &series, kind, &unit, height, title_hidden);
    view! { <figure class="chart" inner_html=chart></figure> }.into_any()
}

#[expect(
    clippy::too_many_arguments,
    reason = "the component's props, once, so that the drawing stays a pure function"
)]
fn render(
    id: &str,
    title: &str,
    times: &[i64],
    series: &[Series],
    kind: ChartKind,
    unit: &Unit,
    height: u32,
    title_hidden: bool,
) -> String {
    let step = times.windows(2).map(|pair| pair[1] - pair[0]).next().unwrap_or(3_600);
    let labels = bucket_labels(times, step);
    let description = describe(&labels, series, unit);
    let mut out = Markup::default();
    let hidden = if title_hidden { " visually-hidden" } else { "" };
    out.put(format_args!(
        r#"<figcaption class="chart-head"><span class="chart-title{hidden}" id="{}-title">{}</span>"#,
        Text(id),
        Text(title)
    ));
    legend(&mut out, series, kind);
    out.put(format_args!("</figcaption>"));
    if times.is_empty() || series.iter().all(|one| (0..times.len()).all(|at| one.at(at).is_none())) {
        out.put(format_args!(r#"<p class="chart-empty">No data in this period</p>"#));
        return out.finish();
    }
    out.put(format_args!(r#"<div class="chart-frame">"#));
    let height = f64::from(height);
    let description = description.as_str();
    Drawing { id, kind, times, labels: &labels, series, unit, height, description }.write(&mut out);
    out.put(format_args!("</div>"));
    table::table(&mut out, title, &labels, series, unit);
    out.finish()
}

/// One series needs no legend: the title names it.
fn legend(out: &mut Markup, series: &[Series], kind: ChartKind) {
    if series.len() < 2 {
        return;
    }
    let shape = if kind == ChartKind::Line { "key-line" } else { "key-square" };
    out.put(format_args!(r#"<ul class="legend" role="list">"#));
    for (position, one) in series.iter().enumerate() {
        out.put(format_args!(
            r#"<li><span class="key {shape} back-{}"></span>{}</li>"#,
            one.slot(position),
            Text(&one.label)
        ));
    }
    out.put(format_args!("</ul>"));
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rendered(times: &[i64], series: &[Series]) -> String {
        render("c", "Requests", times, series, ChartKind::Line, &Unit::Count, 200, false)
    }

    #[test]
    fn the_same_numbers_stand_in_the_table() {
        let html =
            rendered(&[0, 3_600], &[Series::new("ok", [1_200.0, 7.0]), Series::new("failed", [0.0, 1.0])]);
        assert!(html.contains(
            r#"<th scope="row">1 Jan, 01:00</th><td class="numeric">7</td><td class="numeric">1</td>"#
        ));
        assert!(html.contains("legend"));
    }

    #[test]
    fn a_period_without_data_says_so_and_draws_nothing() {
        let html = rendered(&[0, 3_600], &[Series::with_gaps("ok", vec![None, None])]);
        assert!(html.contains("No data in this period") && !html.contains("<svg"));
        assert!(!rendered(&[], &[]).contains("<svg"));
    }
}
