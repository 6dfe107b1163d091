//! `/predict`: every label with its score, the likeliest first.

use axum::response::Response;
use serde::Deserialize;
use serde_json::{Value, json};

use super::{take, wrong_batch};
use crate::{
    call::Arrival,
    compose::{LABELS, scores},
    deliver,
    failure::{Failure, Wire},
    models::ModelKind,
    openai::admit_texts,
};

#[derive(Deserialize)]
struct Body {
    inputs: Inputs,
    #[serde(default)]
    raw_scores: bool,
}

/// A text, a pair of texts, or a batch in which each entry is a list of one or two texts.
#[derive(Deserialize)]
#[serde(untagged)]
enum Inputs {
    One(String),
    Pair(Vec<String>),
    Batch(Vec<Vec<String>>),
}

pub async fn predict(arrival: Arrival) -> Response {
    respond(arrival).await.unwrap_or_else(|failure| Wire::Tei.error(&failure))
}

async fn respond(arrival: Arrival) -> Result<Response, Failure> {
    let (call, body) = take::<Body>(arrival).await?;
    let (texts, batch) = match body.inputs {
        Inputs::One(text) => (vec![text], false),
        Inputs::Pair(texts) if texts.len() > 2 => {
            let message = "invalid length 3, expected a string, a pair of strings [string, string] or a batch of mixed \
                           strings and pairs [[string], [string, string], ...]";
            return Err(call.refuse_body(message.to_owned()));
        }
        Inputs::Pair(texts) => (vec![texts.join(" ")], false),
        Inputs::Batch(lists) => (lists.into_iter().map(|list| list.join(" ")).collect(), true),
    };
    if let Some(failure) = wrong_batch(texts.len(), "inputs") {
        return Err(call.refuse(failure));
    }
    let (call, _) = admit_texts(call, "", ModelKind::Classify, &texts).await?;
    let mut predictions: Vec<Value> = texts.iter().map(|text| labelled(text, body.raw_scores)).collect();
    let answer = if batch { Value::from(predictions) } else { predictions.swap_remove(0) };
    Ok(deliver::whole(call, answer.to_string(), 0).await)
}

fn labelled(text: &str, raw: bool) -> Value {
    let mut labelled: Vec<_> = LABELS.iter().zip(scores(text)).collect();
    labelled.sort_by(|left, right| right.1.total_cmp(&left.1));
    let entry =
        |(label, score): (&&str, f64)| json!({"score": if raw { score.ln() } else { score }, "label": label});
    labelled.into_iter().map(entry).collect()
}
