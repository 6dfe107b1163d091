//! A line without axes, for tiles and table cells.

use leptos::prelude::*;

use super::{
    path::{Point, area, curve},
    scale::nice_scale,
};
use crate::markup::Markup;

const WIDTH: f64 = 100.0;
const HEIGHT: f64 = 32.0;

/// Decoration beside a number that says the same in text: hidden from assistive technology.
#[component]
pub fn Sparkline(
    values: Vec<f64>,
    /// Colour slot of the chart palette, 1 to 6.
    #[prop(default = 1)]
    colour: u8,
) -> impl IntoView {
    view! { <span class="spark" aria-hidden="true" inner_html=render(&values, colour)></span> }.into_any()
}

fn render(values: &[f64], colour: u8) -> String {
    let finite: Vec<f64> = values.iter().copied().filter(|value| value.is_finite()).collect();
    if finite.len() < 2 {
        return String::new();
    }
    let scale = nice_scale(finite.iter().copied(), 4, false);
    let points: Vec<Point> = finite
        .iter()
        .enumerate()
        .map(|(at, value)| Point {
            x: at as f64 / (finite.len() - 1) as f64 * WIDTH,
            // A margin of two keeps the stroke inside.
            y: 2.0 + scale.y(*value, HEIGHT - 4.0),
        })
        .collect();
    let mut out = Markup::default();
    out.put(format_args!(
        r#"<svg viewBox="0 0 100 32" preserveAspectRatio="none"><path class="area fill-{colour}" d="{}"/><path class="line stroke-{colour}" d="{}"/></svg>"#,
        area(&points, HEIGHT),
        curve(&points)
    ));
    out.finish()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_spark_needs_two_points_and_stays_inside_its_box() {
        assert_eq!(render(&[4.0], 1), "");
        let svg = render(&[0.0, 10.0, f64::NAN, 5.0], 2);
        assert!(svg.contains("M0 30") && svg.contains("100 16") && svg.contains("stroke-2"), "{svg}");
    }
}
