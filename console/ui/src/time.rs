//! Moments.

use leptos::prelude::*;

use crate::format;

/// A moment: relative to `now` where that is given, else date and time; the exact moment is its tip.
#[component]
pub fn Time(
    /// Unix seconds.
    at: i64,
    /// Unix seconds; the same value must reach server and browser.
    #[prop(optional)]
    now: Option<i64>,
    /// Only the date.
    #[prop(optional)]
    date: bool,
) -> impl IntoView {
    let shown = match now {
        Some(now) => format::relative(at, now),
        None if date => format::date(at),
        None => format::date_time(at),
    };
    view! { <time class="number" datetime=format::iso(at) title=format::date_time(at)>{shown}</time> }
        .into_any()
}
