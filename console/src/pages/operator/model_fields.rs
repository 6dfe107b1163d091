//! Fields that forms about models share, and how prices are shown.

use leptos::prelude::*;
use rust_decimal::Decimal;
use shared_api::catalog::Price;
use ui::*;

use crate::forms::{Problem, field};

/// The amounts of a price, per million tokens.
pub(super) fn rates(problem: Problem, required: bool) -> AnyView {
    let amount = move |name: &'static str, label: &'static str, hint: &'static str, required: bool| {
        view! {
            <TextInput
                id=name
                name=format!("rates[{name}]")
                label
                hint
                required
                autocomplete="off"
                placeholder="0.15"
                pattern="[0-9]+([.][0-9]+)?"
                suffix="per 1M tokens"
                error=field(problem, name)
            />
        }
        .into_any()
    };
    view! {
        <TextInput
            id="currency"
            name="rates[currency]"
            label="Currency"
            value="USD"
            required=true
            max_length=3
            pattern="[A-Za-z]{3}"
            error=field(problem, "currency")
        />
        {amount("prompt", "Input", "", required)}
        {amount("cached_prompt", "Cached input", "Left empty: what other input costs.", false)}
        {amount("completion", "Output", "", required)}
    }
    .into_any()
}

/// A rate per token as an amount per million; `free` without a price.
pub(super) fn rate(price: Option<&Price>, of: fn(&Price) -> Decimal) -> AnyView {
    match price {
        None => "free".into_any(),
        Some(price) => {
            let amount = (of(price) * Decimal::from(1_000_000)).normalize().to_string();
            view! { <Money amount currency=price.currency.to_string() fine=true/> }.into_any()
        }
    }
}
