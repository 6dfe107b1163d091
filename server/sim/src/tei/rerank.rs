//! `/rerank`: a list of ranks, the best first.

use axum::response::Response;
use serde::Deserialize;
use serde_json::{Value, json};

use super::{take, wrong_batch};
use crate::{
    call::Arrival,
    deliver,
    failure::{Failure, Wire},
    models::ModelKind,
    openai::admit_texts,
    vllm::ranked,
};

#[derive(Deserialize)]
struct Body {
    query: String,
    texts: Vec<String>,
    #[serde(default)]
    raw_scores: bool,
    #[serde(default)]
    return_text: bool,
}

pub async fn rerank(arrival: Arrival) -> Response {
    respond(arrival).await.unwrap_or_else(|failure| Wire::Tei.error(&failure))
}

async fn respond(arrival: Arrival) -> Result<Response, Failure> {
    let (call, body) = take::<Body>(arrival).await?;
    if let Some(failure) = wrong_batch(body.texts.len(), "texts") {
        return Err(call.refuse(failure));
    }
    let pairs: Vec<_> = body.texts.iter().map(|text| format!("{} {text}", body.query)).collect();
    let (call, _) = admit_texts(call, "", ModelKind::Rerank, &pairs).await?;
    let rank = |(index, score): (usize, f64)| {
        let share = score.clamp(1e-6, 1.0 - 1e-6);
        let score = if body.raw_scores { (share / (1.0 - share)).ln() } else { score };
        let mut rank = json!({"index": index, "score": score});
        if body.return_text {
            rank["text"] = body.texts[index].as_str().into();
        }
        rank
    };
    let ranks: Value = ranked(&body.query, &body.texts).into_iter().map(rank).collect();
    Ok(deliver::whole(call, ranks.to_string(), 0).await)
}
