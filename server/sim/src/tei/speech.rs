//! TEI's errors (`router/src/http/server.rs`): its own routes name the type in one way, OpenAI's in another.

use serde_json::{Value, json};

use crate::{
    failure::{Cause, Failure, Overflow, Voice},
    models::ModelKind,
};

pub struct Speech {
    openai: bool,
}

impl Speech {
    pub const OWN: Self = Self { openai: false };
    pub const OPENAI: Self = Self { openai: true };
}

impl Voice for Speech {
    fn body(&self, failure: &Failure) -> Value {
        let kind = match failure.cause {
            // An empty batch is the only input that it calls a bad request; the rest is 422.
            Cause::BadRequest if failure.status == 400 => "Empty",
            Cause::BadRequest | Cause::Context | Cause::NotFound => "Validation",
            Cause::Unsupported | Cause::OutOfMemory | Cause::Internal | Cause::Unauthorized => "Backend",
            Cause::RateLimited | Cause::Overloaded => "Overloaded",
            Cause::Loading => "Unhealthy",
        };
        if self.openai {
            return json!({"message": failure.message, "code": failure.status, "type": kind});
        }
        json!({"error": failure.message, "error_type": kind})
    }

    fn bad_request(&self, message: String) -> Failure {
        Failure::new(Cause::BadRequest, message).status(422)
    }

    fn rate_limited(&self) -> Failure {
        Failure::new(Cause::RateLimited, "Model is overloaded")
    }

    fn internal(&self) -> Failure {
        Failure::new(Cause::Internal, "Inference failed").status(424)
    }

    fn loading(&self) -> Failure {
        Failure::new(Cause::Loading, "unhealthy")
    }

    fn overloaded(&self) -> Failure {
        Failure::new(Cause::Overloaded, "Model is overloaded").status(429)
    }

    fn out_of_memory(&self) -> Failure {
        let message = "DriverError(CUDA_ERROR_OUT_OF_MEMORY, \"out of memory\")";
        Failure::new(Cause::OutOfMemory, message).status(424)
    }

    fn model_not_found(&self, model: &str, _served: &[&str]) -> Failure {
        Failure::new(Cause::NotFound, format!("Model {model} not found"))
    }

    fn overflow(&self, overflow: Overflow) -> Failure {
        let Overflow { context, prompt, .. } = overflow;
        let message = format!("`inputs` must have less than {context} tokens. Given: {prompt}");
        Failure::new(Cause::Context, message).status(422)
    }

    fn wrong_kind(&self, _model: &str, wanted: ModelKind) -> Failure {
        let message = match wanted {
            ModelKind::Embedding | ModelKind::Chat => "Model is not an embedding model",
            ModelKind::Rerank => "model is not a re-ranker model",
            ModelKind::Classify => "Model is not a classifier model",
        };
        Failure::new(Cause::Unsupported, message).status(424)
    }

    fn no_vision(&self, _model: &str) -> Failure {
        self.bad_request("`inputs` must be texts".to_owned())
    }
}
