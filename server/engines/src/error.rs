//! What an engine's refusals and failures mean, in words fit for a caller.

mod words;

use egress::EgressError;
use http::StatusCode;
use serde_json::Value;

/// What went wrong at an engine.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum EngineErrorKind {
    /// The prompt and the answer do not fit the model's context.
    ContextOverflow,
    /// The request is at fault in another way.
    BadRequest,
    /// The engine does not serve the model, or not under this path.
    NotFound,
    /// Our credential for the engine was refused.
    Unauthorized,
    RateLimited,
    /// Busy: its queue is full.
    Overloaded,
    /// Not ready: the model is being loaded.
    Loading,
    OutOfMemory,
    Internal,
    /// What it sent is not what it should send.
    Malformed,
    /// No connection, or it broke before an answer.
    Unreachable,
}

/// An engine's failure. `message` holds nothing that a caller must not see.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{message}")]
pub struct EngineError {
    pub kind: EngineErrorKind,
    /// The engine's HTTP status; None for an error inside a 200 or without a response.
    pub status: Option<u16>,
    pub message: String,
}

impl EngineErrorKind {
    /// Whether another deployment may do better with the same request.
    pub fn is_retryable(self) -> bool {
        !matches!(self, Self::ContextOverflow | Self::BadRequest)
    }

    /// Whether it speaks against the engine's health. A busy engine is a healthy one.
    pub fn is_fault(self) -> bool {
        !matches!(
            self,
            Self::ContextOverflow | Self::BadRequest | Self::RateLimited | Self::Overloaded | Self::Loading
        )
    }

    fn message(self) -> &'static str {
        match self {
            Self::ContextOverflow => "the prompt and the answer asked for do not fit the model's context",
            Self::BadRequest => "the model's engine refused the request",
            Self::NotFound => "the model is not served by its engine at the moment",
            Self::Unauthorized => "the model's engine did not accept the platform's credential",
            Self::RateLimited => "the model's engine limits the rate of requests; try again shortly",
            Self::Overloaded => "the model's engine is overloaded; try again shortly",
            Self::Loading => "the model is being loaded; try again shortly",
            Self::OutOfMemory => {
                "the model's engine ran out of memory; try a shorter prompt or try again shortly"
            }
            Self::Internal => "the model's engine failed",
            Self::Malformed => "the model's engine sent an answer that could not be read",
            Self::Unreachable => "the model's engine could not be reached",
        }
    }
}

impl EngineError {
    pub fn new(kind: EngineErrorKind) -> Self {
        Self { kind, status: None, message: kind.message().to_owned() }
    }

    pub(crate) fn malformed() -> Self {
        Self::new(EngineErrorKind::Malformed)
    }

    /// A request that the engine took and could not do as asked.
    pub(crate) fn refusing(message: String) -> Self {
        Self { kind: EngineErrorKind::BadRequest, status: None, message }
    }

    pub fn is_retryable(&self) -> bool {
        self.kind.is_retryable()
    }

    /// What a failed connection means. Its own words name the engine's host, so none of them is kept.
    pub fn from_egress(error: &EgressError) -> Self {
        Self::new(match error {
            EgressError::TooLarge { .. } => EngineErrorKind::Malformed,
            _ => EngineErrorKind::Unreachable,
        })
    }

    /// What a status other than 200 means.
    pub fn from_response(status: StatusCode, body: &[u8]) -> Self {
        let said = Said::read(body);
        let kind = kind(Some(status.as_u16()), &said);
        Self { status: Some(status.as_u16()), ..Self::told(kind, &said) }
    }

    /// What an error object inside a 200 means.
    pub(crate) fn inside(body: &[u8]) -> Self {
        let said = Said::read(body);
        Self::told(kind(said.code, &said), &said)
    }

    /// Only what the caller can act on is told in the engine's words.
    fn told(kind: EngineErrorKind, said: &Said) -> Self {
        let own = matches!(kind, EngineErrorKind::ContextOverflow | EngineErrorKind::BadRequest);
        let message = own.then(|| words::safe(&said.message)).flatten();
        Self { kind, status: None, message: message.unwrap_or_else(|| kind.message().to_owned()) }
    }
}

/// What an error's body says, whichever shape it has.
#[derive(Debug, Default)]
struct Said {
    message: String,
    /// Type and code, where they are words.
    labels: String,
    /// The code, where it is an HTTP status.
    code: Option<u16>,
}

impl Said {
    fn read(body: &[u8]) -> Self {
        let Ok(value) = serde_json::from_slice::<Value>(body) else {
            return Self { message: String::from_utf8_lossy(body).into_owned(), ..Self::default() };
        };
        // OpenAI's shape; Ollama's and TGI's `error` is a string; older vLLM has the fields at the top; FastAPI `detail`.
        let object = value.get("error").filter(|error| error.is_object()).unwrap_or(&value);
        let text = |key: &str| object.get(key).and_then(Value::as_str);
        let message = text("message").or(text("error")).or(text("detail")).unwrap_or_default().to_owned();
        let labels =
            ["type", "code", "error_type"].iter().filter_map(|key| text(key)).collect::<Vec<_>>().join(" ");
        let code = object.get("code").and_then(|code| code.as_u64().or_else(|| code.as_str()?.parse().ok()));
        let code = code.and_then(|code| u16::try_from(code).ok()).filter(|code| (400..600).contains(code));
        Self { message, labels, code }
    }
}

fn kind(status: Option<u16>, said: &Said) -> EngineErrorKind {
    use EngineErrorKind as Kind;
    let text = format!("{} {}", said.message, said.labels).to_ascii_lowercase();
    let has = |words: &[&str]| words.iter().any(|word| text.contains(word));
    let refused = status.is_none_or(|status| matches!(status, 400 | 413 | 422 | 424 | 500));
    if has(words::OUT_OF_MEMORY) {
        return Kind::OutOfMemory;
    }
    if refused && has(words::CONTEXT) {
        return Kind::ContextOverflow;
    }
    match status {
        Some(401 | 403) => Kind::Unauthorized,
        Some(404) => Kind::NotFound,
        Some(429) if has(words::OVERLOADED) => Kind::Overloaded,
        Some(429) => Kind::RateLimited,
        Some(503) if has(words::LOADING) => Kind::Loading,
        Some(503 | 529) => Kind::Overloaded,
        // 424: TGI and TEI failed while they generated.
        Some(408 | 424 | 425) => Kind::Internal,
        // 501: llama.cpp, started without embeddings or rerankings.
        Some(400..=499 | 501) => Kind::BadRequest,
        Some(_) => Kind::Internal,
        None if has(words::OVERLOADED) => Kind::Overloaded,
        None if has(words::LOADING) => Kind::Loading,
        None if has(words::BAD_REQUEST) => Kind::BadRequest,
        None => Kind::Internal,
    }
}
