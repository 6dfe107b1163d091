//! Embeddings in the encoding that the caller asked for, whichever the engine wrote.

use base64::{Engine as _, prelude::BASE64_STANDARD};
use serde::Deserialize;
use serde_json::value::RawValue;
use shared_chat::{Embedding, EmbeddingResponse, EmbeddingUsage, EncodingFormat, Vector};

use super::{index, parsed, written};
use crate::{EngineError, Labels, Payload};

#[derive(Deserialize)]
struct Head<'a> {
    #[serde(borrow)]
    data: Vec<Item<'a>>,
}

#[derive(Deserialize)]
struct Item<'a> {
    #[serde(borrow)]
    embedding: &'a RawValue,
}

/// An answer in OpenAI's form: as it came when its vectors are encoded as asked, else with each encoded anew.
pub fn read(payload: Payload, labels: &Labels) -> Result<Payload, EngineError> {
    let head: Head<'_> = serde_json::from_slice(payload.json()).map_err(|_| EngineError::malformed())?;
    let as_asked = |item: &Item<'_>| {
        let base64 = item.embedding.get().starts_with('"');
        base64 == (labels.asked.encoding == EncodingFormat::Base64)
    };
    if head.data.is_empty() {
        return Err(EngineError::malformed());
    }
    if head.data.iter().all(as_asked) && labels.asked.dimensions.is_none() {
        return Ok(payload);
    }
    let mut response: EmbeddingResponse = parsed(payload.json())?;
    if let Some(first) = response.data.first() {
        measured(&first.embedding, labels)?;
    }
    for item in &mut response.data {
        // llama.cpp names the encoding.
        item.rest.remove("encoding_format");
        let vector = std::mem::replace(&mut item.embedding, Vector::Floats(Vec::new()));
        item.embedding = encoded(vector, labels.asked.encoding).ok_or_else(EngineError::malformed)?;
    }
    written(&response)
}

/// Vectors of an engine that has a form of its own, in the order of the inputs.
pub fn response(labels: &Labels, vectors: Vec<Vec<f32>>, prompt_tokens: u64) -> Result<Payload, EngineError> {
    let item = |(at, vector): (usize, Vec<f32>)| {
        let vector = Vector::Floats(vector);
        measured(&vector, labels)?;
        let vector = encoded(vector, labels.asked.encoding);
        Ok(Embedding::new(index(at)?, vector.ok_or_else(EngineError::malformed)?))
    };
    written(&EmbeddingResponse {
        object: EmbeddingResponse::OBJECT.to_owned(),
        data: vectors.into_iter().enumerate().map(item).collect::<Result<_, EngineError>>()?,
        model: labels.model.clone(),
        usage: EmbeddingUsage::of(prompt_tokens),
        rest: shared_chat::Rest::new(),
    })
}

/// An engine that does not know `dimensions` leaves it unread, and its vectors are of their own length.
fn measured(vector: &Vector, labels: &Labels) -> Result<(), EngineError> {
    let length = match vector {
        Vector::Floats(floats) => floats.len(),
        Vector::Base64(text) => BASE64_STANDARD.decode(text).map_err(|_| EngineError::malformed())?.len() / 4,
    };
    match labels.asked.dimensions {
        Some(asked) if usize::try_from(asked) != Ok(length) => Err(EngineError::refusing(format!(
            "`dimensions` cannot be {asked} for this model: its vectors have a length of {length}"
        ))),
        _ => Ok(()),
    }
}

/// None for base64 that holds no 32-bit floats.
fn encoded(vector: Vector, wanted: EncodingFormat) -> Option<Vector> {
    match (vector, wanted) {
        (Vector::Floats(floats), EncodingFormat::Base64) => {
            let bytes: Vec<u8> = floats.iter().flat_map(|float| float.to_le_bytes()).collect();
            Some(Vector::Base64(BASE64_STANDARD.encode(bytes)))
        }
        (Vector::Base64(text), EncodingFormat::Float) => {
            let bytes = BASE64_STANDARD.decode(text).ok()?;
            let (floats, rest) = bytes.as_chunks::<4>();
            rest.is_empty()
                .then(|| Vector::Floats(floats.iter().map(|float| f32::from_le_bytes(*float)).collect()))
        }
        (vector, _) => Some(vector),
    }
}
