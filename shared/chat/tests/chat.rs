//! Reading the dialect and writing it back.
#![expect(clippy::unwrap_used, reason = "tests")]

use proptest::{collection, option, prelude::*};
use serde_json::{Map, Value, json};
use shared_chat::{ChatChunk, ChatRequest, ChatResponse, Content, ErrorBody, Stop, Usage};

/// Any JSON value of moderate size.
fn json_value() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        any::<u64>().prop_map(Value::from),
        any::<f64>().prop_map(Value::from),
        ".{0,12}".prop_map(Value::from),
    ];
    leaf.prop_recursive(3, 24, 5, |inner| {
        prop_oneof![
            collection::vec(inner.clone(), 0..5).prop_map(Value::from),
            collection::btree_map("[a-z_]{1,8}", inner, 0..5)
                .prop_map(|fields| Value::Object(fields.into_iter().collect())),
        ]
    })
}

/// Fields that the dialect does not type: `x_` keeps them apart from those it does.
fn unknown_fields() -> impl Strategy<Value = Map<String, Value>> {
    collection::btree_map("x_[a-z]{1,6}", json_value(), 0..4).prop_map(|fields| fields.into_iter().collect())
}

fn with(mut object: Value, fields: impl IntoIterator<Item = (String, Value)>) -> Value {
    object.as_object_mut().unwrap().extend(fields);
    object
}

fn message() -> impl Strategy<Value = Value> {
    let content = prop_oneof![
        Just(Value::Null),
        ".{0,20}".prop_map(Value::from),
        collection::vec(unknown_fields().prop_map(Value::Object), 0..3).prop_map(Value::from),
    ];
    let calls = option::of(collection::vec(unknown_fields(), 1..3));
    ("user|assistant|tool", option::of(content), calls, unknown_fields()).prop_map(
        |(role, content, calls, unknown)| {
            let call = |fields| {
                with(json!({"type": "function", "function": {"name": "f", "arguments": "{}"}}), fields)
            };
            let calls = calls.map(|calls| calls.into_iter().map(call).collect::<Value>());
            let optional = [("content", content), ("tool_calls", calls)]
                .into_iter()
                .filter_map(|(key, value)| Some((key.to_owned(), value?)));
            with(with(json!({"role": role}), optional), unknown)
        },
    )
}

prop_compose! {
    fn request()(
        messages in collection::vec(message(), 0..4),
        stream in option::of(any::<bool>()),
        temperature in option::of(0.0..2.0_f64),
        seed in option::of(any::<i64>()),
        limit in option::of(any::<u64>()),
        stop in option::of(prop_oneof![Just(json!("end")), Just(json!(["a", "b"])), Just(json!([]))]),
        usage in option::of((option::of(any::<bool>()), unknown_fields())),
        unknown in unknown_fields(),
    ) -> Value {
        let usage = usage.map(|(include, unknown)| {
            let include = include.map(|include| ("include_usage".to_owned(), Value::from(include)));
            with(with(json!({}), include), unknown)
        });
        let optional = [
            ("stream", stream.map(Value::from)),
            ("temperature", temperature.map(Value::from)),
            ("seed", seed.map(Value::from)),
            ("max_tokens", limit.map(Value::from)),
            ("stop", stop),
            ("stream_options", usage),
        ];
        let optional = optional.into_iter().filter_map(|(key, value)| Some((key.to_owned(), value?)));
        with(with(json!({"model": "m", "messages": messages}), optional), unknown)
    }
}

proptest! {
    #[test]
    fn a_request_survives_reading_and_writing(value in request()) {
        let text = value.to_string();
        let request: ChatRequest = serde_json::from_str(&text).unwrap();
        let written = serde_json::to_string(&request).unwrap();
        prop_assert_eq!(serde_json::from_str::<Value>(&written).unwrap(), value);
    }

    #[test]
    fn a_chunk_survives_reading_and_writing(unknown in unknown_fields(), delta in unknown_fields(), text in ".*") {
        let choice = json!({"index": 0, "delta": with(json!({"content": text}), delta), "finish_reason": null});
        let chunk = json!({"id": "c", "object": "chat.completion.chunk", "created": 1, "model": "m", "choices": [choice]});
        let value = with(chunk, unknown);
        let chunk: ChatChunk = serde_json::from_str(&value.to_string()).unwrap();
        prop_assert_eq!(serde_json::to_value(&chunk).unwrap(), value);
    }

    #[test]
    fn any_json_is_read_or_refused_without_a_panic(value in json_value()) {
        let _ = serde_json::from_value::<ChatRequest>(value.clone()).map(serde_json::to_value);
        let _ = serde_json::from_value::<ChatResponse>(value);
    }
}

