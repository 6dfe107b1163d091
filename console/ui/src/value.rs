//! Values with a fitting look and machine-readable markup.

use leptos::prelude::*;

use crate::format;

/// An exact amount: the text form carries every digit, the display the currency's own precision.
#[component]
pub fn Money(
    /// Decimal text, such as `"12.3456"`.
    #[prop(into)]
    amount: String,
    /// ISO 4217 code.
    #[prop(into)]
    currency: String,
    /// Up to six places for amounts below one.
    #[prop(optional)]
    fine: bool,
) -> impl IntoView {
    let shown = if fine { format::money_fine(&amount, &currency) } else { format::money(&amount, &currency) };
    view! { <data class="number" value=amount.clone() title=format!("{amount} {currency}")>{shown}</data> }
        .into_any()
}

/// A whole number, grouped; compact numbers keep the exact one as their tip.
#[component]
pub fn Number(value: i64, #[prop(optional)] compact: bool) -> impl IntoView {
    let exact = format::group(value);
    let shown = if compact { format::compact(value as f64) } else { exact.clone() };
    view! { <data class="number" value=value.to_string() title=compact.then_some(exact)>{shown}</data> }
        .into_any()
}
