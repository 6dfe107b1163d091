//! vLLM's errors (`vllm/entrypoints/serve/exception_handling`, `vllm/renderers/params.py`).

use serde_json::{Value, json};

use crate::{
    failure::{Cause, Failure, Input, Overflow, Voice},
    models::ModelKind,
};

pub struct Speech;

impl Voice for Speech {
    fn body(&self, failure: &Failure) -> Value {
        json!({"error": {
            "message": failure.message, "type": kind(failure.cause), "param": failure.param, "code": failure.status,
        }})
    }

    fn overloaded(&self) -> Failure {
        Failure::new(Cause::Overloaded, "The server is overloaded: too many requests are waiting.")
    }

    fn model_not_found(&self, model: &str) -> Failure {
        Failure::new(Cause::NotFound, format!("The model `{model}` does not exist.")).param("model")
    }

    fn overflow(&self, overflow: Overflow) -> Failure {
        let Overflow { context, prompt, limit, input } = overflow;
        let total = prompt + limit.unwrap_or(0);
        let message = match limit {
            Some(limit) if prompt < context => format!(
                "This model's maximum context length is {context} tokens. However, you requested {limit} output tokens \
                 and your prompt contains at least {prompt} input tokens, for a total of at least {total} tokens. \
                 Please reduce the length of the input prompt or the number of requested output tokens."
            ),
            _ if input == Input::Messages => format!(
                "This model's maximum context length is {context} tokens. However, your request has {prompt} input \
                 tokens. Please reduce the length of the input messages."
            ),
            _ => format!(
                "This model's maximum context length is {context} tokens. However, your prompt contains {prompt} input \
                 tokens, which exceeds this limit even without any output tokens. Please reduce the length of the input \
                 prompt."
            ),
        };
        Failure::new(Cause::Context, message).param("input_tokens")
    }

    fn wrong_kind(&self, _model: &str, wanted: ModelKind) -> Failure {
        let api = match wanted {
            ModelKind::Chat => "Chat Completions",
            ModelKind::Embedding => "Embeddings",
            ModelKind::Rerank => "Rerank (Score)",
            ModelKind::Classify => "Classification",
        };
        Failure::new(Cause::Unsupported, format!("The model does not support {api} API"))
    }

    fn no_vision(&self, model: &str) -> Failure {
        Failure::new(Cause::Unsupported, format!("{model} is not a multimodal model"))
    }
}

/// The error's type, as its exceptions are named.
pub fn kind(cause: Cause) -> &'static str {
    match cause {
        Cause::BadRequest | Cause::Context | Cause::Unsupported => "BadRequestError",
        Cause::Unauthorized => "AuthenticationError",
        Cause::NotFound => "NotFoundError",
        Cause::RateLimited => "RateLimitError",
        Cause::Overloaded | Cause::Loading => "ServiceUnavailableError",
        Cause::OutOfMemory | Cause::Internal => "InternalServerError",
    }
}
