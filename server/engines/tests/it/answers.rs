//! Answers measured by what was asked: encodings, lengths, the best few, parts put together.

use bytes::Bytes;
use engines::{EngineErrorKind, Labels, Payload, Task, TaskKind, engine, join, split};
use proptest::{collection, prelude::*};
use serde_json::{Value, json};
use shared_chat::{ClassifyRequest, EmbeddingRequest, RerankRequest};
use snapshot::EngineKind;

use crate::support::{labels_of, read};

const FLOATS: &[u8] = include_bytes!("fixtures/tei/embedding.json");
const BASE64: &[u8] = include_bytes!("fixtures/llamacpp/embedding.json");

fn value(payload: &Payload) -> Value {
    serde_json::from_slice(payload.json()).unwrap()
}

fn embedded(kind: EngineKind, asked: Value, body: &'static [u8]) -> Result<Value, engines::EngineError> {
    let request: EmbeddingRequest = read(asked);
    let labels = labels_of(&Task::Embedding(&request));
    let body = Bytes::from_static(body.trim_ascii());
    engine(kind).whole(TaskKind::Embedding, body, &labels).map(|payload| value(&payload))
}

#[test]
fn vectors_come_in_the_encoding_asked_for() {
    let floats = json!({"model": "m", "input": ["a", "b"]});
    let base64 = json!({"model": "m", "input": ["a", "b"], "encoding_format": "base64"});
    for body in [FLOATS, BASE64] {
        let answer = embedded(EngineKind::Tei, floats.clone(), body).unwrap();
        assert_eq!(answer["data"][0]["embedding"], json!([0.5, -0.25, 1.0]));
        assert_eq!(answer["usage"]["prompt_tokens"], 8);
        let answer = embedded(EngineKind::Tei, base64.clone(), body).unwrap();
        assert_eq!(answer["data"][1]["embedding"], "AAAAAAAAAD4AAIC/");
    }
    let ollama = include_bytes!("fixtures/ollama/embed.json");
    let answer = embedded(EngineKind::Ollama, base64, ollama).unwrap();
    assert_eq!(
        answer["data"][0],
        json!({"object": "embedding", "index": 0, "embedding": "AAAAPwAAgL4AAIA/"})
    );
    assert_eq!((&answer["model"], &answer["object"]), (&json!("acme/model"), &json!("list")));
}

