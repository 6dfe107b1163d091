//! How much of a limit is used: budgets, included tokens, GPU memory.

use leptos::prelude::*;

use crate::{
    badge::Tone,
    format::{fixed, percent},
};

/// A bar with its words. From 80 % it warns, from 100 % it alarms.
#[component]
pub fn Meter(
    #[prop(into)] label: String,
    /// Used part, 1.0 is all; may exceed it.
    ratio: f64,
    /// Right of the label, such as `$412 of $500`; empty shows the percentage.
    #[prop(optional, into)]
    text: String,
) -> impl IntoView {
    let tone = tone(ratio);
    let text = if text.is_empty() { percent(ratio) } else { text };
    let width = format!("{}%", fixed(ratio.clamp(0.0, 1.0) * 100.0, 1));
    view! {
        <div
            class=format!("meter {}", tone.class())
            role="meter"
            aria-label=label
            aria-valuemin="0"
            aria-valuemax="100"
            aria-valuenow=fixed(ratio.clamp(0.0, 1.0) * 100.0, 0)
            aria-valuetext=text
        >
            <div class="meter-words">
                <span>{label.clone()}</span>
                <span class="meter-text">{text.clone()}</span>
            </div>
            <svg class="meter-bar" aria-hidden="true">
                <rect class="meter-track" width="100%" height="100%" rx="3"></rect>
                <rect class="meter-fill" width=width height="100%" rx="3"></rect>
            </svg>
        </div>
    }
    .into_any()
}

/// How far a work is; unlike a [`Meter`] it has no alarm, and full is done.
#[component]
pub fn ProgressBar(
    /// What advances, for assistive technology.
    #[prop(into)]
    label: String,
    /// Done part, 1.0 is all.
    ratio: f64,
    /// Above the bar, such as `412 of 500`; empty shows the percentage.
    #[prop(optional, into)]
    text: String,
) -> impl IntoView {
    let done = ratio.clamp(0.0, 1.0);
    let share = percent(done);
    let text = if text.is_empty() { share.clone() } else { text };
    let tone = if done >= 1.0 { Tone::Success } else { Tone::Info };
    view! {
        <div
            class=format!("meter {}", tone.class())
            role="progressbar"
            aria-label=label
            aria-valuemin="0"
            aria-valuemax="100"
            aria-valuenow=fixed(done * 100.0, 0)
            aria-valuetext=text.clone()
        >
            <div class="meter-words">
                <span>{text.clone()}</span>
                <span class="meter-text">{share}</span>
            </div>
            <svg class="meter-bar" aria-hidden="true">
                <rect class="meter-track" width="100%" height="100%" rx="3"></rect>
                <rect class="meter-fill" width=format!("{}%", fixed(done * 100.0, 1)) height="100%" rx="3"></rect>
            </svg>
        </div>
    }
    .into_any()
}

fn tone(ratio: f64) -> Tone {
    if ratio >= 1.0 {
        Tone::Danger
    } else if ratio >= 0.8 {
        Tone::Warning
    } else {
        Tone::Info
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_meter_warns_before_it_alarms() {
        assert_eq!([0.2, 0.8, 1.0, 3.0].map(tone), [Tone::Info, Tone::Warning, Tone::Danger, Tone::Danger]);
    }
}
