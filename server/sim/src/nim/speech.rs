//! NIM's errors: vLLM's words, without the `error` object around them, and its own for readiness.

use serde_json::{Value, json};

use crate::{
    failure::{Cause, Failure, Overflow, Voice},
    models::ModelKind,
    vllm,
};

pub struct Speech;

impl Voice for Speech {
    fn body(&self, failure: &Failure) -> Value {
        if failure.cause == Cause::Loading {
            return json!({"object": "health.response", "message": failure.message});
        }
        json!({
            "object": "error", "message": failure.message, "type": vllm::kind(failure.cause),
            "param": failure.param, "code": failure.status,
        })
    }

    /// Inside a stream, vLLM's nested form.
    fn frame_body(&self, failure: &Failure) -> Value {
        vllm::Speech.body(failure)
    }

    fn loading(&self) -> Failure {
        Failure::new(Cause::Loading, "Service is not ready.")
    }

    fn overloaded(&self) -> Failure {
        vllm::Speech.overloaded()
    }

    fn model_not_found(&self, model: &str, _served: &[&str]) -> Failure {
        Failure::new(Cause::NotFound, format!("The model `{model}` does not exist.")).param("model")
    }

    fn overflow(&self, overflow: Overflow) -> Failure {
        vllm::Speech.overflow(overflow)
    }

    fn wrong_kind(&self, model: &str, wanted: ModelKind) -> Failure {
        vllm::Speech.wrong_kind(model, wanted)
    }

    fn no_vision(&self, model: &str) -> Failure {
        vllm::Speech.no_vision(model)
    }
}
