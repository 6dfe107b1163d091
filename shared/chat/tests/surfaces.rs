//! The surfaces beside chat: reading and writing back.
#![expect(clippy::unwrap_used, reason = "tests")]

use proptest::{collection, prelude::*};
use serde::{Serialize, de::DeserializeOwned};
use serde_json::{Map, Value, json};
use shared_chat::*;

/// The path and message of a refusal, as callers get to see them.
fn refusal<T: DeserializeOwned + std::fmt::Debug>(body: &Value) -> (String, String) {
    let text = body.to_string();
    let mut reader = serde_json::Deserializer::from_str(&text);
    let error = serde_path_to_error::deserialize::<_, T>(&mut reader).unwrap_err();
    (error.path().to_string(), error.inner().to_string())
}

#[track_caller]
fn survives<T: DeserializeOwned + Serialize>(body: Value) {
    let read: T = serde_json::from_value(body.clone()).unwrap();
    assert_eq!(serde_json::to_value(&read).unwrap(), body);
}

fn unknown() -> impl Strategy<Value = Map<String, Value>> {
    let value = prop_oneof![
        any::<bool>().prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        ".{0,8}".prop_map(Value::from)
    ];
    collection::btree_map("x_[a-z]{1,6}", value, 0..4).prop_map(|fields| fields.into_iter().collect())
}

fn prompt() -> impl Strategy<Value = Value> {
    prop_oneof![
        ".{0,8}".prop_map(Value::from),
        collection::vec(".{0,8}", 0..3).prop_map(Value::from),
        collection::vec(any::<u32>(), 0..3).prop_map(Value::from),
        collection::vec(collection::vec(any::<u32>(), 0..3), 0..3).prop_map(Value::from),
    ]
}

proptest! {
    #[test]
    fn requests_survive_whatever_they_hold(prompt in prompt(), unknown in unknown(), top in any::<u32>()) {
        let with = |mut body: Value| {
            body.as_object_mut().unwrap().extend(unknown.clone());
            body
        };
        let completion = with(json!({"model": "m", "prompt": prompt, "n": top, "echo": true}));
        prop_assert_eq!(&serde_json::to_value(serde_json::from_value::<CompletionRequest>(completion.clone()).unwrap()).unwrap(), &completion);
        let embedding = with(json!({"model": "m", "input": prompt, "encoding_format": "base64", "dimensions": top}));
        prop_assert_eq!(&serde_json::to_value(serde_json::from_value::<EmbeddingRequest>(embedding.clone()).unwrap()).unwrap(), &embedding);
        let rerank = with(json!({"model": "m", "query": "q", "documents": ["a", {"text": "b", "x_id": 1}], "top_n": top}));
        prop_assert_eq!(&serde_json::to_value(serde_json::from_value::<RerankRequest>(rerank.clone()).unwrap()).unwrap(), &rerank);
    }
}

#[test]
fn prompts_tell_how_many_and_how_large_they_are() {
    let of = |value: Value| serde_json::from_value::<TextOrTokens>(value).unwrap();
    let told = |prompt: TextOrTokens| (prompt.count(), prompt.text_bytes(), prompt.token_count());
    assert_eq!(told(of(json!("abc"))), (1, 3, 0));
    assert_eq!(told(of(json!(["a", "bc"]))), (2, 3, 0));
    assert_eq!(told(of(json!([1, 2, 3]))), (1, 0, 3));
    assert_eq!(told(of(json!([[1, 2], [3]]))), (2, 0, 3));
    assert_eq!(told(of(json!([]))), (0, 0, 0));
    assert_eq!(of(json!("a")).texts().unwrap(), ["a"]);
    assert_eq!(of(json!([1])).texts(), None);
}

#[test]
fn a_prompt_of_mixed_kinds_is_refused_at_its_place() {
    let of = |input: Value| refusal::<EmbeddingRequest>(&json!({"model": "m", "input": input}));
    assert_eq!(of(json!(["a", 1])).0, "input[1]");
    assert_eq!(of(json!([1, -1])).0, "input[1]");
    assert!(of(json!({"a": 1})).1.contains("array of token ids"));
    assert!(of(json!([true])).1.contains("token id"));
    assert_eq!(
        refusal::<EmbeddingRequest>(&json!({"model": "m", "input": "a", "encoding_format": "hex"})).0,
        "encoding_format"
    );
}

#[test]
fn answers_survive() {
    survives::<CompletionResponse>(json!({
        "id": "c", "object": "text_completion", "created": 1, "model": "m", "system_fingerprint": "f",
        "choices": [{"index": 0, "text": "a", "finish_reason": "stop", "logprobs": null, "stop_reason": null}],
        "usage": {"prompt_tokens": 1, "completion_tokens": 1, "total_tokens": 2},
    }));
    survives::<EmbeddingResponse>(json!({
        "object": "list", "model": "m", "usage": {"prompt_tokens": 1, "total_tokens": 1},
        "data": [{"object": "embedding", "index": 0, "embedding": [0.5, -1.0]}, {"object": "embedding", "index": 1, "embedding": "AACAPw=="}],
    }));
    survives::<RerankResponse>(json!({
        "id": "r", "model": "m", "results": [{"index": 1, "relevance_score": 0.5, "document": {"text": "b"}}],
        "usage": {"prompt_tokens": 0, "total_tokens": 7},
    }));
    survives::<TokenizeResponse>(
        json!({"count": 2, "max_model_len": 8, "tokens": [1, 2], "token_strs": ["a", "b"]}),
    );
    survives::<DetokenizeResponse>(json!({"prompt": "ab"}));
    survives::<ClassifyResponse>(json!({
        "id": "c", "object": "list", "created": 1, "model": "m",
        "data": [{"index": 0, "label": "toxic", "probs": [0.25, 0.75], "num_classes": 2}],
    }));
}