fn refusal(body: Value) -> (String, String) {
    let text = body.to_string();
    let mut reader = serde_json::Deserializer::from_str(&text);
    let error = serde_path_to_error::deserialize::<_, ChatRequest>(&mut reader).unwrap_err();
    (error.path().to_string(), error.inner().to_string())
}

#[test]
fn a_type_error_names_its_field_and_what_is_accepted() {
    let messages = json!([{"role": "user", "content": "hi"}]);
    let of = |key: &str, value: Value| {
        with(json!({"model": "m", "messages": messages}), [(key.to_owned(), value)])
    };
    let (path, message) = refusal(of("max_tokens", json!("many")));
    assert_eq!(path, "max_tokens");
    assert!(message.contains("expected u64"), "{message}");

    let (path, message) = refusal(of("messages", json!([{"role": "user", "content": 7}])));
    assert_eq!(path, "messages[0].content");
    assert!(message.contains("a string, an array of content parts or null"), "{message}");

    assert_eq!(
        refusal(of("messages", json!([{"role": "user", "content": ["a"]}]))).0,
        "messages[0].content[0]"
    );
    assert_eq!(refusal(of("stop", json!([1]))).0, "stop[0]");
    assert_eq!(refusal(of("tools", json!([{"type": "function", "function": {}}]))).0, "tools[0].function");
    assert_eq!(refusal(of("stream", json!("yes"))).0, "stream");
    assert!(refusal(json!({"model": "m"})).1.contains("missing field `messages`"));
    assert!(refusal(json!({"messages": []})).1.contains("missing field `model`"));
}

#[test]
fn an_absent_content_and_a_null_content_stay_apart() {
    let body =
        json!({"model": "m", "messages": [{"role": "assistant"}, {"role": "assistant", "content": null}]});
    let request: ChatRequest = serde_json::from_value(body.clone()).unwrap();
    assert_eq!(request.messages[0].content, None);
    assert_eq!(request.messages[1].content, Some(Content::Null));
    assert_eq!(serde_json::to_value(&request).unwrap(), body);
}

#[test]
fn text_of_parts_leaves_out_what_is_not_text() {
    let parts = json!([
        {"type": "text", "text": "look"},
        {"type": "image_url", "image_url": {"url": "data:"}},
        {"type": "text", "text": "here"},
    ]);
    let content: Content = serde_json::from_value(parts).unwrap();
    assert_eq!(content.text(), "look\nhere");
    assert_eq!(content.text_bytes(), 8);
    assert_eq!(content.other_kinds().collect::<Vec<_>>(), ["image_url"]);
}

#[test]
fn the_newer_name_of_the_output_limit_wins() {
    let mut request = ChatRequest::new("m", vec![]);
    assert_eq!(request.output_limit(), None);
    request.max_tokens = Some(5);
    assert_eq!(request.output_limit(), Some(5));
    request.max_completion_tokens = Some(7);
    assert_eq!(request.output_limit(), Some(7));
}

#[test]
fn one_stop_text_and_several_read_alike() {
    assert_eq!(serde_json::from_value::<Stop>(json!("a")).unwrap().as_slice(), ["a"]);
    assert_eq!(serde_json::from_value::<Stop>(json!(["a", "b"])).unwrap().as_slice(), ["a", "b"]);
}

#[test]
fn an_error_has_all_four_keys() {
    let body = ErrorBody::new("no such model", "invalid_request_error");
    let expected = json!({"error": {"message": "no such model", "type": "invalid_request_error", "param": null, "code": null}});
    assert_eq!(serde_json::to_value(body).unwrap(), expected);
}

#[test]
fn usage_reads_nulls_and_details() {
    let usage: Usage = serde_json::from_value(json!({
        "prompt_tokens": 3, "completion_tokens": null, "total_tokens": 3,
        "prompt_tokens_details": {"cached_tokens": 2, "audio_tokens": 0},
        "completion_tokens_details": null,
    }))
    .unwrap();
    assert_eq!((usage.prompt_tokens, usage.completion_tokens), (3, 0));
    assert_eq!((usage.cached_tokens(), usage.reasoning_tokens()), (2, 0));
    assert_eq!(usage.prompt_tokens_details.unwrap().rest["audio_tokens"], 0);
}
