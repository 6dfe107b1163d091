//! Replacing an id, a model's name and the usage without parsing again.

use bytes::{Bytes, BytesMut};
use engines::{Payload, Rewrite, StreamEvent, TaskKind, UsageRewrite, json_text};
use proptest::prelude::*;
use serde_json::{Value, json};
use snapshot::EngineKind;

use crate::support::decode;

fn chunk(json: &str) -> Payload {
    let frame = format!("data: {json}\n\n");
    match decode(EngineKind::Openai, TaskKind::Chat, [frame.as_bytes()]).pop() {
        Some(StreamEvent::Chunk(payload)) => payload,
        other => panic!("a chunk was expected, not {other:?}"),
    }
}

fn written(payload: &Payload, rewrite: &Rewrite) -> String {
    let mut out = BytesMut::new();
    payload.write(rewrite, &mut out);
    String::from_utf8(out.to_vec()).unwrap()
}

fn usage(usage: UsageRewrite) -> Rewrite {
    Rewrite { usage, ..Rewrite::default() }
}

#[test]
fn nothing_asked_for_changes_nothing() {
    let json = r#"{ "id" : "a", "model":"m","choices":[] , "usage":null, "new": [1.50, {"a":{}}] }"#;
    assert_eq!(written(&chunk(json), &Rewrite::default()), json);
}

#[test]
fn usage_goes_with_its_comma_wherever_it_stands() {
    let cases = [
        (r#"{"id":"a","choices":[],"usage":{"prompt_tokens":1}}"#, r#"{"id":"a","choices":[]}"#),
        (r#"{"usage":null,"choices":[]}"#, r#"{"choices":[]}"#),
        (r#"{"choices":[], "usage" : {"prompt_tokens":1} ,"z":1}"#, r#"{"choices":[] ,"z":1}"#),
        (r#"{ "usage" : null , "choices":[]}"#, r#"{ "choices":[]}"#),
        (r#"{"usage":null}"#, "{}"),
        // A key written in a way that is not looked for keeps its place.
        (r#"{"choices":[],"usa\u0067e":7}"#, r#"{"choices":[],"usa\u0067e":null}"#),
        (r#"{"choices":[{"usage":1}]}"#, r#"{"choices":[{"usage":1}]}"#),
    ];
    for (json, expected) in cases {
        let stripped = written(&chunk(json), &usage(UsageRewrite::Strip));
        assert_eq!(stripped.replace(' ', ""), expected.replace(' ', ""), "{json}");
        serde_json::from_str::<Value>(&stripped).unwrap();
    }
}

#[test]
fn usage_is_replaced_or_added() {
    let ours = || usage(UsageRewrite::Replace(Bytes::from_static(b"{\"cost\":1}")));
    assert_eq!(
        written(&chunk(r#"{"choices":[],"usage":null}"#), &ours()),
        r#"{"choices":[],"usage":{"cost":1}}"#
    );
    assert_eq!(written(&chunk(r#"{"choices":[]} "#), &ours()), r#"{"choices":[],"usage":{"cost":1}} "#);
    assert_eq!(written(&chunk("{}"), &ours()), r#"{"usage":{"cost":1}}"#);
}

#[test]
fn a_frame_is_one_line_even_when_the_engine_sent_several() {
    let frame = "data: {\"choices\":[],\ndata: \"id\":\"a\"}\n\n";
    let Some(StreamEvent::Chunk(payload)) =
        decode(EngineKind::Openai, TaskKind::Chat, [frame.as_bytes()]).pop()
    else {
        panic!("a chunk was expected")
    };
    let mut out = BytesMut::new();
    payload.write_frame(&Rewrite::default(), &mut out);
    assert_eq!(&out[..], b"data: {\"choices\":[], \"id\":\"a\"}\n\n");
}

proptest! {
    #[test]
    fn a_rewritten_payload_is_the_same_but_for_what_was_replaced(
        id in ".*", model in ".*", text in ".*", ours in ".*", keys in Just(["id", "model", "usage", "choices", "new"]).prop_shuffle(),
    ) {
        let value = |key: &str| match key {
            "id" => json!(id),
            "model" => json!(model),
            "usage" => json!({"prompt_tokens": 3, "completion_tokens": 4}),
            "choices" => json!([{"index": 0, "delta": {"content": text}, "finish_reason": null}]),
            _ => json!({"usage": [text], "model": model}),
        };
        let members: Vec<_> = keys.iter().map(|key| format!("{}:{}", json!(key), value(key))).collect();
        let payload = chunk(&format!("{{{}}}", members.join(",")));
        let rewrite = Rewrite { id: None, model: Some(json_text(&ours)), usage: UsageRewrite::Strip };

        let mut expected: Value = serde_json::from_slice(payload.json()).unwrap();
        expected["model"] = ours.into();
        expected.as_object_mut().unwrap().remove("usage");
        prop_assert_eq!(serde_json::from_str::<Value>(&written(&payload, &rewrite)).unwrap(), expected);
        prop_assert_eq!(payload.summary.text_bytes, text.len() as u64);
        prop_assert_eq!(payload.summary.meaningful, !text.is_empty());
    }
}
