//! `/predict`: a classifier's labels. A batch is a list of lists, since a list of two texts is a pair.

use bytes::Bytes;
use serde::Deserialize;
use serde_json::{Value, json};
use shared_chat::ClassifyRequest;

use crate::{
    EngineError, Labels, Payload, Unsupported,
    answers::{classify, own},
};

pub fn body(request: &ClassifyRequest) -> Result<Bytes, Unsupported> {
    let Some(texts) = request.input.texts() else { return Err(Unsupported::token_ids("input")) };
    let mut body = request.rest.clone();
    body.insert("inputs".to_owned(), texts.iter().map(|text| json!([text])).collect());
    Ok(Value::Object(body).to_string().into())
}

#[derive(Deserialize)]
struct Prediction {
    label: String,
    score: f64,
}

/// A list for each input; a single input given by itself is answered by one list.
#[derive(Deserialize)]
#[serde(untagged)]
enum Answer {
    Batch(Vec<Vec<Prediction>>),
    Single(Vec<Prediction>),
}

pub fn whole(body: &[u8], labels: &Labels) -> Result<Payload, EngineError> {
    let inputs = match own(body)? {
        Answer::Batch(inputs) => inputs,
        Answer::Single(input) => vec![input],
    };
    let scored = |input: Vec<Prediction>| input.into_iter().map(|one| (one.label, one.score)).collect();
    classify::response(labels, inputs.into_iter().map(scored).collect())
}
