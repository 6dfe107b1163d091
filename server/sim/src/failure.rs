//! What goes wrong, and how an engine puts it. Each engine's folder has its own [`Voice`].

use std::borrow::Cow;

use axum::{
    body::Body,
    response::{IntoResponse, Response},
};
use http::{HeaderValue, StatusCode, header};
use serde_json::Value;

use crate::{
    anthropic, llamacpp, models::ModelKind, nim, ollama, openai, sglang, tei, tgi, vllm, wrong::Wrong,
};

/// How answers and errors are written on a route.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Wire {
    Vllm,
    Openai,
    /// Ollama's own routes.
    Ollama,
    /// OpenAI's routes as Ollama serves them.
    OllamaOpenai,
    Sglang,
    Nim,
    Llamacpp,
    /// TGI's own routes.
    Tgi,
    /// OpenAI's routes as TGI serves them.
    TgiOpenai,
    /// TEI's own routes.
    Tei,
    /// OpenAI's route as TEI serves it.
    TeiOpenai,
    Anthropic,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Cause {
    BadRequest,
    /// The prompt and the answer do not fit the context.
    Context,
    /// The model cannot do what is asked.
    Unsupported,
    Unauthorized,
    NotFound,
    RateLimited,
    Overloaded,
    /// The model is not there yet.
    Loading,
    OutOfMemory,
    Internal,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Failure {
    pub cause: Cause,
    pub status: u16,
    pub message: String,
    pub param: Option<Cow<'static, str>>,
    /// The error's type, where it is not what its cause has.
    pub kind: Option<&'static str>,
    /// Prompt tokens and context, where an engine tells them beside its message.
    pub counts: Option<(u64, u64)>,
}

/// A prompt that does not fit.
#[derive(Debug, Clone, Copy)]
pub struct Overflow {
    pub context: u64,
    pub prompt: u64,
    /// Tokens asked for as an answer.
    pub limit: Option<u64>,
    /// What the caller sent.
    pub input: Input,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Input {
    Messages,
    Prompt,
    /// Texts to embed, rank or classify.
    Texts,
}

impl Failure {
    pub fn new(cause: Cause, message: impl Into<String>) -> Self {
        let status = match cause {
            Cause::BadRequest | Cause::Context | Cause::Unsupported => 400,
            Cause::Unauthorized => 401,
            Cause::NotFound => 404,
            Cause::RateLimited => 429,
            Cause::OutOfMemory | Cause::Internal => 500,
            Cause::Overloaded | Cause::Loading => 503,
        };
        Self { cause, status, message: message.into(), param: None, kind: None, counts: None }
    }

    pub fn param(mut self, param: impl Into<Cow<'static, str>>) -> Self {
        self.param = Some(param.into());
        self
    }

    pub fn kind(mut self, kind: &'static str) -> Self {
        self.kind = Some(kind);
        self
    }

    pub fn status(mut self, status: u16) -> Self {
        self.status = status;
        self
    }
}

/// How a stream is framed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Framing {
    /// Server-sent events that end with `[DONE]`.
    Done,
    /// Server-sent events that just end.
    Events,
    /// Server-sent events with an `event:` line, after the `type` of their JSON.
    Named,
    /// A JSON text a line.
    Lines,
}

/// An engine's way of failing. The defaults are those most engines share.
pub trait Voice: Send + Sync {
    /// The error as JSON.
    fn body(&self, failure: &Failure) -> Value;

    /// The error as the payload of a frame.
    fn frame_body(&self, failure: &Failure) -> Value {
        self.body(failure)
    }

    fn framing(&self) -> Framing {
        Framing::Done
    }

    /// Whether a stream's headers come only with the first token.
    fn waits_for_first_token(&self) -> bool {
        false
    }

    /// Whether this refusal of a stream comes as an event inside a 200.
    fn refuses_in_stream(&self, _failure: &Failure) -> bool {
        false
    }

    fn bad_request(&self, message: String) -> Failure {
        Failure::new(Cause::BadRequest, message)
    }

    /// A body that is not what the route takes.
    fn wrong(&self, wrong: &Wrong) -> Failure {
        self.bad_request(wrong.to_string())
    }

    fn unauthorized(&self) -> Failure {
        Failure::new(Cause::Unauthorized, "Unauthorized")
    }

    fn rate_limited(&self) -> Failure {
        Failure::new(Cause::RateLimited, "Too many requests, please slow down")
    }

    fn internal(&self) -> Failure {
        Failure::new(Cause::Internal, "EngineCore encountered an issue.")
    }

    fn loading(&self) -> Failure {
        Failure::new(Cause::Loading, "The model is not ready yet.")
    }

    fn overloaded(&self) -> Failure;

    fn out_of_memory(&self) -> Failure {
        Failure::new(
            Cause::OutOfMemory,
            "CUDA out of memory. Tried to allocate 2.00 GiB. GPU 0 has a total capacity of 79.15 GiB of which \
             1.12 GiB is free.",
        )
    }

    /// `served`: the models that are there.
    fn model_not_found(&self, model: &str, served: &[&str]) -> Failure;

    fn overflow(&self, overflow: Overflow) -> Failure;

    /// The model is of another kind than the route needs.
    fn wrong_kind(&self, model: &str, wanted: ModelKind) -> Failure;

    fn no_vision(&self, model: &str) -> Failure;
}

impl Wire {
    pub fn voice(self) -> &'static dyn Voice {
        match self {
            Self::Vllm => &vllm::Speech,
            Self::Openai => &openai::Speech,
            Self::Ollama => &ollama::Speech::OWN,
            Self::OllamaOpenai => &ollama::Speech::OPENAI,
            Self::Sglang => &sglang::Speech,
            Self::Nim => &nim::Speech,
            Self::Llamacpp => &llamacpp::Speech,
            Self::Tgi => &tgi::Speech::OWN,
            Self::TgiOpenai => &tgi::Speech::OPENAI,
            Self::Tei => &tei::Speech::OWN,
            Self::TeiOpenai => &tei::Speech::OPENAI,
            Self::Anthropic => &anthropic::Speech,
        }
    }

    pub fn error(self, failure: &Failure) -> Response {
        let status = StatusCode::from_u16(failure.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
        let json = [(header::CONTENT_TYPE, self.json_type())];
        let body = Body::from(self.voice().body(failure).to_string());
        let mut response = (status, json, body).into_response();
        if status == StatusCode::TOO_MANY_REQUESTS {
            response.headers_mut().insert(header::RETRY_AFTER, HeaderValue::from_static("1"));
        }
        response
    }

    pub fn json_type(self) -> HeaderValue {
        HeaderValue::from_static(match self {
            Self::Llamacpp => "application/json; charset=utf-8",
            _ => "application/json",
        })
    }

    pub fn stream_type(self) -> HeaderValue {
        HeaderValue::from_static(match self.voice().framing() {
            Framing::Lines => "application/x-ndjson",
            Framing::Done if self == Self::Vllm => "text/event-stream; charset=utf-8",
            Framing::Done | Framing::Events | Framing::Named => "text/event-stream",
        })
    }

    /// Wraps a JSON text as this stream's frame.
    pub fn frame(self, json: &str) -> String {
        match self.voice().framing() {
            Framing::Done | Framing::Events => format!("data: {json}\n\n"),
            Framing::Named => format!("event: message\ndata: {json}\n\n"),
            Framing::Lines => format!("{json}\n"),
        }
    }

    /// An error as the end of a stream.
    pub fn error_frames(self, failure: &Failure) -> String {
        let body = self.voice().frame_body(failure);
        match self.voice().framing() {
            Framing::Done => self.frame(&body.to_string()) + "data: [DONE]\n\n",
            Framing::Named => format!("event: error\ndata: {body}\n\n"),
            Framing::Events | Framing::Lines => self.frame(&body.to_string()),
        }
    }

    /// A frame that is no JSON.
    pub fn broken(self) -> String {
        match self.voice().framing() {
            Framing::Lines => self.frame(r#"{"model":"m","message":{"role":"assistant","content":"br"#),
            Framing::Named => {
                "event: content_block_delta\ndata: {\"type\":\"content_block_delta\",\"index\":0,\"del\n\n"
                    .to_owned()
            }
            Framing::Done | Framing::Events => {
                self.frame(r#"{"id":"chatcmpl-0","choices":[{"index":0,"delta":{"content":"br"#)
            }
        }
    }
}
