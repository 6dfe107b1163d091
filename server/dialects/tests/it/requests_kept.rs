//! Nothing that a caller sent is lost on the way to chat.

use dialects::{messages, responses};
use proptest::{collection, option, prelude::*};
use serde_json::{Map, Value, json};
use shared_chat::{ChatRequest, Content};

/// Fields that no dialect knows.
fn unknown() -> impl Strategy<Value = Map<String, Value>> {
    let value = prop_oneof![
        any::<bool>().prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        ".{0,8}".prop_map(Value::from)
    ];
    collection::btree_map("x_[a-z]{1,6}", value, 0..4).prop_map(|fields| fields.into_iter().collect())
}

/// One thing that was said, in neither dialect.
#[derive(Debug, Clone)]
enum Turn {
    User(Vec<String>),
    Assistant(String),
    Image(String),
    Thought(String),
    /// Calls with their results.
    Calls(Vec<(String, String)>),
}

fn word() -> impl Strategy<Value = String> {
    "[a-zA-Z\"\\\\é\n ]{1,12}"
}

fn turns() -> impl Strategy<Value = Vec<Turn>> {
    let turn = prop_oneof![
        3 => collection::vec(word(), 1..3).prop_map(Turn::User),
        2 => word().prop_map(Turn::Assistant),
        1 => "[a-z]{1,8}".prop_map(|name| Turn::Image(format!("https://example.com/{name}.png"))),
        1 => word().prop_map(Turn::Thought),
        2 => collection::vec((word(), word()), 1..4).prop_map(Turn::Calls),
    ];
    collection::vec(turn, 1..8)
}

/// What of a conversation must be in chat, in order: every text, image, call and result.
fn of_turns(turns: &[Turn]) -> Vec<String> {
    let mut all = Vec::new();
    for (t, turn) in turns.iter().enumerate() {
        match turn {
            Turn::User(texts) => all.extend(texts.clone()),
            Turn::Assistant(text) | Turn::Thought(text) => all.push(text.clone()),
            Turn::Image(url) => all.push(url.clone()),
            Turn::Calls(calls) => {
                for (c, (argument, _)) in calls.iter().enumerate() {
                    all.push(format!("call_{t}_{c} f {}", json!({"a": argument})));
                }
                for (c, (_, result)) in calls.iter().enumerate() {
                    all.extend([format!("call_{t}_{c}"), result.clone()]);
                }
            }
        }
    }
    all
}

/// The same of a chat request. A thought stands before the words and calls of its message.
fn of_chat(chat: &ChatRequest) -> Vec<String> {
    let mut all = Vec::new();
    for message in &chat.messages {
        all.extend(message.rest.get("reasoning_content").map(|text| text.as_str().unwrap().to_owned()));
        all.extend(message.tool_call_id.clone());
        match message.content.as_ref().unwrap() {
            Content::Null => {}
            Content::Text(text) => all.push(text.clone()),
            Content::Parts(parts) => all.extend(parts.iter().map(|part| match &part["text"] {
                Value::String(text) => text.clone(),
                _ => part["image_url"]["url"].as_str().unwrap().to_owned(),
            })),
        }
        for call in message.tool_calls.iter().flatten() {
            let function = call.function.as_ref().unwrap();
            all.push(format!("{} {} {}", call.id.as_ref().unwrap(), function.name, function.arguments));
        }
    }
    all
}

