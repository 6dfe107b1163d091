//! A ranking: names with bars in proportion, such as cost by model.

use leptos::prelude::*;

use crate::{
    format::fixed,
    markup::{Markup, Text},
};

/// One row of a [`BarList`].
#[derive(Clone, Debug, Default)]
pub struct BarItem {
    pub label: String,
    /// Decides the length of the bar; at least zero.
    pub value: f64,
    /// The value as text.
    pub display: String,
    /// Where the name leads; empty for no link.
    pub href: String,
}

impl BarItem {
    pub fn new(label: impl Into<String>, value: f64, display: impl Into<String>) -> Self {
        Self { label: label.into(), value, display: display.into(), href: String::new() }
    }

    pub fn href(mut self, href: impl Into<String>) -> Self {
        self.href = href.into();
        self
    }
}

/// A table of two columns, the bar drawn behind the name.
#[component]
pub fn BarList(
    /// Names the table for assistive technology.
    #[prop(into)]
    caption: String,
    /// Heads the names, such as "Model".
    #[prop(into)]
    name: String,
    /// Heads the values, such as "Cost".
    #[prop(into)]
    measure: String,
    items: Vec<BarItem>,
) -> impl IntoView {
    view! { <table class="bar-list" inner_html=render(&caption, &name, &measure, &items)></table> }.into_any()
}

fn render(caption: &str, name: &str, measure: &str, items: &[BarItem]) -> String {
    let largest = items.iter().map(|item| item.value).filter(|value| value.is_finite()).fold(0.0, f64::max);
    let mut out = Markup::default();
    out.put(format_args!(
        r#"<caption class="visually-hidden">{}</caption><thead><tr><th scope="col">{}</th><th scope="col" class="numeric">{}</th></tr></thead><tbody>"#,
        Text(caption),
        Text(name),
        Text(measure)
    ));
    for item in items {
        let share = if largest > 0.0 { (item.value / largest * 100.0).clamp(0.0, 100.0) } else { 0.0 };
        out.put(format_args!(
            r#"<tr><th scope="row"><svg class="bar-list-bar" aria-hidden="true"><rect width="{}%" height="100%" rx="4"/></svg>"#,
            fixed(share.max(0.6), 1)
        ));
        if item.href.is_empty() {
            out.put(format_args!(r#"<span class="bar-list-name">{}</span>"#, Text(&item.label)));
        } else {
            out.put(format_args!(
                r#"<a class="bar-list-name" href="{}">{}</a>"#,
                Text(&item.href),
                Text(&item.label)
            ));
        }
        out.put(format_args!(r#"</th><td class="numeric">{}</td></tr>"#, Text(&item.display)));
    }
    out.put(format_args!("</tbody>"));
    out.finish()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bars_are_in_proportion_to_the_largest() {
        let html = render(
            "Cost by model",
            "Model",
            "Cost",
            &[BarItem::new("a", 8.0, "$8"), BarItem::new("b", 2.0, "$2").href("/m?x=1&y=2")],
        );
        assert!(html.contains(r#"width="100%" height="100%""#) && html.contains(r#"width="25%""#));
        assert!(html.contains(r#"href="/m?x=1&amp;y=2""#));
    }

    #[test]
    fn a_ranking_of_zeros_divides_nothing_by_zero() {
        assert!(render("c", "n", "m", &[BarItem::new("a", 0.0, "0")]).contains(r#"width="0.6%""#));
    }
}
