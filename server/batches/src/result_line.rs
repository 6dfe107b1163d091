//! The lines of output and error files. Source: OpenAI's guide on batches.

use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;
use shared::UsageEventId;

use crate::{LineAnswer, line::BadLine};

#[derive(Serialize)]
struct ResultLine<'a> {
    id: String,
    /// Null where the line has none to name it by.
    custom_id: Option<&'a str>,
    response: Option<Response<'a>>,
    error: Option<LineError<'a>>,
}

#[derive(Serialize)]
struct Response<'a> {
    status_code: u16,
    request_id: &'a str,
    body: &'a RawValue,
}

/// OpenAI's `code` and `message`; beside them, where to look.
#[derive(Serialize)]
struct LineError<'a> {
    code: &'a str,
    message: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    param: Option<&'a str>,
    line: u32,
}

/// What a call used, as its answer tells.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Tokens {
    pub input: i64,
    pub cached: i64,
    pub output: i64,
    pub reasoning: i64,
}

fn id(work: UsageEventId) -> String {
    format!("batch_req_{}", work.uuid().simple())
}

/// A line for the error file: it could not be called.
pub fn refused(work: UsageEventId, line: u32, bad: &BadLine) -> String {
    let error = LineError { code: bad.code, message: &bad.message, param: bad.param, line };
    written(&ResultLine {
        id: id(work),
        custom_id: bad.custom_id.as_deref(),
        response: None,
        error: Some(error),
    })
}

/// A line for the output file when the call succeeded, else for the error file.
pub fn answered(work: UsageEventId, line: u32, custom_id: &str, answer: &LineAnswer) -> String {
    let Ok(body) = serde_json::from_slice::<&RawValue>(&answer.body) else {
        let bad = BadLine::new("engine_failed", "The model's answer cannot be read.").of(custom_id);
        return refused(work, line, &bad);
    };
    let response = Response { status_code: answer.status, request_id: &answer.request_id, body };
    written(&ResultLine { id: id(work), custom_id: Some(custom_id), response: Some(response), error: None })
}

fn written(line: &ResultLine<'_>) -> String {
    match serde_json::to_string(line) {
        // A body may hold line ends between its tokens, a line of JSONL may not.
        Ok(text) if text.contains(['\n', '\r']) => text.replace(['\n', '\r'], " "),
        Ok(text) => text,
        Err(_) => unreachable!("texts and numbers can be written as JSON"),
    }
}

/// What the answer says it used: OpenAI's names for chat, completions and embeddings, or those of responses.
pub fn tokens(body: &[u8]) -> Tokens {
    #[derive(Deserialize)]
    struct Answer {
        usage: Option<Usage>,
    }
    #[derive(Deserialize)]
    struct Usage {
        #[serde(alias = "prompt_tokens", default)]
        input_tokens: i64,
        #[serde(alias = "completion_tokens", default)]
        output_tokens: i64,
        #[serde(alias = "prompt_tokens_details")]
        input_tokens_details: Option<Details>,
        #[serde(alias = "completion_tokens_details")]
        output_tokens_details: Option<Details>,
    }
    #[derive(Default, Deserialize)]
    struct Details {
        #[serde(default)]
        cached_tokens: Option<i64>,
        #[serde(default)]
        reasoning_tokens: Option<i64>,
    }
    let answer: Result<Answer, _> = serde_json::from_slice(body);
    let Some(usage) = answer.ok().and_then(|answer| answer.usage) else { return Tokens::default() };
    let input = usage.input_tokens_details.unwrap_or_default();
    let output = usage.output_tokens_details.unwrap_or_default();
    Tokens {
        input: usage.input_tokens.max(0),
        cached: input.cached_tokens.unwrap_or_default().max(0),
        output: usage.output_tokens.max(0),
        reasoning: output.reasoning_tokens.unwrap_or_default().max(0),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;

    fn event() -> UsageEventId {
        UsageEventId::from_uuid(uuid::Uuid::from_u128(7))
    }

    #[test]
    fn an_answer_stands_in_one_line_with_its_body_untouched() {
        let body = "{\"id\":\"x\",\n\"n\":1.0e2}";
        let answer = LineAnswer { status: 200, request_id: "req_1".to_owned(), body: body.into() };
        let line = answered(event(), 3, "a", &answer);
        assert!(!line.contains('\n') && line.contains("1.0e2"), "{line}");
        let read: Value = serde_json::from_str(&line).unwrap();
        assert_eq!(read["response"]["status_code"], 200);
        assert_eq!((&read["custom_id"], &read["error"]), (&json!("a"), &Value::Null));
        assert!(read["id"].as_str().unwrap().starts_with("batch_req_"));
    }

    #[test]
    fn a_refusal_names_the_line() {
        let read: Value = serde_json::from_str(&refused(event(), 9, &BadLine::new("x", "y"))).unwrap();
        assert_eq!(read["error"], json!({"code": "x", "message": "y", "line": 9}));
        assert_eq!((&read["custom_id"], &read["response"]), (&Value::Null, &Value::Null));
    }

    #[test]
    fn usage_is_read_under_either_name() {
        let chat = br#"{"usage":{"prompt_tokens":5,"completion_tokens":7,"total_tokens":12,
            "prompt_tokens_details":{"cached_tokens":2},"completion_tokens_details":{"reasoning_tokens":3}}}"#;
        assert_eq!(tokens(chat), Tokens { input: 5, cached: 2, output: 7, reasoning: 3 });
        let responses = br#"{"usage":{"input_tokens":5,"output_tokens":7}}"#;
        assert_eq!(tokens(responses), Tokens { input: 5, output: 7, ..Tokens::default() });
        assert_eq!(tokens(b"{}"), Tokens::default());
    }
}
