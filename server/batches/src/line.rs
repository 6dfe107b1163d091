//! What a line of an input file must be. Each refusal is named, with what is accepted.

use std::collections::BTreeMap;

use serde::Deserialize;
use serde_json::{Value, value::RawValue};

use crate::Endpoint;

const FIELDS: [&str; 4] = ["custom_id", "method", "url", "body"];
const LONGEST_ID: usize = 512;

/// A line that can be called.
#[derive(Debug)]
pub struct GoodLine {
    pub custom_id: String,
    /// As the caller wrote it.
    pub body: String,
    pub model: String,
}

/// Why a line cannot be called.
#[derive(Debug, PartialEq, Eq)]
pub struct BadLine {
    /// Where the line has one.
    pub custom_id: Option<String>,
    pub code: &'static str,
    pub param: Option<&'static str>,
    pub message: String,
}

pub const TOO_LONG: &str = "line_too_large";
pub const DUPLICATE: &str = "duplicate_custom_id";
pub const EXPIRED: &str = "batch_expired";
const INVALID_JSON: &str = "invalid_json_line";
const MISSING: &str = "missing_required_parameter";
const UNKNOWN: &str = "unknown_parameter";
const INVALID: &str = "invalid_value";
const INVALID_URL: &str = "invalid_url";
const INVALID_METHOD: &str = "invalid_method";
const UNSUPPORTED: &str = "unsupported_parameter";

impl BadLine {
    pub fn new(code: &'static str, message: impl Into<String>) -> Self {
        Self { custom_id: None, code, param: None, message: message.into() }
    }

    fn at(self, param: &'static str) -> Self {
        Self { param: Some(param), ..self }
    }

    pub fn of(self, custom_id: &str) -> Self {
        Self { custom_id: Some(custom_id.chars().take(LONGEST_ID).collect()), ..self }
    }
}

/// Checks one line against the batch's endpoint. Whether the model may be used is told when it is called.
pub fn check(line: &[u8], endpoint: Endpoint) -> Result<GoodLine, BadLine> {
    let fields: BTreeMap<String, &RawValue> =
        serde_json::from_slice(line).map_err(|error| BadLine::new(INVALID_JSON, not_json(&error)))?;
    let custom_id = custom_id(&fields)?;
    let checked = rest(&fields, endpoint);
    let (body, model) = checked.map_err(|bad| bad.of(&custom_id))?;
    Ok(GoodLine { custom_id, body, model })
}

fn not_json(error: &serde_json::Error) -> String {
    if error.is_data() {
        return "The line is not a JSON object with `custom_id`, `method`, `url` and `body`.".to_owned();
    }
    // The line's number stands beside; serde_json counts within the line.
    let error = error.to_string().replace(" at line 1 column ", " at column ");
    format!("The line is not valid JSON: {error}.")
}

fn text(fields: &BTreeMap<String, &RawValue>, field: &'static str) -> Result<String, BadLine> {
    let Some(raw) = fields.get(field) else {
        return Err(BadLine::new(MISSING, format!("The line lacks `{field}`.")).at(field));
    };
    let text: Result<String, _> = serde_json::from_str(raw.get());
    text.map_err(|_| BadLine::new(INVALID, format!("`{field}` is not a text.")).at(field))
}

fn custom_id(fields: &BTreeMap<String, &RawValue>) -> Result<String, BadLine> {
    let id = text(fields, "custom_id")?;
    if id.is_empty() || id.len() > LONGEST_ID {
        let message = format!("`custom_id` has {} bytes: expected 1 to {LONGEST_ID}.", id.len());
        return Err(BadLine::new(INVALID, message).at("custom_id"));
    }
    Ok(id)
}

/// Everything but the id: the body as it was written, and its model.
fn rest(fields: &BTreeMap<String, &RawValue>, endpoint: Endpoint) -> Result<(String, String), BadLine> {
    if let Some(unknown) = fields.keys().find(|name| !FIELDS.contains(&name.as_str())) {
        let shown: String = unknown.chars().take(64).collect();
        let message = format!("`{shown}` is not a field of a line: expected `{}`.", FIELDS.join("`, `"));
        return Err(BadLine::new(UNKNOWN, message));
    }
    let method = text(fields, "method")?;
    if method != "POST" {
        let shown: String = method.chars().take(32).collect();
        return Err(
            BadLine::new(INVALID_METHOD, format!("`method` is `{shown}`: expected `POST`.")).at("method")
        );
    }
    let url = text(fields, "url")?;
    if url != endpoint.as_str() {
        let shown: String = url.chars().take(128).collect();
        let message = format!("`url` is `{shown}`: expected the batch's endpoint, `{endpoint}`.");
        return Err(BadLine::new(INVALID_URL, message).at("url"));
    }
    let Some(body) = fields.get("body") else {
        return Err(BadLine::new(MISSING, "The line lacks `body`.").at("body"));
    };
    Ok((body.get().to_owned(), model(body)?))
}

