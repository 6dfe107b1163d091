//! `POST /v1/completions`.

use shared_chat::{CompletionRequest, TextOrTokens};

use super::{answers, at_least_one, not_built, refuse, service_tier, stream_options, wrong};
use crate::error::CallError;

/// Prompts that one call may hold.
const MOST_PROMPTS: usize = 128;
/// Answers of one call, over all its prompts.
const MOST_ANSWERS: usize = 256;

pub(crate) fn check(request: &CompletionRequest) -> Result<(), CallError> {
    not_built(&request.rest, &[])?;
    service_tier(&request.rest)?;
    stream_options(request.stream_options.as_ref(), request.wants_stream())?;
    answers("n", request.n)?;
    answers("best_of", request.best_of)?;
    at_least_one("max_tokens", request.max_tokens)?;
    prompts(&request.prompt)?;
    if let (Some(best_of), n) = (request.best_of, request.n.unwrap_or(1)) {
        if best_of < n {
            return Err(wrong("best_of", format!("`best_of` is {best_of}: accepted is `n`, {n}, or more.")));
        }
        if best_of > n && request.wants_stream() {
            return Err(refuse("best_of", "`best_of` beyond `n` is not supported with `stream: true`."));
        }
    }
    let all = request.prompt.count().saturating_mul(request.n.unwrap_or(1) as usize);
    if all > MOST_ANSWERS {
        return Err(wrong(
            "n",
            format!("`n` for each prompt makes {all} answers: accepted are at most {MOST_ANSWERS} a call."),
        ));
    }
    Ok(())
}

fn prompts(prompt: &TextOrTokens) -> Result<(), CallError> {
    let count = prompt.count();
    if count > MOST_PROMPTS {
        return Err(wrong(
            "prompt",
            format!("`prompt` has {count} prompts: accepted are at most {MOST_PROMPTS} a call."),
        ));
    }
    let empty = match prompt {
        TextOrTokens::Text(text) => text.is_empty(),
        TextOrTokens::Texts(texts) => texts.is_empty() || texts.iter().any(String::is_empty),
        TextOrTokens::Tokens(tokens) => tokens.is_empty(),
        TextOrTokens::TokenArrays(arrays) => arrays.is_empty() || arrays.iter().any(Vec::is_empty),
    };
    if empty {
        return Err(wrong("prompt", "`prompt` is empty, or one of its prompts is: send at least one token."));
    }
    Ok(())
}
