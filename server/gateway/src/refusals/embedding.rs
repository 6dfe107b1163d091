//! `POST /v1/embeddings`. Bounds are OpenAI's.

use shared_chat::{EmbeddingRequest, TextOrTokens};

use super::{not_built, wrong};
use crate::error::CallError;

/// Inputs of one call.
const MOST_INPUTS: usize = 2048;
/// Beyond any model's.
const MOST_DIMENSIONS: u32 = 65_536;

pub(crate) fn check(request: &EmbeddingRequest) -> Result<(), CallError> {
    not_built(&request.rest, &[])?;
    inputs(&request.input)?;
    if let Some(asked) = request.dimensions.filter(|asked| !(1..=MOST_DIMENSIONS).contains(asked)) {
        return Err(wrong(
            "dimensions",
            format!("`dimensions` is {asked}: accepted is 1 to {MOST_DIMENSIONS}, as far as the model can."),
        ));
    }
    Ok(())
}

fn inputs(input: &TextOrTokens) -> Result<(), CallError> {
    let count = input.count();
    if count == 0 {
        return Err(wrong("input", "`input` is empty: send at least one text."));
    }
    if count > MOST_INPUTS {
        return Err(wrong(
            "input",
            format!("`input` has {count} inputs: accepted are at most {MOST_INPUTS} a call."),
        ));
    }
    let (alone, empty) = match input {
        TextOrTokens::Text(text) => (true, text.is_empty().then_some(0)),
        TextOrTokens::Texts(texts) => (false, texts.iter().position(String::is_empty)),
        TextOrTokens::Tokens(tokens) => (true, tokens.is_empty().then_some(0)),
        TextOrTokens::TokenArrays(arrays) => (false, arrays.iter().position(Vec::is_empty)),
    };
    match empty {
        None => Ok(()),
        Some(_) if alone => Err(wrong("input", "`input` is empty: send at least one token of text.")),
        Some(index) => {
            let field = format!("input[{index}]");
            let message = format!("`{field}` is empty: each input needs at least one token of text.");
            Err(wrong(&field, message))
        }
    }
}