#[test]
fn an_answer_encoded_as_asked_is_passed_on_as_it_came() {
    let request: EmbeddingRequest = read(json!({"model": "m", "input": "a"}));
    let labels = labels_of(&Task::Embedding(&request));
    let body =
        Bytes::from_static(br#"{"new":{"b":1,"a":2}, "data":[{"embedding":[1e-9,2],"x":0}],"model":"m"}"#);
    let answer = engine(EngineKind::Openai).whole(TaskKind::Embedding, body.clone(), &labels).unwrap();
    assert_eq!(answer.json(), &body);
}

#[test]
fn dimensions_that_an_engine_left_unread_are_noticed() {
    for kind in [EngineKind::Tei, EngineKind::Openai] {
        let asked = |dimensions: u32| json!({"model": "m", "input": ["a", "b"], "dimensions": dimensions});
        assert!(embedded(kind, asked(3), FLOATS).is_ok());
        let error = embedded(kind, asked(2), FLOATS).unwrap_err();
        assert_eq!(error.kind, EngineErrorKind::BadRequest);
        assert_eq!(error.message, "`dimensions` cannot be 2 for this model: its vectors have a length of 3");
    }
}

#[test]
fn base64_that_holds_no_floats_is_malformed() {
    let body = br#"{"data":[{"object":"embedding","index":0,"embedding":"AAA="}],"model":"m","object":"list","usage":{}}"#;
    let error = embedded(EngineKind::Openai, json!({"model": "m", "input": "a"}), body).unwrap_err();
    assert_eq!(error.kind, EngineErrorKind::Malformed);
}

fn ranked(kind: EngineKind, asked: Value, body: &'static [u8]) -> Value {
    let request: RerankRequest = read(asked);
    let labels = labels_of(&Task::Rerank(&request));
    let body = Bytes::from_static(body.trim_ascii());
    value(&engine(kind).whole(TaskKind::Rerank, body, &labels).unwrap())
}

#[test]
fn the_best_come_first_and_no_more_than_asked_for_with_their_documents() {
    let asked = json!({"model": "m", "query": "q", "documents": ["a", {"text": "b"}, "c"], "top_n": 2,
        "return_documents": true});
    let answer = ranked(EngineKind::Llamacpp, asked, include_bytes!("fixtures/llamacpp/rerank.json"));
    let expected = json!([
        {"index": 1, "relevance_score": 6.25, "document": {"text": "b"}},
        {"index": 2, "relevance_score": 0.5, "document": {"text": "c"}}]);
    assert_eq!(answer["results"], expected);
    assert_eq!(answer["usage"], json!({"prompt_tokens": 42, "total_tokens": 42}));
}

#[test]
fn documents_that_nobody_asked_for_are_left_out() {
    let asked = json!({"model": "m", "query": "q", "documents": ["a", "b"]});
    let answer = ranked(EngineKind::Vllm, asked, include_bytes!("fixtures/vllm/rerank.json"));
    assert_eq!(answer["results"][0], json!({"index": 0, "relevance_score": 0.991_210_937_5}));
    assert_eq!(answer["usage"]["prompt_tokens"], 56);
}

#[test]
fn a_logit_becomes_a_share() {
    let asked = json!({"model": "m", "query": "q", "documents": ["a", "b", "c"]});
    let answer = ranked(EngineKind::Nim, asked, include_bytes!("fixtures/nim/ranking.json"));
    let scores = answer["results"]
        .as_array()
        .unwrap()
        .iter()
        .map(|result| result["relevance_score"].as_f64().unwrap());
    assert!(scores.is_sorted_by(|a, b| a > b && (0.0..1.0).contains(b)));
}

#[test]
fn few_inputs_are_not_cut() {
    let request: EmbeddingRequest = read(json!({"model": "m", "input": vec!["a"; 32]}));
    assert!(split(engine(EngineKind::Tei), Task::Embedding(&request)).is_none());
    let request: EmbeddingRequest = read(json!({"model": "m", "input": vec!["a"; 3000]}));
    assert!(split(engine(EngineKind::Vllm), Task::Embedding(&request)).is_none());
    assert_eq!(split(engine(EngineKind::Openai), Task::Embedding(&request)).unwrap().len(), 2);
}

/// TEI's answers to the parts of a task, each input answered by `answer`.
fn in_parts(task: Task<'_>, labels: &Labels, answer: impl Fn(usize, &Value) -> Value) -> (usize, Value) {
    let tei = engine(EngineKind::Tei);
    let parts = split(tei, task).unwrap();
    let answers: Vec<_> = parts
        .iter()
        .map(|part| {
            let part = part.task();
            let body = crate::support::sent(EngineKind::Tei, part).1;
            let inputs = ["input", "texts", "inputs"].iter().find_map(|key| body[*key].as_array()).unwrap();
            assert!(inputs.len() <= 32);
            let answers: Vec<_> = inputs.iter().enumerate().map(|(at, input)| answer(at, input)).collect();
            let body = if part.kind() == TaskKind::Embedding {
                json!({"object": "list", "data": answers, "model": "m",
                    "usage": {"prompt_tokens": inputs.len(), "total_tokens": inputs.len()}})
            } else {
                answers.into()
            };
            tei.whole(part.kind(), body.to_string().into(), &labels_of(&part)).unwrap()
        })
        .collect();
    (parts.len(), value(&join(task, &answers, labels).unwrap()))
}

proptest! {
    #[test]
    fn a_batch_in_parts_is_the_batch(numbers in collection::vec(0_u16..1000, 33..200), top in 1_u32..50) {
        let texts: Vec<_> = numbers.iter().map(u16::to_string).collect();
        let number = |input: &Value| {
            let text = input.as_str().or_else(|| input[0].as_str()).unwrap();
            text.parse::<u16>().unwrap()
        };

        let request: EmbeddingRequest = read(json!({"model": "m", "input": texts}));
        let task = Task::Embedding(&request);
        let (parts, whole) = in_parts(task, &labels_of(&task), |at, input| {
            json!({"object": "embedding", "index": at, "embedding": [number(input)]})
        });
        prop_assert_eq!(parts, numbers.len().div_ceil(32));
        for (at, (item, number)) in whole["data"].as_array().unwrap().iter().zip(&numbers).enumerate() {
            prop_assert_eq!(item["index"].as_u64(), Some(at as u64));
            prop_assert_eq!(item["embedding"][0].as_f64(), Some(f64::from(*number)));
        }
        prop_assert_eq!(whole["usage"]["total_tokens"].as_u64(), Some(numbers.len() as u64));

        let request: RerankRequest = read(json!({"model": "m", "query": "q", "documents": texts, "top_n": top,
            "return_documents": true}));
        let task = Task::Rerank(&request);
        let (_, whole) = in_parts(task, &labels_of(&task), |at, input| json!({"index": at, "score": number(input)}));
        let mut best = numbers.clone();
        best.sort_by(|a, b| b.cmp(a));
        best.truncate(top as usize);
        let results = whole["results"].as_array().unwrap();
        prop_assert_eq!(results.len(), best.len());
        for (result, best) in results.iter().zip(best) {
            let at = usize::try_from(result["index"].as_u64().unwrap()).unwrap();
            prop_assert_eq!(numbers[at], best);
            prop_assert_eq!(result["document"]["text"].as_str().unwrap(), best.to_string());
        }

        let request: ClassifyRequest = read(json!({"model": "m", "input": texts}));
        let task = Task::Classify(&request);
        let (_, whole) =
            in_parts(task, &labels_of(&task), |_, input| json!([{"label": number(input).to_string(), "score": 1}]));
        for (at, (item, number)) in whole["data"].as_array().unwrap().iter().zip(&numbers).enumerate() {
            prop_assert_eq!(item["index"].as_u64(), Some(at as u64));
            prop_assert_eq!(item["label"].as_str().unwrap(), number.to_string());
        }
    }
}
