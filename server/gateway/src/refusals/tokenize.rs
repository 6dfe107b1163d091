//! `POST /v1/tokenize` and `POST /v1/detokenize`, in vLLM's form.

use shared::ErrorCode;
use shared_chat::{DetokenizeRequest, TokenizeRequest};

use super::{not_built, wrong};
use crate::error::CallError;

pub(crate) fn check(request: &TokenizeRequest) -> Result<(), CallError> {
    not_built(&request.rest, &[])?;
    match (&request.prompt, &request.messages) {
        (None, None) => Err(CallError::field(
            ErrorCode::MissingField,
            "prompt",
            "The required field `prompt` is missing: send it, or `messages`.",
        )),
        (Some(_), Some(_)) => Err(wrong("messages", "Send `prompt` or `messages`, not both.")),
        (None, Some(messages)) if messages.is_empty() => {
            Err(wrong("messages", "`messages` is empty: send at least one message."))
        }
        (Some(_), None) if request.tools.is_some() => {
            Err(wrong("tools", "`tools` is only accepted with `messages`."))
        }
        _ => Ok(()),
    }
}

pub(crate) fn check_back(request: &DetokenizeRequest) -> Result<(), CallError> {
    not_built(&request.rest, &[])?;
    if request.tokens.is_empty() {
        return Err(wrong("tokens", "`tokens` is empty: send at least one token's id."));
    }
    Ok(())
}