#[test]
fn the_lines_of_a_batch_survive() {
    survives::<BatchLine>(
        json!({"custom_id": "a", "method": "POST", "url": "/v1/embeddings", "body": {"model": "m"}}),
    );
    let answered = json!({"status_code": 200, "request_id": "req_1", "body": {"x": 1}});
    survives::<BatchResultLine>(
        json!({"id": "batch_req_1", "custom_id": "a", "response": answered, "error": null}),
    );
    let error = json!({"code": "batch_expired", "message": "The batch expired."});
    survives::<BatchResultLine>(
        json!({"id": "batch_req_1", "custom_id": "a", "response": null, "error": error}),
    );
    assert_eq!(refusal::<BatchLine>(&json!({"custom_id": 1})).0, "custom_id");
}

#[test]
fn a_batch_is_final_only_where_nothing_more_will_happen() {
    let finals: Vec<_> = ["failed", "completed", "expired", "cancelled"].into();
    for word in [
        "validating",
        "failed",
        "in_progress",
        "finalizing",
        "completed",
        "expired",
        "cancelling",
        "cancelled",
    ] {
        let status: BatchStatus = serde_json::from_value(json!(word)).unwrap();
        assert_eq!(status.as_str(), word);
        assert_eq!(status.is_final(), finals.contains(&word), "{word}");
    }
}

#[test]
fn preferences_are_taken_out_of_what_engines_see() {
    let body = json!({
        "model": "m", "messages": [], "min_p": 0.1, "models": ["a", "b"],
        "provider": {"only": ["x"], "max_price": {"prompt": 1, "completion": "0.50"}, "preferred_max_latency": 3},
    });
    let mut request: ChatRequest = serde_json::from_value(body).unwrap();
    let taken = Preferences::take(&mut request.rest).unwrap();
    assert_eq!(taken.models, ["a", "b"]);
    let provider = taken.provider;
    assert_eq!(provider.only.as_deref(), Some(&["x".to_owned()][..]));
    let price = provider.max_price.as_ref().unwrap();
    assert_eq!(
        (price.prompt.as_ref().unwrap().digits(), price.completion.as_ref().unwrap().digits()),
        ("1".to_owned(), "0.50".to_owned())
    );
    // What cannot be honoured is there to be refused by name.
    assert_eq!(provider.rest.keys().collect::<Vec<_>>(), ["preferred_max_latency"]);
    assert!(!provider.is_empty());
    assert_eq!(request.rest.keys().collect::<Vec<_>>(), ["min_p"]);
    assert!(Preferences::take(&mut request.rest).unwrap().provider.is_empty());
    let mut unset =
        Rest::from_iter([("provider".to_owned(), Value::Null), ("models".to_owned(), Value::Null)]);
    assert_eq!(Preferences::take(&mut unset).unwrap(), Preferences::default());
    assert!(unset.is_empty());
}

#[test]
fn a_wrong_preference_is_named() {
    let wrong = |field: &str, value: Value| {
        let mut rest = Rest::from_iter([(field.to_owned(), value)]);
        Preferences::take(&mut rest).unwrap_err().field
    };
    assert_eq!(wrong("models", json!("a")), "models");
    assert_eq!(wrong("models", json!(["a", 1])), "models[1]");
    assert_eq!(wrong("provider", json!({"data_collection": "maybe"})), "provider.data_collection");
    assert_eq!(wrong("provider", json!({"only": [1]})), "provider.only[0]");
}

#[test]
fn texts_to_moderate_are_one_for_each_result() {
    let of = |input: Value| serde_json::from_value::<ModerationInput>(input).unwrap().texts();
    assert_eq!(of(json!("a")).unwrap(), ["a"]);
    assert_eq!(of(json!(["a", "b"])).unwrap(), ["a", "b"]);
    assert_eq!(of(json!([{"type": "text", "text": "a"}])).unwrap(), ["a"]);
    assert_eq!(of(json!([{"type": "image_url", "image_url": {"url": "u"}}])), None);
    assert!(refusal::<ModerationRequest>(&json!({"input": 1})).1.contains("expected a string"));
}

#[test]
fn a_page_names_its_ends() {
    let page = ListObject::page(vec!["a", "b"], true, |item| (*item).to_owned());
    assert_eq!((page.first_id.as_deref(), page.last_id.as_deref()), (Some("a"), Some("b")));
    let empty = serde_json::to_value(ListObject::<u8>::page(Vec::new(), false, |_| String::new())).unwrap();
    assert_eq!(empty, json!({"object": "list", "data": [], "has_more": false}));
}
