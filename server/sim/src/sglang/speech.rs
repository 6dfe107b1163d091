//! SGLang's errors: flat objects, but nested in a stream (`serving_base.py`, `tokenizer_manager.py`).

use serde_json::{Value, json};

use crate::{
    failure::{Cause, Failure, Overflow, Voice},
    models::ModelKind,
};

pub struct Speech;

fn object(failure: &Failure, kind: &str) -> Value {
    json!({
        "object": "error", "message": failure.message, "type": kind, "param": failure.param, "code": failure.status,
    })
}

impl Voice for Speech {
    fn body(&self, failure: &Failure) -> Value {
        match failure.cause {
            // What its scheduler refuses becomes an HTTP exception, whose type is the status.
            Cause::Overloaded | Cause::RateLimited => object(failure, &failure.status.to_string()),
            Cause::BadRequest | Cause::Context | Cause::Unsupported => object(failure, "BadRequestError"),
            Cause::NotFound => object(failure, "NotFoundError"),
            Cause::Unauthorized => json!({"error": failure.message}),
            Cause::Loading | Cause::OutOfMemory | Cause::Internal => object(failure, "InternalServerError"),
        }
    }

    fn frame_body(&self, failure: &Failure) -> Value {
        let kind = match failure.cause {
            Cause::Overloaded => "SERVICE_UNAVAILABLE",
            _ => "InternalServerError",
        };
        json!({"error": object(failure, kind)})
    }

    fn waits_for_first_token(&self) -> bool {
        true
    }

    /// A full queue is found out only by the scheduler, when the stream has begun.
    fn refuses_in_stream(&self, failure: &Failure) -> bool {
        failure.cause == Cause::Overloaded
    }

    fn internal(&self) -> Failure {
        Failure::new(Cause::Internal, "Internal server error")
    }

    fn overloaded(&self) -> Failure {
        Failure::new(Cause::Overloaded, "The request queue is full.")
    }

    fn model_not_found(&self, model: &str, _served: &[&str]) -> Failure {
        Failure::new(Cause::NotFound, format!("The model '{model}' does not exist")).param("model")
    }

    fn overflow(&self, overflow: Overflow) -> Failure {
        let Overflow { context, prompt, limit, .. } = overflow;
        let message = match limit {
            Some(limit) if prompt < context => format!(
                "Requested token count exceeds the model's maximum context length of {context} tokens. You requested a \
                 total of {} tokens: {prompt} tokens from the input messages and {limit} tokens for the completion. \
                 Please reduce the number of tokens in the input messages or the completion to fit within the limit.",
                prompt + limit
            ),
            _ => format!(
                "The input ({prompt} tokens) is longer than the model's context length ({context} tokens)."
            ),
        };
        Failure::new(Cause::Context, message)
    }

    fn wrong_kind(&self, _model: &str, wanted: ModelKind) -> Failure {
        let message = match wanted {
            ModelKind::Chat => "This model does not appear to be a generation model.",
            _ => {
                "This model does not appear to be an embedding model by default. Please add `--is-embedding` when \
                 launching the server or try another model."
            }
        };
        Failure::new(Cause::Unsupported, message)
    }

    fn no_vision(&self, _model: &str) -> Failure {
        Failure::new(Cause::Unsupported, "image input is not supported for this model")
    }
}
