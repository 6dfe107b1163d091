//! How models and engines are spoken of, on the operator's pages and on a tenant's.

use leptos::prelude::*;
use rust_decimal::Decimal;
use shared_api::catalog::{ModelKind, Price};
use ui::*;

/// Engines by their name in the API and their own.
pub const ENGINES: [(&str, &str); 9] = [
    ("vllm", "vLLM"),
    ("sglang", "SGLang"),
    ("ollama", "Ollama"),
    ("tgi", "TGI"),
    ("nim", "NVIDIA NIM"),
    ("llamacpp", "llama.cpp"),
    ("tei", "TEI"),
    ("openai", "OpenAI-compatible"),
    ("anthropic", "Anthropic"),
];

pub fn engine(name: &str) -> &str {
    ENGINES.iter().find(|(known, _)| *known == name).map_or(name, |(_, words)| words)
}

pub fn kind(kind: ModelKind) -> &'static str {
    match kind {
        ModelKind::Chat => "Chat",
        ModelKind::Embedding => "Embeddings",
        ModelKind::Rerank => "Reranking",
        ModelKind::Moderation => "Moderation",
    }
}

/// What a capability is called, and what it means to a caller.
pub fn capability(name: &str) -> (&str, &'static str) {
    match name {
        "tools" => ("Tools", "Asks for functions of yours by name"),
        "parallel_tools" => ("Parallel tools", "Asks for several functions at once"),
        "json_schema" => ("JSON schema", "Answers in a form that you prescribe"),
        "vision" => ("Vision", "Reads images"),
        "logprobs" => ("Log probabilities", "Says how sure it was of each token"),
        "reasoning" => ("Reasoning", "Thinks before it answers, and shows it"),
        "completions" => ("Completions", "Continues a plain text"),
        "lora" => ("LoRA", "Can carry weights of your own"),
        other => (other, ""),
    }
}

/// Calls may leave the platform. Said wherever it is so.
pub fn external() -> AnyView {
    view! {
        <span title="Served by a provider outside this platform">
            <Badge tone=Tone::Warning>"External"</Badge>
        </span>
    }
    .into_any()
}

/// Short badges of capabilities; the rest are counted.
pub fn capabilities(names: &[String], most: usize) -> AnyView {
    if names.is_empty() {
        return view! { <span class="muted">"–"</span> }.into_any();
    }
    let shown = names
        .iter()
        .take(most)
        .map(|name| {
            let words = capability(name).0.to_owned();
            view! { <Badge>{words}</Badge> }.into_any()
        })
        .collect_view();
    let more = names.len().saturating_sub(most);
    let rest = (more > 0).then(|| {
        let all: Vec<_> = names.iter().skip(most).map(|name| capability(name).0.to_owned()).collect();
        view! { <span class="muted" title=all.join(", ")>{format!("+{more}")}</span> }
    });
    view! { <span class="badges">{shown} {rest}</span> }.into_any()
}

/// A rate per token as an amount per million; `free` without a price.
pub fn rate(price: Option<&Price>, of: fn(&Price) -> Decimal) -> AnyView {
    match price {
        None => "free".into_any(),
        Some(price) => {
            let amount = (of(price) * Decimal::from(1_000_000)).normalize().to_string();
            view! { <Money amount currency=price.currency.to_string() fine=true/> }.into_any()
        }
    }
}
