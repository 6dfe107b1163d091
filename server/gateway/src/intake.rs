//! Stage 1: a request's body, bounded and typed. Every refusal names the field at fault.

use std::{fmt::Write, time::Duration};

use axum::body::Body;
use bytes::{Bytes, BytesMut};
use http::{HeaderMap, header};
use http_body::Body as _;
use http_body_util::BodyExt;
use serde::de::DeserializeOwned;
use serde_json::error::Category;
use shared::ErrorCode;

use crate::error::CallError;

/// Bytes of a refused request that are read and dropped.
const DISCARDED: usize = 64 << 20;
const DISCARD_PATIENCE: Duration = Duration::from_secs(2);

/// A request's body as JSON text, within bounds.
pub(crate) async fn body(headers: &HeaderMap, body: &mut Body, most: usize) -> Result<Bytes, CallError> {
    require_json(headers)?;
    bounded(headers, body, most).await
}

fn require_json(headers: &HeaderMap) -> Result<(), CallError> {
    // A missing content type is taken for JSON; browsers' form types and the like are refused.
    let Some(sent) = headers.get(header::CONTENT_TYPE) else { return Ok(()) };
    let kind = sent.to_str().unwrap_or_default().split(';').next().unwrap_or_default().trim();
    let is_json = kind.eq_ignore_ascii_case("application/json")
        || (kind.len() > 5 && kind[kind.len() - 5..].eq_ignore_ascii_case("+json"));
    if is_json {
        return Ok(());
    }
    Err(CallError::new(
        ErrorCode::UnsupportedMediaType,
        format!("The body must be JSON: send `Content-Type: application/json`, not `{}`.", shorten(kind, 80)),
    ))
}

async fn bounded(headers: &HeaderMap, body: &mut Body, most: usize) -> Result<Bytes, CallError> {
    let too_large = || {
        CallError::new(
            ErrorCode::BodyTooLarge,
            format!("The body is larger than the {most} bytes that are accepted. Send less at a time."),
        )
    };
    let told =
        headers.get(header::CONTENT_LENGTH).and_then(|length| length.to_str().ok()?.parse::<u64>().ok());
    if told.is_some_and(|length| length > most as u64) {
        return Err(too_large());
    }
    let mut whole = Bytes::new();
    let mut joined = BytesMut::new();
    while let Some(frame) = body.frame().await {
        let broke_off = |_| CallError::new(ErrorCode::InvalidJson, "The body broke off before its end.");
        let Ok(piece) = frame.map_err(broke_off)?.into_data() else { continue };
        if whole.len() + joined.len() + piece.len() > most {
            return Err(too_large());
        }
        // Most bodies come in one piece, which is then not copied.
        if whole.is_empty() && joined.is_empty() {
            whole = piece;
            if body.is_end_stream() {
                return Ok(whole);
            }
            continue;
        }
        if joined.is_empty() {
            joined.reserve(told.map_or(whole.len() * 2, |length| length as usize));
            joined.extend_from_slice(&std::mem::take(&mut whole));
        }
        joined.extend_from_slice(&piece);
    }
    Ok(if joined.is_empty() { whole } else { joined.freeze() })
}

/// Reads the rest of a refused request's body and drops it, within bounds: a connection closed on bytes that were not
/// read is reset, and the caller would never see why it was refused.
pub(crate) async fn discard(body: &mut Body) {
    let reading = async {
        let mut left = DISCARDED;
        while let Some(Ok(frame)) = body.frame().await {
            let Some(rest) = left.checked_sub(frame.data_ref().map_or(0, Bytes::len)) else { return };
            left = rest;
        }
    };
    // Whoever sends more, or slower, is cut off.
    let _ = tokio::time::timeout(DISCARD_PATIENCE, reading).await;
}

/// Reads a body as a `T`. `least` names the fields that it can't do without, for whoever sends no JSON at all.
pub(crate) fn json<T: DeserializeOwned>(body: &[u8], least: &str) -> Result<T, CallError> {
    serde_json::from_slice(body).map_err(|error| explain::<T>(body, &error, least))
}

