//! Code samples.

use leptos::prelude::*;

use crate::copy::CopyButton;

/// One sample of a [`CodeBlock`].
#[derive(Clone, Debug)]
pub struct CodeSample {
    /// Its tab, such as "Python".
    pub label: &'static str,
    pub code: String,
}

impl CodeSample {
    pub fn new(label: &'static str, code: impl Into<String>) -> Self {
        Self { label, code: code.into() }
    }
}

/// Samples of the same thing behind tabs, each with a copy button. The tabs are radio buttons that CSS
/// answers to: they work without a script. At most five samples.
#[component]
pub fn CodeBlock(
    /// Unique on the page.
    #[prop(into)]
    id: String,
    /// What the samples show, such as "Call the endpoint".
    #[prop(into)]
    label: String,
    samples: Vec<CodeSample>,
) -> impl IntoView {
    let tabs = samples
        .iter()
        .enumerate()
        .map(|(at, sample)| {
            view! {
                <label class="code-tab">
                    <input type="radio" name=format!("{id}-tab") value=at.to_string() checked=at == 0/>
                    <span>{sample.label}</span>
                </label>
            }
        })
        .collect_view();
    let panels = samples
        .into_iter()
        .map(|sample| {
            view! {
                <div class="code-panel" role="group" aria-label=sample.label>
                    <pre tabindex="0">
                        <code>{sample.code.clone()}</code>
                    </pre>
                    <CopyButton text=sample.code label=format!("Copy {} sample", sample.label)/>
                </div>
            }
        })
        .collect_view();
    view! {
        <div class="code-block">
            <fieldset class="code-tabs">
                <legend class="visually-hidden">{label}</legend>
                {tabs}
            </fieldset>
            {panels}
        </div>
    }
    .into_any()
}

/// One sample without tabs.
#[component]
pub fn Snippet(
    /// What it is, such as "Verification token".
    #[prop(into)]
    label: String,
    #[prop(into)] code: String,
) -> impl IntoView {
    view! {
        <div class="code-block code-single" role="group" aria-label=label.clone()>
            <div class="code-panel">
                <pre tabindex="0">
                    <code>{code.clone()}</code>
                </pre>
                <CopyButton text=code label=format!("Copy {label}")/>
            </div>
        </div>
    }
    .into_any()
}
