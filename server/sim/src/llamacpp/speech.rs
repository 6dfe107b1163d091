//! llama.cpp's errors (`format_error_response` in `server-common.cpp`).

use serde_json::{Value, json};

use crate::{
    failure::{Cause, Failure, Overflow, Voice},
    models::ModelKind,
    wrong::Wrong,
};

pub struct Speech;

impl Voice for Speech {
    fn body(&self, failure: &Failure) -> Value {
        let kind = match failure.cause {
            Cause::BadRequest | Cause::RateLimited => "invalid_request_error",
            Cause::Context => "exceed_context_size_error",
            Cause::Unsupported => "not_supported_error",
            Cause::Unauthorized => "authentication_error",
            Cause::NotFound => "not_found_error",
            Cause::Overloaded | Cause::Loading => "unavailable_error",
            Cause::OutOfMemory | Cause::Internal => "server_error",
        };
        let mut error = json!({"code": failure.status, "message": failure.message, "type": kind});
        if let Some((prompt, context)) = failure.counts {
            error["n_prompt_tokens"] = prompt.into();
            error["n_ctx"] = context.into();
        }
        json!({"error": error})
    }

    fn wrong(&self, wrong: &Wrong) -> Failure {
        self.bad_request(match wrong {
            Wrong::Syntax { at, .. } => format!(
                "[json.exception.parse_error.101] parse error at line 1, column {}: syntax error while parsing value - \
                 unexpected end of input; expected '[', '{{', or a literal",
                at + 1
            ),
            Wrong::Missing { field, .. } => format!("'{field}' is required"),
            Wrong::NotAList { field, .. } => format!("Expected '{field}' to be an array"),
            Wrong::Choices { given, most } => {
                format!("Field 'n': Value must be between 1 <= value <= {most}, but got {given}")
            }
            other => other.to_string(),
        })
    }

    /// Its headers come with the first result, so that errors before it have a status.
    fn waits_for_first_token(&self) -> bool {
        true
    }

    fn unauthorized(&self) -> Failure {
        Failure::new(Cause::Unauthorized, "Invalid API Key")
    }

    fn internal(&self) -> Failure {
        Failure::new(Cause::Internal, "Compute error.")
    }

    fn loading(&self) -> Failure {
        Failure::new(Cause::Loading, "Loading model")
    }

    fn overloaded(&self) -> Failure {
        Failure::new(Cause::Overloaded, "no slot available")
    }

    fn out_of_memory(&self) -> Failure {
        Failure::new(Cause::OutOfMemory, "Compute error: failed to allocate compute buffers (out of memory)")
    }

    fn model_not_found(&self, model: &str, _served: &[&str]) -> Failure {
        Failure::new(Cause::NotFound, format!("model '{model}' not found"))
    }

    fn overflow(&self, overflow: Overflow) -> Failure {
        let Overflow { context, prompt, .. } = overflow;
        let message = format!(
            "request ({prompt} tokens) exceeds the available context size ({context} tokens), try increasing it"
        );
        Failure { counts: Some((prompt, context)), ..Failure::new(Cause::Context, message) }
    }

    fn wrong_kind(&self, _model: &str, wanted: ModelKind) -> Failure {
        let message = match wanted {
            ModelKind::Embedding => "This server does not support embeddings. Start it with `--embeddings`",
            ModelKind::Rerank => "This server does not support reranking. Start it with `--reranking`",
            ModelKind::Chat | ModelKind::Classify => "This server does not support completions.",
        };
        Failure::new(Cause::Unsupported, message).status(501)
    }

    fn no_vision(&self, _model: &str) -> Failure {
        let message =
            "image input is not supported - hint: if this is unexpected, you may need to provide the mmproj";
        Failure::new(Cause::Internal, message)
    }
}
