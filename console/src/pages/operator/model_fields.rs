//! Fields that forms about models share.

use leptos::prelude::*;
use shared_api::catalog::CAPABILITIES;
use ui::*;

use crate::{
    forms::{Problem, field},
    pages::model_words,
};

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

/// What a model can do, ticked.
pub(super) fn capabilities(problem: Problem, able: &[String]) -> AnyView {
    let items = CAPABILITIES
        .into_iter()
        .map(|name| {
            let (words, means) = model_words::capability(name);
            CheckItem::new(name, words, able.iter().any(|one| one == name)).hint(means)
        })
        .collect();
    view! {
        <CheckboxGroup
            name="capabilities[]"
            legend="Can"
            hint="What is not ticked is refused by name, before it reaches an engine."
            items
            framed=true
            error=field(problem, "capabilities")
        />
    }
    .into_any()
}