/// What every endpoint's body has in common.
#[derive(Deserialize)]
struct Body {
    model: Option<Value>,
    stream: Option<Value>,
}

fn model(body: &RawValue) -> Result<String, BadLine> {
    if !body.get().starts_with('{') {
        return Err(BadLine::new(INVALID, "`body` is not a JSON object.").at("body"));
    }
    let body: Body = serde_json::from_str(body.get())
        .map_err(|error| BadLine::new(INVALID, format!("`body` cannot be read: {error}.")).at("body"))?;
    if body.stream.is_some_and(|stream| stream != Value::Bool(false) && !stream.is_null()) {
        let message = "`body.stream` asks for a stream, which a batch does not have. Leave it out.";
        return Err(BadLine::new(UNSUPPORTED, message).at("body.stream"));
    }
    match body.model {
        Some(Value::String(model)) if !model.is_empty() => Ok(model),
        Some(_) => Err(BadLine::new(INVALID, "`body.model` is not the name of a model.").at("body.model")),
        None => Err(BadLine::new(MISSING, "The line lacks `body.model`.").at("body.model")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn refusal(line: &str) -> BadLine {
        check(line.as_bytes(), Endpoint::Embeddings).unwrap_err()
    }

    #[test]
    fn a_good_line_keeps_its_body_as_it_was_written() {
        let line = r#"{"custom_id":"a","method":"POST","url":"/v1/embeddings","body":{"model":"m","seed":1.0e2, "x":[1]}}"#;
        let good = check(line.as_bytes(), Endpoint::Embeddings).unwrap();
        assert_eq!((good.custom_id.as_str(), good.model.as_str()), ("a", "m"));
        assert_eq!(good.body, r#"{"model":"m","seed":1.0e2, "x":[1]}"#);
    }

    #[test]
    fn each_fault_has_its_name() {
        let with = |rest: &str| format!(r#"{{"custom_id":"a",{rest}}}"#);
        let faults = [
            ("{nonsense".to_owned(), "invalid_json_line", None),
            ("[1]".to_owned(), "invalid_json_line", None),
            (r#"{"method":"POST"}"#.to_owned(), "missing_required_parameter", Some("custom_id")),
            (r#"{"custom_id":7}"#.to_owned(), "invalid_value", Some("custom_id")),
            (r#"{"custom_id":""}"#.to_owned(), "invalid_value", Some("custom_id")),
            (with(r#""methd":"POST""#), "unknown_parameter", None),
            (with(r#""url":"/v1/embeddings""#), "missing_required_parameter", Some("method")),
            (with(r#""method":"GET","url":"/v1/embeddings""#), "invalid_method", Some("method")),
            (with(r#""method":"POST","url":"/v1/completions""#), "invalid_url", Some("url")),
            (with(r#""method":"POST","url":"/v1/embeddings""#), "missing_required_parameter", Some("body")),
            (with(r#""method":"POST","url":"/v1/embeddings","body":[]"#), "invalid_value", Some("body")),
            (
                with(r#""method":"POST","url":"/v1/embeddings","body":{}"#),
                "missing_required_parameter",
                Some("body.model"),
            ),
            (
                with(r#""method":"POST","url":"/v1/embeddings","body":{"model":"m","stream":true}"#),
                "unsupported_parameter",
                Some("body.stream"),
            ),
        ];
        for (line, code, param) in faults {
            let bad = refusal(&line);
            assert_eq!((bad.code, bad.param), (code, param), "{line}: {}", bad.message);
        }
    }

    #[test]
    fn a_line_that_says_who_it_is_is_found_again_by_that() {
        assert_eq!(refusal(r#"{"custom_id":"a","method":"GET"}"#).custom_id.as_deref(), Some("a"));
        assert_eq!(refusal("{").custom_id, None);
    }
}
