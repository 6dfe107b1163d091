//! What callers send, and what becomes of it: a golden file for each.

use dialects::{
    messages::{self, MessagesRequest},
    responses::{self, Item, ResponsesRequest},
};
use serde_json::{Value, json};
use shared_chat::ChatRequest;

use crate::support::{fixtures, response_request};

fn pretty(chat: &ChatRequest) -> String {
    let value: Value = serde_json::to_value(chat).unwrap();
    serde_json::to_string_pretty(&value).unwrap()
}

#[test]
fn responses_become_chat() {
    for (name, body) in fixtures("responses", "json") {
        let request: ResponsesRequest = serde_json::from_str(&body).unwrap();
        let chat = responses::to_chat(&request, &[]).unwrap();
        insta::assert_snapshot!(format!("responses_{name}"), pretty(&chat));
    }
}

#[test]
fn messages_become_chat() {
    for (name, body) in fixtures("messages", "json") {
        let request: MessagesRequest = serde_json::from_str(&body).unwrap();
        insta::assert_snapshot!(format!("messages_{name}"), pretty(&messages::to_chat(&request).unwrap()));
    }
}

#[test]
fn a_response_goes_on_from_another() {
    let first = response_request(json!({"input": "What is 2+2?", "instructions": "Only once."}));
    let said: Item = serde_json::from_value(json!({
        "type": "message", "id": "msg_1", "role": "assistant", "status": "completed",
        "content": [{"type": "output_text", "text": "4", "annotations": [], "logprobs": []}],
    }))
    .unwrap();
    let history = [first.items(), vec![said]].concat();
    // A client that keeps references sends the item again by its id; it is there once.
    let next = response_request(json!({
        "previous_response_id": "resp_1",
        "instructions": "Now brief.",
        "input": [{"type": "item_reference", "id": "msg_1"}, {"role": "user", "content": "And 3+3?"}],
    }));
    let chat = responses::to_chat(&next, &history).unwrap();
    let said: Vec<_> = chat.messages.iter().map(|m| (&*m.role, m.content.as_ref().unwrap().text())).collect();
    let expected =
        [("system", "Now brief."), ("user", "What is 2+2?"), ("assistant", "4"), ("user", "And 3+3?")];
    assert_eq!(said, expected.map(|(role, text)| (role, text.into())));
}

#[test]
fn references_are_resolved_by_whoever_keeps_items() {
    let kept: Item =
        serde_json::from_value(json!({"id": "msg_1", "role": "assistant", "content": "4"})).unwrap();
    let input = json!([{"role": "user", "content": "Hi"}, {"id": "msg_1"}, {"type": "item_reference", "id": "msg_2"}]);
    let mut request = response_request(json!({"input": input}));
    request.resolve(|id| (id == "msg_1").then(|| kept.clone()));
    assert_eq!(request.items()[1], kept);
    assert_eq!(responses::to_chat(&request, &[]).unwrap_err().field, "input[2].id");
}

#[test]
fn a_call_of_an_earlier_response_is_answered_in_the_next() {
    let call: Item = serde_json::from_value(json!({
        "type": "function_call", "id": "fc_1", "call_id": "call_a", "name": "f", "arguments": "{}",
    }))
    .unwrap();
    let history = [response_request(json!({})).items(), vec![call]].concat();
    let next = response_request(json!({
        "input": [{"type": "function_call_output", "call_id": "call_a", "output": "7"}],
    }));
    let chat = responses::to_chat(&next, &history).unwrap();
    let roles: Vec<_> = chat.messages.iter().map(|message| &*message.role).collect();
    assert_eq!(roles, ["user", "assistant", "tool"]);
    assert_eq!(chat.messages[2].tool_call_id.as_deref(), Some("call_a"));
}

#[test]
fn counting_takes_the_same_prompt_and_asks_for_no_answer() {
    for (name, body) in fixtures("messages", "json") {
        let whole = messages::to_chat(&serde_json::from_str(&body).unwrap()).unwrap();
        let counted: messages::CountTokensRequest = serde_json::from_str(&body).unwrap();
        let counted = counted.to_chat().unwrap();
        assert_eq!(counted.messages, whole.messages, "{name}");
        assert_eq!(counted.tools, whole.tools, "{name}");
        assert_eq!(counted.output_limit(), None);
    }
}

#[test]
fn an_event_of_a_websocket_is_a_request() {
    let request =
        responses::client_event(r#"{"type":"response.create","model":"m","input":"Hi","x_new":1}"#).unwrap();
    assert!(request.wants_stream());
    assert_eq!(request.rest["x_new"], 1);
    assert!(!request.rest.contains_key("type"));
    for (event, field) in [
        ("[]", "(message)"),
        ("{", "(message)"),
        (r#"{"model":"m"}"#, "type"),
        (r#"{"type":"session.update"}"#, "type"),
        (r#"{"type":"response.create","input":"Hi"}"#, "model"),
        (r#"{"type":"response.create","model":"m","stream_id":"a"}"#, "stream_id"),
    ] {
        assert_eq!(responses::client_event(event).unwrap_err().field, field, "{event}");
    }
}
