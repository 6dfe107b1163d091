//! An engine's errors, in each dialect's shape.

use axum::{
    body::Body,
    response::{IntoResponse, Response},
};
use http::{HeaderValue, StatusCode, header};
use serde_json::{Value, json};

/// How answers and errors are written on a route.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Wire {
    Vllm,
    Openai,
    Ollama,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Cause {
    BadRequest,
    /// The prompt and the answer do not fit the context.
    Context,
    Unauthorized,
    NotFound,
    RateLimited,
    Overloaded,
    OutOfMemory,
    Internal,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Failure {
    pub cause: Cause,
    pub status: u16,
    pub message: String,
    pub param: Option<&'static str>,
}

impl Failure {
    pub fn new(cause: Cause, message: impl Into<String>) -> Self {
        let status = match cause {
            Cause::BadRequest | Cause::Context => 400,
            Cause::Unauthorized => 401,
            Cause::NotFound => 404,
            Cause::RateLimited => 429,
            Cause::OutOfMemory | Cause::Internal => 500,
            Cause::Overloaded => 503,
        };
        Self { cause, status, message: message.into(), param: None }
    }

    pub fn param(mut self, param: &'static str) -> Self {
        self.param = Some(param);
        self
    }
}

impl Wire {
    /// The error as this engine words it.
    pub fn error_body(self, failure: &Failure) -> String {
        let Failure { message, param, status, .. } = failure;
        let body = match self {
            Self::Vllm => json!({"error": {
                "message": message, "type": vllm_type(failure.cause), "param": param, "code": status,
            }}),
            Self::Openai => {
                let (kind, code) = openai_type(failure.cause);
                json!({"error": {"message": message, "type": kind, "param": param, "code": code}})
            }
            Self::Ollama => json!({"error": message}),
        };
        body.to_string()
    }

    pub fn error(self, failure: &Failure) -> Response {
        let status = StatusCode::from_u16(failure.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
        let json = [(header::CONTENT_TYPE, HeaderValue::from_static("application/json"))];
        let mut response = (status, json, Body::from(self.error_body(failure))).into_response();
        if status == StatusCode::TOO_MANY_REQUESTS {
            response.headers_mut().insert(header::RETRY_AFTER, HeaderValue::from_static("1"));
        }
        response
    }

    pub fn overloaded(self) -> Failure {
        Failure::new(
            Cause::Overloaded,
            match self {
                Self::Vllm => "The server is overloaded: too many requests are waiting.",
                Self::Openai => "The engine is currently overloaded, please try again later",
                Self::Ollama => "server busy, please try again.  maximum pending requests exceeded",
            },
        )
    }

    pub fn out_of_memory(self) -> Failure {
        Failure::new(
            Cause::OutOfMemory,
            match self {
                Self::Vllm => {
                    "CUDA out of memory. Tried to allocate 2.00 GiB. GPU 0 has a total capacity of 79.15 GiB of which \
                 1.12 GiB is free."
                }
                Self::Openai => "The server had an error while processing your request: out of memory",
                Self::Ollama => "model requires more system memory (12.4 GiB) than is available (9.8 GiB)",
            },
        )
    }

    pub fn model_not_found(self, model: &str) -> Failure {
        Failure::new(
            Cause::NotFound,
            match self {
                Self::Vllm => format!("The model `{model}` does not exist."),
                Self::Openai => {
                    format!("The model `{model}` does not exist or you do not have access to it.")
                }
                Self::Ollama => format!("model '{model}' not found"),
            },
        )
        .param("model")
    }

    pub fn context_overflow(self, context: u64, prompt: u64, limit: Option<u64>) -> Failure {
        let total = prompt + limit.unwrap_or(0);
        let message = match (self, limit) {
            (Self::Openai, _) => format!(
                "This model's maximum context length is {context} tokens. However, your messages resulted in {total} \
                 tokens. Please reduce the length of the messages."
            ),
            (_, Some(limit)) => format!(
                "This model's maximum context length is {context} tokens. However, you requested {limit} output tokens \
                 and your prompt contains at least {prompt} input tokens, for a total of at least {total} tokens. \
                 Please reduce the length of the input prompt or the number of requested output tokens."
            ),
            (_, None) => format!(
                "This model's maximum context length is {context} tokens. However, your request has {prompt} input \
                 tokens. Please reduce the length of the input messages."
            ),
        };
        Failure::new(Cause::Context, message).param(if self == Self::Vllm {
            "input_tokens"
        } else {
            "messages"
        })
    }
}

fn vllm_type(cause: Cause) -> &'static str {
    match cause {
        Cause::BadRequest | Cause::Context => "BadRequestError",
        Cause::Unauthorized => "AuthenticationError",
        Cause::NotFound => "NotFoundError",
        Cause::RateLimited => "RateLimitError",
        Cause::Overloaded => "ServiceUnavailableError",
        Cause::OutOfMemory | Cause::Internal => "InternalServerError",
    }
}

fn openai_type(cause: Cause) -> (&'static str, Value) {
    match cause {
        Cause::BadRequest => ("invalid_request_error", Value::Null),
        Cause::Context => ("invalid_request_error", "context_length_exceeded".into()),
        Cause::Unauthorized => ("invalid_request_error", "invalid_api_key".into()),
        Cause::NotFound => ("invalid_request_error", "model_not_found".into()),
        Cause::RateLimited => ("requests", "rate_limit_exceeded".into()),
        Cause::Overloaded | Cause::OutOfMemory | Cause::Internal => ("server_error", Value::Null),
    }
}
