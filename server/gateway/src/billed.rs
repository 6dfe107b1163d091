//! Usage as the caller is told it: the engine's own object, with what the call cost.

use bytes::Bytes;
use rust_decimal::Decimal;
use serde::Deserialize;
use shared_chat::Rest;
use snapshot::TokenCounts;

use crate::settle::Cost;

/// The usage of an answer or a chunk, and nothing else of it.
#[derive(Deserialize)]
struct Holder {
    #[serde(default)]
    usage: Option<Rest>,
}

/// The usage in `json` (an answer or chunk; None where the engine told none) with these counts and `cost`, as JSON.
/// `generates`: the model wrote tokens, so that they are told too.
///
/// The cost is an exact decimal number in the price list's currency, in plain digits; `is_byok` is beside it where the
/// tenant's own upstream served, as OpenRouter has it.
pub(crate) fn usage(json: Option<&[u8]>, tokens: TokenCounts, generates: bool, cost: Option<Cost>) -> Bytes {
    let told = json.and_then(|json| serde_json::from_slice::<Holder>(json).ok()?.usage);
    let mut usage = told.unwrap_or_default();
    for ours in ["cost", "is_byok"] {
        usage.remove(ours);
    }
    // Engines write `null` for details that they do not have; the dialect leaves them out.
    usage.retain(|_, value| !value.is_null());
    if !generates {
        usage.retain(|field, _| !field.starts_with("completion_"));
    }
    complete(&mut usage, tokens, generates);
    let mut text = serde_json::to_vec(&usage).unwrap_or_else(|_| b"{}".to_vec());
    if let Some(cost) = cost
        && text.pop() == Some(b'}')
    {
        // Written as text: a float would not hold it.
        let comma = if text.len() > 1 { "," } else { "" };
        text.extend_from_slice(format!("{comma}{}}}", members(cost)).as_bytes());
    }
    text.into()
}

/// A cost as members of a JSON object.
pub(crate) fn members(cost: Cost) -> String {
    let byok = if cost.own_upstream { ",\"is_byok\":true" } else { "" };
    format!("\"cost\":{}{byok}", digits(cost.amount))
}

/// A price in plain digits.
pub(crate) fn digits(cost: Decimal) -> String {
    cost.normalize().to_string()
}

/// Counts that the dialect has and the engine did not tell.
fn complete(usage: &mut Rest, tokens: TokenCounts, generates: bool) {
    let mut count = |field: &str, value: u64| {
        usage.entry(field).or_insert_with(|| value.into());
    };
    count("prompt_tokens", tokens.prompt);
    if generates {
        count("completion_tokens", tokens.completion);
    }
    count("total_tokens", tokens.prompt.saturating_add(if generates { tokens.completion } else { 0 }));
}

#[cfg(test)]
mod tests {
    use shared_chat::Usage;

    use super::*;

    const TOKENS: TokenCounts = TokenCounts { prompt: 10, cached: 0, completion: 5, reasoning: 0 };

    fn of(amount: &str) -> Cost {
        Cost { amount: amount.parse().unwrap(), own_upstream: false }
    }

    #[test]
    fn an_upstream_of_the_tenants_own_costs_nothing_and_is_marked() {
        let text = usage(None, TOKENS, true, Some(Cost { own_upstream: true, ..of("0") }));
        let text = std::str::from_utf8(&text).unwrap();
        assert!(text.ends_with(r#""cost":0,"is_byok":true}"#), "{text}");
    }

    #[test]
    fn the_cost_is_exact_and_the_engines_own_fields_stay() {
        let json =
            br#"{"choices":[],"usage":{"prompt_tokens":10,"completion_tokens":5,"total_tokens":15,"x":1}}"#;
        let text = usage(Some(json), TOKENS, true, Some(of("0.0000000125")));
        let text = std::str::from_utf8(&text).unwrap();
        assert!(text.ends_with(r#""cost":0.0000000125}"#), "{text}");
        assert!(text.contains(r#""x":1"#), "{text}");
        assert!(serde_json::from_str::<Usage>(text).is_ok());
    }

    #[test]
    fn an_engine_that_told_nothing_gets_our_counts() {
        let text = usage(None, TOKENS, true, None);
        let usage: Usage = serde_json::from_slice(&text).unwrap();
        assert_eq!((usage.prompt_tokens, usage.completion_tokens, usage.total_tokens), (10, 5, 15));
        assert_eq!(usage.cost, None);
    }

    #[test]
    fn what_writes_nothing_tells_of_no_completion() {
        let text = usage(
            Some(br#"{"usage":{"total_tokens":10,"completion_tokens":0,"prompt_tokens_details":null}}"#),
            TOKENS,
            false,
            Some(of("0.00000915")),
        );
        let text = std::str::from_utf8(&text).unwrap();
        assert!(!text.contains("completion") && !text.contains("null"), "{text}");
        assert!(text.contains(r#""prompt_tokens":10"#) && text.contains(r#""cost":0.00000915"#), "{text}");
    }
}
