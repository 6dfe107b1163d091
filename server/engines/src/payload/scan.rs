//! One pass over a payload: what it says, and where what may be rewritten lies.

use serde::{Deserialize, Deserializer, de::Error as _};
use serde_json::value::RawValue;
use snapshot::TokenCounts;

use super::{
    Span, Spans, Summary,
    weigh::{Choices, Said},
};

/// Why bytes are no payload.
#[derive(Debug)]
pub enum ScanError {
    /// Not JSON, or not of the dialect's shape.
    Malformed,
    /// The engine's error object.
    Error,
}

#[derive(Deserialize)]
struct Head<'a> {
    #[serde(borrow, default, deserialize_with = "raw")]
    id: Option<&'a RawValue>,
    #[serde(borrow, default, deserialize_with = "raw")]
    model: Option<&'a RawValue>,
    #[serde(borrow, default, deserialize_with = "raw")]
    usage: Option<&'a RawValue>,
    #[serde(borrow, default)]
    error: Option<&'a RawValue>,
    #[serde(borrow, default)]
    object: Option<&'a RawValue>,
    #[serde(borrow, default, deserialize_with = "raw")]
    system_fingerprint: Option<&'a RawValue>,
    #[serde(default)]
    choices: Choices,
}

/// Keeps an explicit `null`: it has a place too.
fn raw<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<&'de RawValue>, D::Error> {
    <&RawValue>::deserialize(deserializer).map(Some)
}

pub(super) fn scan(json: &[u8]) -> Result<(Spans, Summary), ScanError> {
    let read = |json| {
        let text = std::str::from_utf8(json).map_err(serde_json::Error::custom)?;
        Ok::<_, serde_json::Error>((text, serde_json::from_str::<Head<'_>>(text)?))
    };
    let (text, head) = read(json).map_err(|_| ScanError::Malformed)?;
    if head.error.is_some() || head.object.is_some_and(|object| object.get() == "\"error\"") {
        return Err(ScanError::Error);
    }
    let span = |raw: &RawValue| span(text, raw);
    let usage = head.usage.and_then(span);
    let spans = Spans {
        id: head.id.and_then(span),
        model: head.model.and_then(span),
        usage,
        usage_member: usage.and_then(|value| member(json, value, b"\"usage\"")),
    };
    let Choices { count, said, finish, untidy } = head.choices;
    let untidy = untidy || said.untidy || head.system_fingerprint.is_some_and(|raw| raw.get() == "null");
    let usage = head.usage.and_then(|raw| counts(raw.get()));
    let Said { any: meaningful, bytes: text_bytes, tools, lone_reasoning, .. } = said;
    Ok((
        spans,
        Summary { choices: count, meaningful, text_bytes, tools, untidy, lone_reasoning, finish, usage },
    ))
}

/// Where a borrowed value lies in the text it was borrowed from.
fn span(text: &str, raw: &RawValue) -> Option<Span> {
    let value = raw.get();
    let start = value.as_ptr().addr().checked_sub(text.as_ptr().addr())?;
    let end = start.checked_add(value.len())?;
    (text.get(start..end)?.len() == value.len()).then_some(Span { start, end })
}

/// A value with its key before it, and the comma before that or else the one after the value.
fn member(json: &[u8], value: Span, key: &[u8]) -> Option<Span> {
    let before = json[..value.start].trim_ascii_end().strip_suffix(b":")?;
    let before = before.trim_ascii_end().strip_suffix(key)?.trim_ascii_end();
    if let Some(rest) = before.strip_suffix(b",") {
        return Some(Span { start: rest.len(), end: value.end });
    }
    let after = &json[value.end..];
    let blanks = after.len() - after.trim_ascii_start().len();
    let comma = after.get(blanks) == Some(&b',');
    Some(Span { start: before.len(), end: if comma { value.end + blanks + 1 } else { value.end } })
}

#[derive(Deserialize)]
struct UsageHead {
    prompt_tokens: Option<u64>,
    completion_tokens: Option<u64>,
    prompt_tokens_details: Option<PromptDetails>,
    completion_tokens_details: Option<CompletionDetails>,
}

#[derive(Deserialize)]
struct PromptDetails {
    cached_tokens: Option<u64>,
}

#[derive(Deserialize)]
struct CompletionDetails {
    reasoning_tokens: Option<u64>,
}

/// The counts, where they are told; a usage in another shape is none.
fn counts(json: &str) -> Option<TokenCounts> {
    let usage: UsageHead = serde_json::from_str::<Option<_>>(json).ok().flatten()?;
    Some(TokenCounts {
        prompt: usage.prompt_tokens?,
        cached: usage.prompt_tokens_details.and_then(|details| details.cached_tokens).unwrap_or(0),
        completion: usage.completion_tokens.unwrap_or(0),
        reasoning: usage.completion_tokens_details.and_then(|details| details.reasoning_tokens).unwrap_or(0),
    })
}