/// What is wrong with a body that serde refused. Reads it a second time, with the path tracked.
fn explain<T: DeserializeOwned>(body: &[u8], error: &serde_json::Error, least: &str) -> CallError {
    if matches!(error.classify(), Category::Syntax | Category::Eof | Category::Io) {
        let what = if body.is_empty() { "it is empty".to_owned() } else { error.to_string() };
        return CallError::new(
            ErrorCode::InvalidJson,
            format!("The body is not valid JSON: {what}. Send an object with at least {least}."),
        );
    }
    let mut reader = serde_json::Deserializer::from_slice(body);
    let (path, text) = match serde_path_to_error::deserialize::<_, T>(&mut reader) {
        Ok(_) => (String::new(), error.to_string()),
        Err(found) => (found.path().to_string(), found.inner().to_string()),
    };
    let path = if path == "." { String::new() } else { path };
    describe(&path, &text)
}

/// A field at fault, and what serde said of it.
pub(crate) fn describe(path: &str, text: &str) -> CallError {
    let text = text.split(" at line ").next().unwrap_or(text);
    if let Some(field) = text.strip_prefix("missing field `").and_then(|rest| rest.split('`').next()) {
        let mut param = path.to_owned();
        if !param.is_empty() {
            param.push('.');
        }
        param.push_str(field);
        let message = format!("The required field `{param}` is missing.");
        return CallError::field(ErrorCode::MissingField, param, message);
    }
    let plain = in_plain_words(text);
    if path.is_empty() {
        return CallError::new(ErrorCode::InvalidValue, format!("The body is not acceptable: {plain}."));
    }
    CallError::field(ErrorCode::InvalidValue, path, format!("`{path}` is not acceptable: {plain}."))
}

/// Rust's names of types in words that any caller knows.
fn in_plain_words(text: &str) -> String {
    let Some((found, expected)) = text.rsplit_once("expected ") else { return shorten(text, 300) };
    let expected = match expected {
        "u64" | "u32" => "a whole number, 0 or more",
        "i64" | "i32" => "a whole number",
        "a sequence" => "an array",
        "a map" => "an object",
        other if other.starts_with("struct ") => "an object",
        other => other,
    };
    let found = found.replace("sequence", "array").replace("invalid type: map", "invalid type: object");
    let mut plain = shorten(&found, 200);
    let _ = write!(plain, "expected {expected}");
    plain
}

pub(crate) fn shorten(text: &str, most: usize) -> String {
    match text.char_indices().nth(most) {
        None => text.to_owned(),
        Some((end, _)) => format!("{}… ", &text[..end]),
    }
}

#[cfg(test)]
mod tests {
    use shared_chat::ChatRequest;

    use super::*;

    fn refused(body: &str) -> (ErrorCode, Option<String>, String) {
        let error = json::<ChatRequest>(body.as_bytes(), "`model` and `messages`").unwrap_err();
        (error.code, error.param, error.message)
    }

    #[test]
    fn a_wrong_type_is_told_with_its_path_and_what_is_accepted() {
        let (code, param, message) =
            refused(r#"{"model":"m","messages":[{"role":"user","content":"hi"},{"role":7}]}"#);
        assert_eq!((code, param.as_deref()), (ErrorCode::InvalidValue, Some("messages[1].role")));
        assert!(message.contains("expected a string"), "{message}");

        let (_, param, message) = refused(r#"{"model":"m","messages":[],"max_tokens":-1}"#);
        assert_eq!(param.as_deref(), Some("max_tokens"));
        assert!(message.contains("expected a whole number, 0 or more"), "{message}");
    }

    #[test]
    fn a_missing_field_is_told_by_name() {
        let (code, param, _) = refused(r#"{"messages":[]}"#);
        assert_eq!((code, param.as_deref()), (ErrorCode::MissingField, Some("model")));
        let (code, param, _) = refused(r#"{"model":"m","messages":[{"content":"x"}]}"#);
        assert_eq!((code, param.as_deref()), (ErrorCode::MissingField, Some("messages[0].role")));
    }

    #[test]
    fn what_is_not_json_is_told_with_its_place() {
        let (code, param, message) = refused("{\"model\": ");
        assert_eq!((code, param), (ErrorCode::InvalidJson, None));
        assert!(message.contains("line 1"), "{message}");
        assert_eq!(refused("").0, ErrorCode::InvalidJson);
        assert_eq!(refused("[]").0, ErrorCode::InvalidValue);
    }
}
