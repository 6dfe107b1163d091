//! Embeddings, rerankings, classifications and tokens of the engines that have them.

use engines::Task;
use serde_json::{Value, json};
use snapshot::EngineKind;

use crate::support::{read, refused, sent};

fn documents() -> Value {
    json!({"model": "m", "query": "q", "documents": ["a", {"text": "b", "id": 7}], "top_n": 1, "return_documents": true,
        "truncate": "END"})
}

#[test]
fn embeddings_ask_for_floats_where_the_engine_writes_no_base64() {
    let body = json!({"model": "m", "input": ["a"], "encoding_format": "base64", "dimensions": 8, "input_type": "query"});
    for kind in [EngineKind::Vllm, EngineKind::Openai, EngineKind::Tei, EngineKind::Nim] {
        let (path, asked) = sent(kind, Task::Embedding(&read(body.clone())));
        assert_eq!((path, &asked["encoding_format"]), ("/v1/embeddings", &json!("base64")), "{kind}");
        assert_eq!((&asked["dimensions"], &asked["input_type"]), (&json!(8), &json!("query")), "{kind}");
        assert_eq!(asked["model"], "upstream");
    }
    let (_, asked) = sent(EngineKind::Sglang, Task::Embedding(&read(body.clone())));
    assert!(asked.get("encoding_format").is_none());
    assert_eq!(refused(EngineKind::Llamacpp, Task::Embedding(&read(body))), "dimensions");
}

#[test]
fn token_ids_go_only_where_they_are_taken() {
    for input in [json!([1, 2]), json!([[1, 2], [3]])] {
        let body = json!({"model": "m", "input": input});
        for kind in
            [EngineKind::Vllm, EngineKind::Sglang, EngineKind::Llamacpp, EngineKind::Tei, EngineKind::Openai]
        {
            assert_eq!(sent(kind, Task::Embedding(&read(body.clone()))).1["input"], input, "{kind}");
        }
        assert_eq!(refused(EngineKind::Nim, Task::Embedding(&read(body.clone()))), "input");
        assert_eq!(refused(EngineKind::Tei, Task::Classify(&read(body))), "input");
    }
}

#[test]
fn documents_are_asked_about_in_each_engines_form() {
    let asked = |kind| sent(kind, Task::Rerank(&read(documents())));
    let (path, body) = asked(EngineKind::Vllm);
    let mut whole = documents();
    whole["model"] = json!("upstream");
    assert_eq!((path, body), ("/v1/rerank", whole));
    let tei = json!({"query": "q", "texts": ["a", "b"], "truncate": "END"});
    assert_eq!(asked(EngineKind::Tei), ("/rerank", tei));
    let nim = json!({"model": "upstream", "query": {"text": "q"}, "passages": [{"text": "a"}, {"text": "b"}],
        "truncate": "END"});
    assert_eq!(asked(EngineKind::Nim), ("/v1/ranking", nim));
    let llamacpp =
        json!({"model": "upstream", "query": "q", "documents": ["a", "b"], "top_n": 1, "truncate": "END"});
    assert_eq!(asked(EngineKind::Llamacpp), ("/v1/rerank", llamacpp));
    let (path, body) = asked(EngineKind::Sglang);
    assert_eq!((path, &body["documents"]), ("/v1/rerank", &json!(["a", "b"])));
}

#[test]
fn texts_are_classified_each_by_itself() {
    let body = json!({"model": "m", "input": ["a", "b"], "raw_scores": true});
    let (path, asked) = sent(EngineKind::Tei, Task::Classify(&read(body.clone())));
    assert_eq!((path, asked), ("/predict", json!({"inputs": [["a"], ["b"]], "raw_scores": true})));
    let (path, asked) = sent(EngineKind::Vllm, Task::Classify(&read(body)));
    assert_eq!(
        (path, asked),
        ("/classify", json!({"model": "upstream", "input": ["a", "b"], "raw_scores": true}))
    );
}

#[test]
fn tokens_are_asked_for_in_each_engines_form() {
    let body = json!({"model": "m", "prompt": "hi", "return_token_strs": true});
    let tokenize = |kind| sent(kind, Task::Tokenize(&read(body.clone())));
    let llamacpp = json!({"content": "hi", "add_special": true, "with_pieces": true});
    assert_eq!(tokenize(EngineKind::Llamacpp), ("/tokenize", llamacpp));
    let tei = json!({"inputs": "hi", "add_special_tokens": true});
    assert_eq!(tokenize(EngineKind::Tei), ("/tokenize", tei));
    assert_eq!(tokenize(EngineKind::Sglang).0, "/v1/tokenize");
    assert_eq!(tokenize(EngineKind::Vllm).1["prompt"], "hi");

    let messages = json!({"model": "m", "messages": [{"role": "user", "content": "hi"}]});
    assert_eq!(sent(EngineKind::Vllm, Task::Tokenize(&read(messages.clone()))).0, "/tokenize");
    for kind in [EngineKind::Sglang, EngineKind::Llamacpp, EngineKind::Tei, EngineKind::Tgi] {
        assert_eq!(refused(kind, Task::Tokenize(&read(messages.clone()))), "messages", "{kind}");
    }

    let ids = json!({"model": "m", "tokens": [1, 2]});
    let detokenize = |kind| sent(kind, Task::Detokenize(&read(ids.clone())));
    assert_eq!(detokenize(EngineKind::Llamacpp), ("/detokenize", json!({"tokens": [1, 2]})));
    assert_eq!(
        detokenize(EngineKind::Tei),
        ("/decode", json!({"ids": [1, 2], "skip_special_tokens": false}))
    );
    assert_eq!(detokenize(EngineKind::Sglang).0, "/v1/detokenize");
}
