//! Answers of engines, and what callers get: golden files for each.

use bytes::BytesMut;
use dialects::{messages, responses::Framing};
use serde_json::{Value, json};
use shared_chat::{ErrorObject, Usage};

use crate::support::{
    fixtures, lines, message_request, message_stream, message_writer, response_events, response_request,
    response_writer, sse, usage_of,
};

/// An event on a line; of a response within it only what changes.
fn told(event: &Value) -> String {
    let mut event = event.clone();
    if let Some(response) = event.get_mut("response") {
        *response = json!({
            "status": response["status"],
            "error": response["error"],
            "incomplete_details": response["incomplete_details"],
            "output": response["output"],
            "usage": response["usage"],
        });
    }
    event.to_string()
}

fn error() -> ErrorObject {
    ErrorObject {
        message: "The model stopped answering.".to_owned(),
        kind: "timeout_error".to_owned(),
        param: None,
        code: Some("between_tokens_timeout".to_owned()),
    }
}

#[test]
fn streams_become_events_of_a_response() {
    let request = response_request(json!({"include": ["message.output_text.logprobs"]}));
    for (name, chunks) in fixtures("answers", "jsonl") {
        let chunks: Vec<&str> = chunks.lines().collect();
        let events = response_events(&request, &chunks, usage_of(&chunks));
        let events: Vec<String> = events.iter().map(told).collect();
        insta::assert_snapshot!(format!("response_stream_{name}"), events.join("\n"));
    }
}

#[test]
fn streams_become_events_of_a_message() {
    let request = message_request(json!({"stop_sequences": ["END"]}));
    for (name, chunks) in fixtures("answers", "jsonl") {
        let chunks: Vec<&str> = chunks.lines().collect();
        let stream = message_stream(&request, &chunks, usage_of(&chunks));
        insta::assert_snapshot!(format!("message_stream_{name}"), stream);
    }
}

#[test]
fn whole_answers_become_responses_and_messages() {
    let response =
        response_request(json!({"include": ["message.output_text.logprobs"], "instructions": "Be brief."}));
    let message = message_request(json!({}));
    for (name, chat) in fixtures("answers", "json") {
        let body = response_writer(&response, Framing::Sse).whole(chat.as_bytes()).unwrap();
        let body: Value = serde_json::from_slice(&body).unwrap();
        insta::assert_snapshot!(format!("response_{name}"), serde_json::to_string_pretty(&body).unwrap());
        let body = message_writer(&message).whole(chat.as_bytes()).unwrap();
        let body: Value = serde_json::from_slice(&body).unwrap();
        insta::assert_snapshot!(format!("message_{name}"), serde_json::to_string_pretty(&body).unwrap());
    }
}

#[test]
fn reasoning_is_its_own_summary_where_one_was_asked() {
    let request = response_request(json!({"reasoning": {"summary": "auto"}}));
    let (_, chunks) =
        fixtures("answers", "jsonl").into_iter().find(|(name, _)| name == "reasoning_then_text").unwrap();
    let chunks: Vec<&str> = chunks.lines().collect();
    let events: Vec<String> = response_events(&request, &chunks, None).iter().map(told).collect();
    insta::assert_snapshot!(events.join("\n"));
}

