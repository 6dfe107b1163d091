//! Ollama's errors: one text on its own routes (`server/routes.go`), an object on OpenAI's (`openai/openai.go`).

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

impl Voice for Speech {
    fn body(&self, failure: &Failure) -> Value {
        if !self.openai {
            return json!({"error": failure.message});
        }
        let kind = match failure.status {
            400 => "invalid_request_error",
            404 => "not_found_error",
            _ => "api_error",
        };
        json!({"error": {"message": failure.message, "type": kind, "param": null, "code": null}})
    }

    fn framing(&self) -> Framing {
        if self.openai { Framing::Done } else { Framing::Lines }
    }

    fn waits_for_first_token(&self) -> bool {
        true
    }

    fn internal(&self) -> Failure {
        Failure::new(Cause::Internal, "llama runner process has terminated: exit status 2")
    }

    fn loading(&self) -> Failure {
        Failure::new(Cause::Loading, "timed out waiting for llama runner to start - progress 0.42")
            .status(500)
    }

    fn overloaded(&self) -> Failure {
        Failure::new(Cause::Overloaded, "server busy, please try again.  maximum pending requests exceeded")
    }

    fn out_of_memory(&self) -> Failure {
        let message = "model requires more system memory (12.4 GiB) than is available (9.8 GiB)";
        Failure::new(Cause::OutOfMemory, message)
    }

    fn model_not_found(&self, model: &str, _served: &[&str]) -> Failure {
        Failure::new(Cause::NotFound, format!("model '{model}' not found"))
    }

    fn overflow(&self, _overflow: Overflow) -> Failure {
        Failure::new(Cause::Context, "the input length exceeds the context length")
    }

    fn wrong_kind(&self, model: &str, wanted: ModelKind) -> Failure {
        let what = if wanted == ModelKind::Chat { "chat" } else { "embed" };
        Failure::new(Cause::Unsupported, format!("\"{model}\" does not support {what}"))
    }

    fn no_vision(&self, _model: &str) -> Failure {
        Failure::new(Cause::Unsupported, "this model is missing data required for image input").status(500)
    }
}
