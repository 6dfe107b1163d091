//! `POST /v1/rerank`: a bare list (`RerankResponse` in `sglang/srt/entrypoints/openai/protocol.py`).

use axum::response::Response;
use serde::Deserialize;
use serde_json::{Value, json};

use crate::{
    call::{Arrival, Call},
    deliver,
    failure::{Failure, Wire},
    models::ModelKind,
    openai::admit_texts,
    vllm::ranked,
};

#[derive(Deserialize)]
struct Body {
    query: String,
    documents: Vec<String>,
    top_n: Option<usize>,
    #[serde(default = "yes")]
    return_documents: bool,
}

fn yes() -> bool {
    true
}

pub async fn rerank(arrival: Arrival) -> Response {
    respond(arrival).await.unwrap_or_else(|failure| Wire::Sglang.error(&failure))
}

async fn respond(arrival: Arrival) -> Result<Response, Failure> {
    let (call, body) = Call::arrive(arrival, Wire::Sglang).await?;
    let body: Body = match serde_json::from_slice(&body) {
        Ok(body) => body,
        Err(error) => return Err(call.refuse_body(error.to_string())),
    };
    if body.top_n == Some(0) {
        return Err(call.refuse_body("Value error, parameter top_n should be larger than 0.".to_owned()));
    }
    let pairs: Vec<_> = body.documents.iter().map(|document| format!("{} {document}", body.query)).collect();
    let (call, _) = admit_texts(call, "", ModelKind::Rerank, &pairs).await?;
    let result = |(index, score): (usize, f64)| {
        let mut result = json!({"score": score, "index": index, "meta_info": {"prompt_tokens": 0}});
        if body.return_documents {
            result["document"] = body.documents[index].as_str().into();
        }
        result
    };
    let most = body.top_n.unwrap_or(body.documents.len());
    let results: Vec<Value> =
        ranked(&body.query, &body.documents).into_iter().take(most).map(result).collect();
    Ok(deliver::whole(call, Value::from(results).to_string(), 0).await)
}