#[test]
fn what_is_no_chat_answer_is_an_error_whole_and_nothing_in_a_stream() {
    let request = response_request(json!({}));
    assert!(response_writer(&request, Framing::Sse).whole(b"<html>").is_err());
    assert!(message_writer(&message_request(json!({}))).whole(b"[]").is_err());
    assert!(message_writer(&message_request(json!({}))).whole(br#"{"choices":[]}"#).is_err());
    let mut out = BytesMut::new();
    response_writer(&request, Framing::Sse).chunk(b"{\"choices\":", &mut out);
    assert!(out.is_empty());
}

#[test]
fn a_response_that_breaks_off_says_so_and_keeps_what_came() {
    let mut out = BytesMut::new();
    let mut writer = response_writer(&response_request(json!({})), Framing::Sse);
    writer.begin(&mut out);
    writer.chunk(br#"{"choices":[{"index":0,"delta":{"content":"Hel"}}]}"#, &mut out);
    writer.error(&error(), &mut out);
    writer.end(None, &mut out);
    let events = sse(std::str::from_utf8(&out).unwrap());
    let names: Vec<&str> = events.iter().map(|(name, _)| name.as_str()).collect();
    assert_eq!(names[names.len() - 3..], ["response.output_item.done", "error", "response.failed"]);
    assert_eq!(events[names.len() - 3].1["item"]["status"], "incomplete");
    assert_eq!(events[names.len() - 2].1["code"], "between_tokens_timeout");
    let failed = &events[names.len() - 1].1["response"];
    assert_eq!((&failed["status"], &failed["error"]["code"]), (&json!("failed"), &json!("server_error")));
    assert_eq!(failed["output"][0]["content"][0]["text"], "Hel");
}

#[test]
fn an_error_on_a_websocket_has_its_own_form() {
    let mut out = BytesMut::new();
    response_writer(&response_request(json!({})), Framing::Lines).error(&error(), &mut out);
    let events = lines(&out);
    assert_eq!(events[0]["status"], 504);
    assert_eq!(events[0]["error"]["code"], "between_tokens_timeout");
    assert_eq!(events[1]["type"], "response.failed");
}

#[test]
fn a_message_that_breaks_off_ends_with_an_error_and_no_stop() {
    let mut out = BytesMut::new();
    let mut writer = message_writer(&message_request(json!({})));
    writer.begin(&mut out);
    writer.error(&error(), &mut out);
    writer.end(None, &mut out);
    let events = sse(std::str::from_utf8(&out).unwrap());
    let names: Vec<&str> = events.iter().map(|(name, _)| name.as_str()).collect();
    assert_eq!(names, ["message_start", "ping", "error"]);
    assert_eq!(events[2].1["error"]["type"], "timeout_error");
}

#[test]
fn errors_have_anthropic_s_types_and_statuses() {
    let of = |kind: &str| ErrorObject { kind: kind.to_owned(), ..error() };
    for (status, kind, told, sent) in [
        (400, "invalid_request_error", "invalid_request_error", 400),
        (401, "authentication_error", "authentication_error", 401),
        (403, "permission_error", "permission_error", 403),
        (404, "invalid_request_error", "not_found_error", 404),
        (413, "invalid_request_error", "request_too_large", 413),
        (415, "invalid_request_error", "invalid_request_error", 415),
        (429, "rate_limit_error", "rate_limit_error", 429),
        (500, "api_error", "api_error", 500),
        (502, "api_error", "api_error", 502),
        (503, "overloaded_error", "overloaded_error", 529),
        (503, "api_error", "api_error", 503),
        (504, "timeout_error", "timeout_error", 504),
    ] {
        assert_eq!(messages::error_type(status, &of(kind)), told, "{status} {kind}");
        assert_eq!(messages::status(status, &of(kind)), sent, "{status} {kind}");
    }
    let body: Value = serde_json::from_slice(&messages::error_body(404, &of("x"), Some("req_1"))).unwrap();
    let expected = json!({
        "type": "error",
        "error": {"type": "not_found_error", "message": "The model stopped answering."},
        "request_id": "req_1",
    });
    assert_eq!(body, expected);
}

#[test]
fn what_a_response_said_can_be_gone_on_from() {
    let mut writer = response_writer(&response_request(json!({})), Framing::Sse);
    let (_, chat) = fixtures("answers", "json").into_iter().find(|(name, _)| name.contains("tools")).unwrap();
    let body: Value = serde_json::from_slice(&writer.whole(chat.as_bytes()).unwrap()).unwrap();
    assert_eq!(serde_json::to_value(writer.output()).unwrap(), body["output"]);
    let outputs: Vec<Value> = ["call_a", body["output"][3]["call_id"].as_str().unwrap()]
        .iter()
        .map(|id| json!({"type": "function_call_output", "call_id": id, "output": "ok"}))
        .collect();
    let next = response_request(json!({"input": outputs}));
    let chat = dialects::responses::to_chat(&next, &writer.output()).unwrap();
    assert_eq!(chat.messages[0].tool_calls.as_ref().unwrap().len(), 2);
    assert_eq!(chat.messages[0].rest["reasoning_content"], "Both.");
}

#[test]
fn usage_without_cached_tokens_counts_all_as_input() {
    let stream = message_stream(&message_request(json!({})), &[], Some(Usage::of(5, 2)));
    let events = sse(&stream);
    let usage = &events[events.len() - 2].1["usage"];
    assert_eq!((&usage["input_tokens"], &usage["output_tokens"]), (&json!(5), &json!(2)));
}
