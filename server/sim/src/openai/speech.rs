//! OpenAI's errors.

use serde_json::{Value, json};

use crate::{
    failure::{Cause, Failure, Input, Overflow, Voice},
    models::ModelKind,
};

pub struct Speech;

impl Voice for Speech {
    fn body(&self, failure: &Failure) -> Value {
        let (kind, code) = kind_and_code(failure.cause);
        json!({"error": {"message": failure.message, "type": kind, "param": failure.param, "code": code}})
    }

    fn unauthorized(&self) -> Failure {
        Failure::new(Cause::Unauthorized, "Incorrect API key provided.")
    }

    fn internal(&self) -> Failure {
        Failure::new(
            Cause::Internal,
            "The server had an error while processing your request. Sorry about that!",
        )
    }

    fn overloaded(&self) -> Failure {
        Failure::new(Cause::Overloaded, "The engine is currently overloaded, please try again later")
    }

    fn out_of_memory(&self) -> Failure {
        Failure::new(
            Cause::OutOfMemory,
            "The server had an error while processing your request: out of memory",
        )
    }

    fn model_not_found(&self, model: &str, _served: &[&str]) -> Failure {
        let message = format!("The model `{model}` does not exist or you do not have access to it.");
        Failure::new(Cause::NotFound, message).param("model")
    }

    fn overflow(&self, overflow: Overflow) -> Failure {
        let Overflow { context, prompt, limit, input } = overflow;
        let total = prompt + limit.unwrap_or(0);
        let (what, param) = match input {
            Input::Messages => ("messages", "messages"),
            Input::Prompt => ("prompt", "prompt"),
            Input::Texts => ("input", "input"),
        };
        let message = format!(
            "This model's maximum context length is {context} tokens. However, your {what} resulted in {total} \
             tokens. Please reduce the length of the {what}."
        );
        Failure::new(Cause::Context, message).param(param)
    }

    fn wrong_kind(&self, model: &str, wanted: ModelKind) -> Failure {
        let message = match wanted {
            ModelKind::Chat => {
                "This is not a chat model and thus not supported in the v1/chat/completions endpoint."
            }
            _ => "You are not allowed to request this endpoint with this model.",
        };
        Failure::new(Cause::Unsupported, format!("{message} Model: {model}")).param("model")
    }

    fn no_vision(&self, model: &str) -> Failure {
        let message =
            format!("Invalid content type. image_url is only supported by certain models, not `{model}`.");
        Failure::new(Cause::Unsupported, message).param("messages")
    }
}

fn kind_and_code(cause: Cause) -> (&'static str, Value) {
    match cause {
        Cause::BadRequest | Cause::Unsupported => ("invalid_request_error", Value::Null),
        Cause::Context => ("invalid_request_error", "context_length_exceeded".into()),
        Cause::Unauthorized => ("invalid_request_error", "invalid_api_key".into()),
        Cause::NotFound => ("invalid_request_error", "model_not_found".into()),
        Cause::RateLimited => ("requests", "rate_limit_exceeded".into()),
        Cause::Overloaded | Cause::Loading | Cause::OutOfMemory | Cause::Internal => {
            ("server_error", Value::Null)
        }
    }
}
