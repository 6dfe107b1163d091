//! Nothing that a caller sent is lost on the way to an engine that understands it, nor of what comes back.

use bytes::{Bytes, BytesMut};
use engines::{Payload, Rewrite, StreamEvent, Task, TaskKind, engine};
use proptest::{collection, prelude::*, sample};
use serde_json::{Map, Value, json};
use snapshot::EngineKind;

use crate::support::{decode, labels, read, sent};

/// Engines that take OpenAI's dialect as it is.
const SPEAKERS: [EngineKind; 5] =
    [EngineKind::Vllm, EngineKind::Sglang, EngineKind::Nim, EngineKind::Llamacpp, EngineKind::Openai];

fn anything() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        any::<bool>().prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        any::<i16>().prop_map(|eighths| Value::from(f64::from(eighths) / 8.0)),
        "[a-zA-Z0-9 \"\\\\\n\u{e9}\u{1f600}]{0,12}".prop_map(Value::from),
    ];
    leaf.prop_recursive(3, 12, 4, |inner| {
        prop_oneof![
            collection::vec(inner.clone(), 0..4).prop_map(Value::from),
            collection::btree_map("[a-z_]{1,6}", inner, 0..4)
                .prop_map(|map| Value::Object(map.into_iter().collect())),
        ]
    })
}

/// Fields that nobody has heard of.
fn unknown() -> impl Strategy<Value = Map<String, Value>> {
    collection::btree_map("x_[a-z_]{1,8}", anything(), 0..5).prop_map(|map| map.into_iter().collect())
}

fn with(mut body: Value, unknown: &Map<String, Value>) -> Value {
    body.as_object_mut().unwrap().extend(unknown.clone());
    body
}

proptest! {
    #[test]
    fn unknown_fields_of_every_request_survive(
        kind in sample::select(&SPEAKERS[..]),
        top in unknown(), message in unknown(), tool in unknown(), function in unknown(), part in unknown(),
        stream in any::<bool>(),
    ) {
        let function = with(json!({"name": "f", "parameters": {"type": "object"}}), &function);
        let chat = with(json!({
            "model": "m", "stream": stream, "n": 2, "seed": 1,
            "messages": [with(json!({"role": "user", "content": [with(json!({"type": "text", "text": "t"}), &part)]}), &message)],
            "tools": [with(json!({"type": "function", "function": function}), &tool)],
        }), &top);
        let (_, mut reached) = sent(kind, Task::Chat(&read(chat.clone())));
        let mut expected = chat;
        expected["model"] = json!("upstream");
        reached.as_object_mut().unwrap().remove("stream_options");
        prop_assert_eq!(reached, expected);

        let completion = with(json!({"model": "m", "prompt": ["a", "b"], "stream": stream, "best_of": 2}), &top);
        let (_, mut reached) = sent(kind, Task::Completion(&read(completion.clone())));
        let mut expected = completion;
        expected["model"] = json!("upstream");
        reached.as_object_mut().unwrap().remove("stream_options");
        prop_assert_eq!(reached, expected);

        let embedding = with(json!({"model": "m", "input": ["a"]}), &top);
        let (_, reached) = sent(kind, Task::Embedding(&read(embedding.clone())));
        let mut expected = embedding;
        expected["model"] = json!("upstream");
        prop_assert_eq!(reached, expected);
    }

    #[test]
    fn unknown_fields_of_every_answer_survive(
        kind in sample::select(&SPEAKERS[..]),
        top in unknown(), choice in unknown(), delta in unknown(), call in unknown(), named in any::<bool>(),
    ) {
        let piece = json!({"index": 0, "id": if named { "c" } else { "" }, "type": "function",
            "function": {"name": "f", "arguments": "{}"}});
        // All that OpenAI's document demands, so that nothing need be made up for.
        let said = json!({"role": "assistant", "content": null, "refusal": null, "tool_calls": [with(piece, &call)]});
        let said = with(said, &delta);
        let body = |key: &str| {
            let choice = with(json!({"index": 0, key: said, "finish_reason": null, "logprobs": null}), &choice);
            with(json!({"id": "x", "choices": [choice]}), &top)
        };
        let known = |mut value: Value, key: &str| {
            // An id is given where there was none.
            value["choices"][0][key]["tool_calls"][0]["id"] = json!("");
            value
        };

        let frame = format!("data: {}\n\n", body("delta"));
        let events = decode(kind, TaskKind::Chat, [frame.as_bytes()]);
        let StreamEvent::Chunk(chunk) = &events[0] else { panic!("a chunk was expected, not {events:?}") };
        prop_assert_eq!(known(value(chunk), "delta"), known(body("delta"), "delta"));

        let answer = Bytes::from(body("message").to_string());
        let answer = engine(kind).whole(TaskKind::Chat, answer, &labels()).unwrap();
        prop_assert_eq!(known(value(&answer), "message"), known(body("message"), "message"));
    }
}

fn value(payload: &Payload) -> Value {
    let mut json = BytesMut::new();
    payload.write(&Rewrite::default(), &mut json);
    serde_json::from_slice(&json).unwrap()
}