fn as_items(turns: &[Turn]) -> Vec<Value> {
    let mut items = Vec::new();
    for (t, turn) in turns.iter().enumerate() {
        match turn {
            Turn::User(texts) => {
                let parts: Vec<_> =
                    texts.iter().map(|text| json!({"type": "input_text", "text": text})).collect();
                items.push(json!({"role": "user", "content": parts}));
            }
            Turn::Assistant(text) => items.push(json!({
                "type": "message", "role": "assistant", "id": format!("msg_{t}"),
                "content": [{"type": "output_text", "text": text, "annotations": [], "logprobs": []}],
            })),
            Turn::Image(url) => {
                items.push(json!({"role": "user", "content": [{"type": "input_image", "image_url": url}]}));
            }
            Turn::Thought(text) => items.push(json!({
                "type": "reasoning", "id": format!("rs_{t}"), "summary": [],
                "content": [{"type": "reasoning_text", "text": text}],
            })),
            Turn::Calls(calls) => {
                for (c, (argument, _)) in calls.iter().enumerate() {
                    let arguments = json!({"a": argument}).to_string();
                    let id = format!("call_{t}_{c}");
                    items.push(
                        json!({"type": "function_call", "call_id": id, "name": "f", "arguments": arguments}),
                    );
                }
                for (c, (_, result)) in calls.iter().enumerate() {
                    let id = format!("call_{t}_{c}");
                    items.push(json!({"type": "function_call_output", "call_id": id, "output": result}));
                }
            }
        }
    }
    items
}

fn as_messages(turns: &[Turn]) -> Vec<Value> {
    let mut messages = Vec::new();
    for (t, turn) in turns.iter().enumerate() {
        match turn {
            Turn::User(texts) => {
                let blocks: Vec<_> = texts.iter().map(|text| json!({"type": "text", "text": text})).collect();
                messages.push(json!({"role": "user", "content": blocks}));
            }
            Turn::Assistant(text) => messages.push(json!({"role": "assistant", "content": text})),
            Turn::Image(url) => messages.push(json!({
                "role": "user", "content": [{"type": "image", "source": {"type": "url", "url": url}}],
            })),
            Turn::Thought(text) => messages.push(json!({
                "role": "assistant", "content": [{"type": "thinking", "thinking": text, "signature": ""}],
            })),
            Turn::Calls(calls) => {
                let id = |c: usize| format!("call_{t}_{c}");
                let uses = calls.iter().enumerate().map(|(c, (argument, _))| {
                    json!({"type": "tool_use", "id": id(c), "name": "f", "input": {"a": argument}})
                });
                messages.push(json!({"role": "assistant", "content": uses.collect::<Vec<_>>()}));
                let results = calls.iter().enumerate().map(|(c, (_, result))| {
                    json!({"type": "tool_result", "tool_use_id": id(c), "content": result})
                });
                messages.push(json!({"role": "user", "content": results.collect::<Vec<_>>()}));
            }
        }
    }
    messages
}

/// Thoughts that follow each other, or words, join one turn in Responses, where they are told apart by their items.
fn joined(turns: Vec<Turn>) -> Vec<Turn> {
    let mut all: Vec<Turn> = Vec::new();
    for turn in turns {
        if !(matches!(turn, Turn::Thought(_)) && matches!(all.last(), Some(Turn::Thought(_)))) {
            all.push(turn);
        }
    }
    all
}

