//! Log probabilities as OpenAI's routes write them.

use serde_json::{Value, json};

use crate::{
    compose::{Pieces, logprob},
    failure::Wire,
};

/// One token's entry in a chat's answer.
pub fn chat_entry(wire: Wire, token: &str, top: u32) -> Value {
    let (own, likeliest) = logprob(token, top);
    let entry = |token: &str, logprob: f64| {
        let mut entry = json!({"token": token, "logprob": logprob, "bytes": token.as_bytes()});
        if wire == Wire::Llamacpp {
            entry["id"] = json!(token.len());
        }
        entry
    };
    let mut first = entry(token, own);
    first["top_logprobs"] = likeliest.iter().map(|other| entry(&other.token, other.logprob)).collect();
    first
}

/// The parallel lists of a completion's answer, or of one of its frames that begins at `offset` characters.
pub fn completion_lists(pieces: &Pieces, top: u32, mut offset: usize) -> Value {
    let (mut tokens, mut own, mut others, mut offsets) = (vec![], vec![], vec![], vec![]);
    for piece in pieces.iter() {
        let (value, likeliest) = logprob(piece, top.max(1));
        let map: serde_json::Map<_, _> =
            likeliest.into_iter().map(|other| (other.token, other.logprob.into())).collect();
        tokens.push(piece);
        own.push(value);
        others.push(map);
        offsets.push(offset);
        offset += piece.chars().count();
    }
    json!({"tokens": tokens, "token_logprobs": own, "top_logprobs": others, "text_offset": offsets})
}
