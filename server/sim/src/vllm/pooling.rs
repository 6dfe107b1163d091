//! vLLM's pooling models: `/rerank`, `/score`, `/classify` (`vllm/entrypoints/pooling`).

use axum::response::Response;
use serde::Deserialize;
use serde_json::{Value, json};

use crate::{
    call::{Arrival, Call},
    compose::{LABELS, relevance, scores},
    deliver,
    failure::{Failure, Wire},
    models::ModelKind,
    openai::{admit_texts, wire},
    state::since_epoch,
};

#[derive(Deserialize)]
struct Rerank {
    #[serde(default)]
    model: String,
    query: String,
    documents: Vec<Document>,
    #[serde(default)]
    top_n: Option<usize>,
}

#[derive(Deserialize)]
#[serde(untagged)]
enum Document {
    Text(String),
    Object { text: String },
}

#[derive(Deserialize)]
struct Score {
    #[serde(default)]
    model: String,
    #[serde(alias = "queries")]
    text_1: Texts,
    #[serde(alias = "documents")]
    text_2: Texts,
}

#[derive(Deserialize)]
struct Classify {
    #[serde(default)]
    model: String,
    input: Texts,
}

#[derive(Deserialize)]
#[serde(untagged)]
enum Texts {
    One(String),
    Many(Vec<String>),
}

impl Texts {
    fn list(self) -> Vec<String> {
        match self {
            Self::One(text) => vec![text],
            Self::Many(texts) => texts,
        }
    }
}

/// Documents by their relevance, the best first: their places and scores.
pub fn ranked(query: &str, documents: &[String]) -> Vec<(usize, f64)> {
    let mut ranked: Vec<_> =
        documents.iter().map(|document| relevance(query, document)).enumerate().collect();
    ranked.sort_by(|left, right| right.1.total_cmp(&left.1));
    ranked
}

/// Takes a call in and reads its body.
async fn take<B: serde::de::DeserializeOwned>(arrival: Arrival, wire: Wire) -> Result<(Call, B), Failure> {
    let (call, body) = Call::arrive(arrival, wire).await?;
    match serde_json::from_slice(&body) {
        Ok(body) => Ok((call, body)),
        Err(error) => Err(call.refuse_body(error.to_string())),
    }
}

/// vLLM's and llama.cpp's.
pub async fn rerank(arrival: Arrival) -> Response {
    let wire = wire(&arrival.sim);
    rerank_by(arrival, wire).await.unwrap_or_else(|failure| wire.error(&failure))
}

async fn rerank_by(arrival: Arrival, wire: Wire) -> Result<Response, Failure> {
    let (call, body) = take::<Rerank>(arrival, wire).await?;
    let text = |document| match document {
        Document::Text(text) | Document::Object { text } => text,
    };
    let documents: Vec<_> = body.documents.into_iter().map(text).collect();
    let pairs: Vec<_> = documents.iter().map(|document| format!("{} {document}", body.query)).collect();
    let (call, tokens) = admit_texts(call, &body.model, ModelKind::Rerank, &pairs).await?;
    let most = body.top_n.filter(|most| *most > 0).unwrap_or(documents.len());
    let result = |(index, score): (usize, f64)| {
        let mut result = json!({"index": index, "relevance_score": score});
        if wire == Wire::Vllm {
            result["document"] = json!({"text": documents[index], "multi_modal": null});
        }
        result
    };
    let results: Vec<_> = ranked(&body.query, &documents).into_iter().take(most).map(result).collect();
    let usage = json!({"prompt_tokens": tokens, "total_tokens": tokens});
    let mut answer = json!({"model": body.model, "usage": usage, "results": results});
    if wire == Wire::Vllm {
        answer["id"] = format!("rerank-{}", call.sim.unique()).into();
    } else {
        answer["object"] = "list".into();
    }
    Ok(deliver::whole(call, answer.to_string(), 0).await)
}

pub async fn score(arrival: Arrival) -> Response {
    score_pairs(arrival).await.unwrap_or_else(|failure| Wire::Vllm.error(&failure))
}

async fn score_pairs(arrival: Arrival) -> Result<Response, Failure> {
    let (call, body) = take::<Score>(arrival, Wire::Vllm).await?;
    let (left, right) = (body.text_1.list(), body.text_2.list());
    if left.len() != 1 && left.len() != right.len() {
        return Err(call.refuse_body("Input lengths must be either 1:1, 1:N or N:N".to_owned()));
    }
    let pairs: Vec<_> = right.iter().enumerate().map(|(at, text)| (&left[at % left.len()], text)).collect();
    let texts: Vec<_> = pairs.iter().map(|(left, right)| format!("{left} {right}")).collect();
    let (call, tokens) = admit_texts(call, &body.model, ModelKind::Rerank, &texts).await?;
    let entry = |(index, (left, right)): (usize, &(&String, &String))| json!({"index": index, "object": "score", "score": relevance(left, right)});
    let data: Vec<_> = pairs.iter().enumerate().map(entry).collect();
    let answer = listed(&call, "embd", &body.model, data, tokens);
    Ok(deliver::whole(call, answer, 0).await)
}

/// vLLM's and SGLang's.
pub async fn classify(arrival: Arrival) -> Response {
    let wire = wire(&arrival.sim);
    classify_texts(arrival, wire).await.unwrap_or_else(|failure| wire.error(&failure))
}

async fn classify_texts(arrival: Arrival, wire: Wire) -> Result<Response, Failure> {
    let (call, body) = take::<Classify>(arrival, wire).await?;
    let texts = body.input.list();
    let (call, tokens) = admit_texts(call, &body.model, ModelKind::Classify, &texts).await?;
    let entry = |(index, text): (usize, &String)| {
        let probs = scores(text);
        let best = (0..probs.len()).max_by(|l, r| probs[*l].total_cmp(&probs[*r])).unwrap_or(0);
        json!({"index": index, "label": LABELS[best], "probs": probs, "num_classes": probs.len()})
    };
    let data: Vec<_> = texts.iter().enumerate().map(entry).collect();
    let answer = listed(&call, "classify", &body.model, data, tokens);
    Ok(deliver::whole(call, answer, 0).await)
}

fn listed(call: &Call, id: &str, model: &str, data: Vec<Value>, tokens: u64) -> String {
    json!({
        "id": format!("{id}-{}", call.sim.unique()), "object": "list", "created": since_epoch().as_secs(),
        "model": model, "data": data,
        "usage": {"prompt_tokens": tokens, "total_tokens": tokens, "completion_tokens": 0,
                  "prompt_tokens_details": null},
    })
    .to_string()
}