proptest! {
    #[test]
    fn a_response_s_request_is_kept(
        turns in turns().prop_map(joined),
        unknown in unknown(),
        instructions in option::of(word()),
        temperature in option::of(0.0..2.0_f64),
        limit in option::of(1..9000_u64),
        stream in option::of(any::<bool>()),
        tool in unknown_tool(),
    ) {
        let mut body = json!({
            "model": "m", "input": as_items(&turns), "instructions": instructions, "temperature": temperature,
            "max_output_tokens": limit, "stream": stream,
        });
        let mut function = json!({"type": "function", "name": "f", "parameters": {"type": "object"}});
        function.as_object_mut().unwrap().extend(tool.clone());
        body["tools"] = json!([function]);
        body.as_object_mut().unwrap().extend(unknown.clone());
        let request: responses::ResponsesRequest = serde_json::from_value(body.clone()).unwrap();
        let chat = responses::to_chat(&request, &[]).unwrap();
        let expected: Vec<String> = instructions.into_iter().chain(of_turns(&turns)).collect();
        prop_assert_eq!(of_chat(&chat), expected);
        prop_assert_eq!(chat.max_completion_tokens, limit);
        prop_assert_eq!(chat.temperature.and_then(|t| t.as_f64()), temperature);
        prop_assert_eq!(chat.stream, stream);
        let tools = chat.tools.unwrap();
        prop_assert_eq!(&tools[0].function.as_ref().unwrap().rest, &tool);
        prop_assert_eq!(chat.rest, unknown);
        // What was read is written back as it came.
        let written = serde_json::to_value(&request).unwrap();
        prop_assert_eq!(written["input"].clone(), body["input"].clone());
    }

    #[test]
    fn a_message_s_request_is_kept(
        turns in turns(),
        unknown in unknown(),
        system in option::of(word()),
        limit in 1..9000_u64,
        top_k in option::of(1..100_u64),
        stops in collection::vec(word(), 0..3),
        tool in unknown_tool(),
    ) {
        let mut body = json!({
            "model": "m", "messages": as_messages(&turns), "system": system, "max_tokens": limit, "top_k": top_k,
            "stop_sequences": stops,
        });
        let mut function = json!({"name": "f", "input_schema": {"type": "object"}});
        function.as_object_mut().unwrap().extend(tool.clone());
        body["tools"] = json!([function]);
        body.as_object_mut().unwrap().extend(unknown.clone());
        let request: messages::MessagesRequest = serde_json::from_value(body).unwrap();
        let mut chat = messages::to_chat(&request).unwrap();
        let expected: Vec<String> = system.into_iter().chain(of_turns(&turns)).collect();
        prop_assert_eq!(of_chat(&chat), expected);
        prop_assert_eq!(chat.max_completion_tokens, Some(limit));
        prop_assert_eq!(chat.rest.remove("top_k").and_then(|k| k.as_u64()), top_k);
        prop_assert_eq!(chat.stop.as_ref().map_or(&[][..], |stop| stop.as_slice()), &stops[..]);
        let tools = chat.tools.unwrap();
        prop_assert_eq!(&tools[0].rest, &tool);
        prop_assert_eq!(chat.rest, unknown);
    }

    #[test]
    fn no_json_makes_a_conversion_panic(body in any_json(), input in any_json(), other in any_json()) {
        if let Ok(request) = serde_json::from_value::<responses::ResponsesRequest>(body.clone()) {
            let _ = responses::to_chat(&request, &[]);
        }
        let fields = json!({"model": "m", "input": [input], "tools": [other], "text": other, "reasoning": input});
        if let Ok(request) = serde_json::from_value::<responses::ResponsesRequest>(fields) {
            let _ = responses::to_chat(&request, &[]);
        }
        let fields = json!({"model": "m", "max_tokens": 1, "messages": [{"role": "user", "content": [input]}], "tools": [other]});
        if let Ok(request) = serde_json::from_value::<messages::MessagesRequest>(fields) {
            let _ = messages::to_chat(&request);
        }
    }
}

fn unknown_tool() -> impl Strategy<Value = Map<String, Value>> {
    unknown()
}

/// JSON that has the dialects' words where they may hurt.
fn any_json() -> impl Strategy<Value = Value> {
    let word = prop_oneof![
        Just("message"),
        Just("function_call"),
        Just("function_call_output"),
        Just("reasoning"),
        Just("function"),
        Just("input_text"),
        Just("input_image"),
        Just("text"),
        Just("image"),
        Just("tool_result"),
        Just("tool_use"),
        Just("json_schema"),
        Just("user"),
        Just("assistant"),
    ];
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<f64>().prop_map(Value::from),
        word.prop_map(Value::from),
    ];
    let key = prop_oneof![
        Just("type"),
        Just("role"),
        Just("content"),
        Just("call_id"),
        Just("output"),
        Just("name"),
        Just("source"),
        Just("text"),
        Just("format"),
        Just("summary"),
        Just("parameters"),
        Just("id"),
        Just("arguments"),
        Just("tool_use_id"),
        Just("input"),
    ];
    leaf.prop_recursive(4, 32, 6, move |inner| {
        prop_oneof![
            collection::vec(inner.clone(), 0..4).prop_map(Value::from),
            collection::btree_map(key.clone().prop_map(str::to_owned), inner, 0..6)
                .prop_map(|fields| Value::Object(fields.into_iter().collect())),
        ]
    })
}
