//! Headline numbers.

use leptos::prelude::*;

use crate::{
    badge::Tone,
    chart::Sparkline,
    icon::{Icon, IconView},
};

/// A change against the period before. Whether it is good depends on the number, so the page says.
#[derive(Clone, Debug)]
pub struct Delta {
    /// Such as `12.4%`; without a sign, `up` gives the direction.
    pub text: String,
    pub up: bool,
    pub tone: Tone,
}

impl Delta {
    /// The change from `before` to `now`, none where there was nothing before. `more_is_good` picks the tone;
    /// `None` is neither good nor bad (spend, traffic).
    pub fn between(before: f64, now: f64, more_is_good: Option<bool>) -> Option<Self> {
        if !before.is_finite() || !now.is_finite() || before.abs() < f64::EPSILON {
            return None;
        }
        let change = (now - before) / before.abs();
        let up = change >= 0.0;
        let tone = match more_is_good {
            _ if change.abs() < 0.0005 => Tone::Neutral,
            None => Tone::Neutral,
            Some(good) if good == up => Tone::Success,
            Some(_) => Tone::Danger,
        };
        Some(Self { text: format!("{}%", crate::format::fixed(change.abs() * 100.0, 1)), up, tone })
    }
}

/// A grid of [`Stat`] tiles.
#[component]
pub fn Stats(children: Children) -> impl IntoView {
    view! { <dl class="stats">{children()}</dl> }.into_any()
}

/// One number: what it is, its value, how it changed, its recent course.
#[component]
pub fn Stat(
    #[prop(into)] label: String,
    /// Formatted, such as `1.28M`.
    #[prop(into)]
    value: String,
    #[prop(default = None)] delta: Option<Delta>,
    /// Below the value: what the delta compares with, or an explanation.
    #[prop(optional, into)]
    note: String,
    /// Fewer than two values draw nothing.
    #[prop(optional)]
    trend: Vec<f64>,
    /// Colour slot of the trend, 1 to 6.
    #[prop(default = 1)]
    colour: u8,
    /// Makes the label a link.
    #[prop(optional, into)]
    href: String,
) -> impl IntoView {
    let label =
        if href.is_empty() { label.into_any() } else { view! { <a href=href>{label}</a> }.into_any() };
    let delta = delta.map(|delta| {
        let (icon, word) = if delta.up { (Icon::ArrowUp, "up ") } else { (Icon::ArrowDown, "down ") };
        view! {
            <span class=format!("delta {}", delta.tone.class())>
                <IconView icon/>
                <span class="visually-hidden">{word}</span>
                {delta.text}
            </span>
        }
    });
    view! {
        <div class="stat">
            <dt class="stat-label">{label}</dt>
            <dd class="stat-value">{value}</dd>
            <dd class="stat-foot">
                {delta}
                {(!note.is_empty()).then(|| view! { <span class="stat-note">{note}</span> })}
            </dd>
            {(trend.len() > 1).then(|| view! { <dd class="stat-trend"><Sparkline values=trend colour=colour/></dd> })}
        </div>
    }
    .into_any()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_change_is_good_or_bad_as_its_number_says() {
        let faster = Delta::between(200.0, 150.0, Some(false)).expect("a change");
        assert_eq!((faster.text.as_str(), faster.up, faster.tone), ("25%", false, Tone::Success));
        let errors = Delta::between(1.0, 1.1, Some(false)).expect("a change");
        assert_eq!((errors.up, errors.tone), (true, Tone::Danger));
        assert_eq!(Delta::between(4.0, 8.0, None).expect("a change").tone, Tone::Neutral);
    }

    #[test]
    fn nothing_before_means_no_change_to_show() {
        assert!(Delta::between(0.0, 8.0, Some(true)).is_none());
        assert!(Delta::between(f64::NAN, 8.0, None).is_none());
    }
}
