use http::{Method, StatusCode};
use serde_json::{Value, json};
use sim::{Engine, Fault, FaultKind, SimOptions, spawn};

use crate::client::{get, json_of, post, send, status, text_of};

async fn tei(model: &str) -> sim::Handle {
    spawn(SimOptions::unpaced(Engine::Tei, [model])).await.unwrap()
}

#[tokio::test]
async fn both_embedding_routes_give_the_same_vectors() {
    let sim = tei("bge-small").await;
    let (_, own) = json_of(post(&sim, "/embed", &json!({"inputs": ["hello", "bye"]})).await).await;
    let openai = json!({"model": "anything", "input": ["hello", "bye"]});
    let (_, body) = json_of(post(&sim, "/v1/embeddings", &openai).await).await;
    assert_eq!(own[1], body["data"][1]["embedding"]);
    assert_eq!((&body["model"], &body["usage"]["prompt_tokens"]), (&json!("bge-small"), &json!(2)));
}

#[tokio::test]
async fn ranks_are_a_list_with_the_best_first() {
    let sim = tei("bge-reranker").await;
    let request = json!({"query": "capital of France", "texts": ["Bread", "Paris is the capital of France"], "return_text": true});
    let (_, ranks) = json_of(post(&sim, "/rerank", &request).await).await;
    assert_eq!(
        (&ranks[0]["index"], &ranks[0]["text"]),
        (&json!(1), &json!("Paris is the capital of France"))
    );
    assert!(ranks[0]["score"].as_f64() > ranks[1]["score"].as_f64());
}

#[tokio::test]
async fn predictions_name_every_label() {
    let sim = tei("toxicity=classify").await;
    let (_, one) = json_of(post(&sim, "/predict", &json!({"inputs": "I will kill you"})).await).await;
    assert_eq!((&one[0]["label"], one.as_array().unwrap().len()), (&json!("violence"), 6));
    let (_, batch) =
        json_of(post(&sim, "/predict", &json!({"inputs": [["nice day"], ["you idiot"]]})).await).await;
    assert_eq!((&batch[0][0]["label"], &batch[1][0]["label"]), (&json!("safe"), &json!("harassment")));
    assert_eq!(get(&sim, "/info").await.1["model_type"]["classifier"]["id2label"]["0"], "safe");
}

#[tokio::test]
async fn a_model_of_another_kind_refuses_with_424() {
    let sim = tei("bge-small").await;
    let (status, body) = json_of(post(&sim, "/rerank", &json!({"query": "q", "texts": ["t"]})).await).await;
    assert_eq!((status, &body["error_type"]), (StatusCode::FAILED_DEPENDENCY, &json!("Backend")));
}

#[tokio::test]
async fn errors_differ_between_its_own_routes_and_openais() {
    let sim = tei("bge-small").await;
    let long = "word ".repeat(9000);
    let (status, own) = json_of(post(&sim, "/embed", &json!({"inputs": long})).await).await;
    assert_eq!(status, StatusCode::UNPROCESSABLE_ENTITY);
    assert_eq!(
        own,
        json!({"error": "`inputs` must have less than 8192 tokens. Given: 9001", "error_type": "Validation"})
    );
    let (_, openai) = json_of(post(&sim, "/v1/embeddings", &json!({"input": long})).await).await;
    assert_eq!(
        (&openai["message"], &openai["code"], &openai["type"]),
        (&own["error"], &json!(422), &json!("Validation"))
    );
    let cut = json!({"inputs": long, "truncate": true});
    assert_eq!(json_of(post(&sim, "/embed", &cut).await).await.0, StatusCode::OK);

    let many: Vec<_> = (0..33).map(|n| n.to_string()).collect();
    let (_, body) = json_of(post(&sim, "/embed", &json!({"inputs": many})).await).await;
    assert_eq!(body["error"], "batch size 33 > maximum allowed batch size 32");
    let (status, body) = json_of(post(&sim, "/rerank", &json!({"query": "q", "texts": []})).await).await;
    assert_eq!((status, &body["error_type"]), (StatusCode::BAD_REQUEST, &json!("Empty")));
    sim.fault(Fault::new(FaultKind::Http503).times(1));
    let (_, body) = json_of(post(&sim, "/embed", &json!({"inputs": "a"})).await).await;
    assert_eq!(body["error_type"], "Overloaded");
}

#[tokio::test]
async fn it_tells_its_limits_health_metrics_and_tokens() {
    let sim = tei("bge-small").await;
    let (_, info) = get(&sim, "/info").await;
    assert_eq!(
        (&info["max_input_length"], &info["model_type"]),
        (&json!(8192), &json!({"embedding": {"pooling": "mean"}}))
    );
    assert_eq!(status(&sim, Method::GET, "/health").await, StatusCode::OK);
    let metrics = text_of(send(&sim, Method::GET, "/metrics", "").await).await;
    assert!(metrics.contains("\nte_queue_size 0.0\n"), "{metrics}");
    let (_, tokens) = json_of(post(&sim, "/tokenize", &json!({"inputs": "Hello there"})).await).await;
    let ids: Vec<_> = tokens[0].as_array().unwrap().iter().map(|token| token["id"].clone()).collect();
    let (_, text) = json_of(post(&sim, "/decode", &json!({"ids": ids})).await).await;
    assert_eq!(text, json!(["Hello there"]));
}

#[tokio::test]
async fn similar_sentences_score_higher() {
    let sim = tei("bge-small").await;
    let request = json!({"inputs": {"source_sentence": "reset my password",
        "sentences": ["How to reset a password", "Quarterly revenue"]}});
    let (_, scores) = json_of(post(&sim, "/similarity", &request).await).await;
    let score = |at: usize| scores.get(at).and_then(Value::as_f64).unwrap();
    assert!(score(0) > score(1));
}
