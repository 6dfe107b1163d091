//! Anthropic's errors.

use serde_json::{Value, json};

use crate::{
    failure::{Cause, Failure, Framing, Overflow, Voice},
    models::ModelKind,
};

pub struct Speech;

impl Voice for Speech {
    fn body(&self, failure: &Failure) -> Value {
        let kind = match failure.cause {
            Cause::BadRequest | Cause::Context | Cause::Unsupported => "invalid_request_error",
            Cause::Unauthorized => "authentication_error",
            Cause::NotFound => "not_found_error",
            Cause::RateLimited => "rate_limit_error",
            Cause::Overloaded => "overloaded_error",
            Cause::Loading | Cause::OutOfMemory | Cause::Internal => "api_error",
        };
        json!({
            "type": "error", "error": {"type": kind, "message": failure.message},
            "request_id": "req_simulated",
        })
    }

    fn framing(&self) -> Framing {
        Framing::Named
    }

    fn unauthorized(&self) -> Failure {
        Failure::new(Cause::Unauthorized, "invalid x-api-key")
    }

    fn rate_limited(&self) -> Failure {
        Failure::new(Cause::RateLimited, "This request would exceed your organization's rate limit.")
    }

    fn internal(&self) -> Failure {
        Failure::new(Cause::Internal, "Internal server error")
    }

    fn overloaded(&self) -> Failure {
        Failure::new(Cause::Overloaded, "Overloaded").status(529)
    }

    fn out_of_memory(&self) -> Failure {
        Failure::new(Cause::OutOfMemory, "Internal server error")
    }

    fn model_not_found(&self, model: &str, _served: &[&str]) -> Failure {
        Failure::new(Cause::NotFound, format!("model: {model}"))
    }

    fn overflow(&self, overflow: Overflow) -> Failure {
        let Overflow { context, prompt, limit, .. } = overflow;
        let message = match limit {
            Some(limit) if prompt < context => format!(
                "input length and `max_tokens` exceed context limit: {prompt} + {limit} > {context}, decrease input \
                 length or `max_tokens` and try again"
            ),
            _ => format!("prompt is too long: {prompt} tokens > {context} maximum"),
        };
        Failure::new(Cause::Context, message)
    }

    fn wrong_kind(&self, model: &str, _wanted: ModelKind) -> Failure {
        Failure::new(Cause::Unsupported, format!("{model} is not supported on this endpoint"))
    }

    fn no_vision(&self, model: &str) -> Failure {
        Failure::new(Cause::Unsupported, format!("messages: image content is not supported by {model}"))
    }
}
