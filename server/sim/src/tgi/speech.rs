//! TGI's errors (`router/src/infer/mod.rs`, `router/src/validation.rs`). Whatever refuses a stream comes inside it.

use serde_json::{Value, json};

use crate::{
    failure::{Cause, Failure, Framing, Overflow, Voice},
    models::ModelKind,
};

pub struct Speech {
    openai: bool,
}

impl Speech {
    pub const OWN: Self = Self { openai: false };
    pub const OPENAI: Self = Self { openai: true };
}

fn invalid(message: impl std::fmt::Display) -> Failure {
    Failure::new(Cause::BadRequest, format!("Input validation error: {message}")).status(422)
}

impl Voice for Speech {
    fn body(&self, failure: &Failure) -> Value {
        let kind = match failure.cause {
            Cause::BadRequest | Cause::Context | Cause::Unsupported => "validation",
            Cause::Unauthorized => "unauthorized",
            Cause::NotFound => "not_found",
            Cause::RateLimited | Cause::Overloaded => "overloaded",
            Cause::Loading => "healthcheck",
            Cause::OutOfMemory => "generation",
            Cause::Internal => "incomplete_generation",
        };
        json!({"error": failure.message, "error_type": kind})
    }

    /// On OpenAI's routes every event says 422.
    fn frame_body(&self, failure: &Failure) -> Value {
        if self.openai {
            return json!({"error": {"message": failure.message, "http_status_code": 422}});
        }
        self.body(failure)
    }

    fn framing(&self) -> Framing {
        if self.openai { Framing::Done } else { Framing::Events }
    }

    fn refuses_in_stream(&self, _failure: &Failure) -> bool {
        true
    }

    fn bad_request(&self, message: String) -> Failure {
        invalid(message)
    }

    fn rate_limited(&self) -> Failure {
        Failure::new(Cause::RateLimited, "Model is overloaded")
    }

    fn internal(&self) -> Failure {
        Failure::new(Cause::Internal, "Incomplete generation")
    }

    fn loading(&self) -> Failure {
        Failure::new(Cause::Loading, "unhealthy")
    }

    fn overloaded(&self) -> Failure {
        Failure::new(Cause::Overloaded, "Model is overloaded").status(429)
    }

    fn out_of_memory(&self) -> Failure {
        let message =
            "Request failed during generation: Server error: CUDA out of memory. Tried to allocate 2.00 GiB.";
        Failure::new(Cause::OutOfMemory, message).status(424)
    }

    fn model_not_found(&self, model: &str, _served: &[&str]) -> Failure {
        Failure::new(Cause::NotFound, format!("Model {model} not found"))
    }

    fn overflow(&self, overflow: Overflow) -> Failure {
        let Overflow { context, prompt, limit, .. } = overflow;
        let failure = match limit {
            Some(limit) if prompt < context => invalid(format!(
                "`inputs` tokens + `max_new_tokens` must be <= {context}. Given: {prompt} `inputs` tokens and {limit} \
                 `max_new_tokens`"
            )),
            _ => invalid(format!(
                "`inputs` must have less than {} tokens. Given: {prompt}",
                context.saturating_sub(1)
            )),
        };
        Failure { cause: Cause::Context, ..failure }
    }

    fn wrong_kind(&self, model: &str, _wanted: ModelKind) -> Failure {
        invalid(format!("{model} does not generate text"))
    }

    fn no_vision(&self, _model: &str) -> Failure {
        invalid("image modality is not supported")
    }
}
