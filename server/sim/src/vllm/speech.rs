//! vLLM's errors (`vllm/entrypoints/serve/exception_handling`, `vllm/renderers/params.py`).

use serde_json::{Value, json};

use crate::{
    failure::{Cause, Failure, Overflow, Voice},
    models::ModelKind,
    wrong::Wrong,
};

pub struct Speech;

impl Voice for Speech {
    fn body(&self, failure: &Failure) -> Value {
        json!({"error": {
            "message": failure.message, "type": failure.kind.unwrap_or_else(|| kind(failure.cause)),
            "param": failure.param, "code": failure.status,
        }})
    }

    fn overloaded(&self) -> Failure {
        Failure::new(Cause::Overloaded, "The server is overloaded: too many requests are waiting.")
    }

    fn model_not_found(&self, model: &str, served: &[&str]) -> Failure {
        let message = format!("The model `{model}` does not exist. Valid aliases: {}.", served.join(", "));
        Failure::new(Cause::NotFound, message).param("model")
    }

    fn wrong(&self, wrong: &Wrong) -> Failure {
        let refused = |message: String| Failure::new(Cause::BadRequest, message);
        match wrong {
            Wrong::Syntax { at, .. } => invalid(&[format!(
                "{{'type': 'json_invalid', 'loc': 'body.{at}', 'msg': 'JSON decode error', 'input': '<dict of 0 items>', \
                 'ctx': {{'error': 'Expecting value'}}}}"
            )])
            .param(format!("body.{at}")),
            Wrong::Missing { field, others } => missing(&[field], *others),
            Wrong::NotAList { field, given } => invalid(&[format!(
                "{{'type': 'list_type', 'loc': 'body.{field}', 'msg': 'Input should be a valid list', 'input': '{}'}}",
                given.as_str().map_or_else(|| given.to_string(), str::to_owned)
            )])
            .param(format!("body.{field}")),
            Wrong::NoMessages => refused(
                "Cannot apply chat template to an empty conversation. Provide at least one message.".to_owned(),
            ),
            Wrong::Choices { given, .. } => refused(format!("n must be at least 1, got {given}.")),
            Wrong::NoTokens => refused(
                "max_tokens must be at least 1, got 0. (parameter=max_tokens, value=0)".to_owned(),
            )
            .param("max_tokens"),
            Wrong::TooManyTokens { given, context } => refused(format!(
                "max_tokens={given} cannot be greater than max_model_len={context}. Please request fewer output \
                 tokens. (parameter=max_tokens, value={given})"
            ))
            .param("max_tokens"),
            Wrong::Other(message) => refused(message.clone()),
        }
    }

    fn overflow(&self, overflow: Overflow) -> Failure {
        let Overflow { context, prompt, limit, .. } = overflow;
        let total = prompt + limit.unwrap_or(0);
        let message = match limit {
            Some(limit) if prompt < context => format!(
                "This model's maximum context length is {context} tokens. However, you requested {limit} output tokens \
                 and your prompt contains at least {prompt} input tokens, for a total of at least {total} tokens. \
                 Please reduce the length of the input prompt or the number of requested output tokens."
            ),
            // It stops counting one past the limit.
            _ => format!(
                "This model's maximum context length is {context} tokens. However, your prompt contains at least {0} \
                 input tokens, which exceeds this limit even without any output tokens. Please reduce the length of the \
                 input prompt. (parameter=input_tokens, value={0})",
                context + 1
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

/// What its validation of a body says, one line for each fault.
pub fn invalid(faults: &[String]) -> Failure {
    let many = if faults.len() == 1 { "" } else { "s" };
    let message = format!("{} validation error{many}:\n  {}", faults.len(), faults.join("\n  "));
    Failure::new(Cause::BadRequest, message).kind("Bad Request")
}

/// Fields that are missing in a body with so many others.
pub fn missing(fields: &[&str], others: usize) -> Failure {
    let fault = |field: &&str| {
        format!(
            "{{'type': 'missing', 'loc': 'body.{field}', 'msg': 'Field required', 'input': '<dict of {others} items>'}}"
        )
    };
    let faults: Vec<_> = fields.iter().map(fault).collect();
    let failure = invalid(&faults);
    match fields.first() {
        Some(field) => failure.param(format!("body.{field}")),
        None => failure,
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
