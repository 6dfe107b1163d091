//! What a failed attempt means: for the caller, for the breaker, and for what to try next.

use std::time::Duration;

use egress::EgressError;
use engines::{EngineError, EngineErrorKind, Unsupported};
use routing::AttemptResult;
use shared::ErrorCode;

use crate::error::CallError;

/// What makes sense after a failed attempt.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Next {
    /// The request is at fault: it would fail anywhere.
    Stop,
    /// Another deployment, but not this one again.
    Elsewhere,
    /// Another deployment, or this one again after a pause.
    Again,
}

/// One attempt that failed before the caller saw anything of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Failure {
    pub(crate) error: CallError,
    pub(crate) result: AttemptResult,
    pub(crate) next: Next,
    /// The deployment is set up wrongly: it would fail so again.
    pub(crate) faulty: bool,
}

impl Failure {
    const fn new(error: CallError, result: AttemptResult, next: Next) -> Self {
        Self { error, result, next, faulty: false }
    }

    pub(crate) fn engine(error: &EngineError) -> Self {
        use EngineErrorKind as Kind;
        let code = match error.kind {
            Kind::ContextOverflow => ErrorCode::ContextLengthExceeded,
            Kind::BadRequest => ErrorCode::EngineBadRequest,
            Kind::RateLimited | Kind::Overloaded => ErrorCode::EngineOverloaded,
            Kind::NotFound | Kind::Unauthorized | Kind::Loading | Kind::Unreachable => {
                ErrorCode::EngineUnavailable
            }
            Kind::OutOfMemory => ErrorCode::EngineOutOfMemory,
            Kind::Internal | Kind::Malformed => ErrorCode::EngineFailed,
        };
        let result = match error.kind {
            Kind::ContextOverflow | Kind::BadRequest => AttemptResult::Neutral,
            Kind::RateLimited | Kind::Overloaded | Kind::Loading => AttemptResult::Busy,
            _ => AttemptResult::Failure,
        };
        let next = match error.kind {
            Kind::ContextOverflow | Kind::BadRequest => Next::Stop,
            Kind::RateLimited | Kind::Overloaded | Kind::Internal | Kind::Unreachable => Next::Again,
            _ => Next::Elsewhere,
        };
        let mut told = CallError::new(code, sentence(&error.message));
        if code == ErrorCode::ContextLengthExceeded {
            told.param = Some("messages".to_owned());
        }
        let faulty = matches!(error.kind, Kind::NotFound | Kind::Unauthorized);
        Self { faulty, ..Self::new(told, result, next) }
    }

    pub(crate) fn egress(error: &EgressError) -> Self {
        if let EgressError::Timeout { after, .. } = error {
            return Self::timeout(ErrorCode::ConnectTimeout, *after);
        }
        Self::engine(&EngineError::from_egress(error))
    }

    /// An answer that broke off or ended before its time.
    pub(crate) fn broke_off() -> Self {
        let error = CallError::new(
            ErrorCode::StreamTruncated,
            "The model's answer broke off before its end. Send the call again.",
        );
        Self::new(error, AttemptResult::Failure, Next::Again)
    }

    pub(crate) fn timeout(code: ErrorCode, after: Duration) -> Self {
        let next = if code == ErrorCode::TotalTimeout { Next::Stop } else { Next::Elsewhere };
        let text = match code {
            ErrorCode::ConnectTimeout => "The model's engine did not accept a connection",
            ErrorCode::FirstTokenTimeout => "The model did not begin to answer",
            ErrorCode::BetweenTokensTimeout => {
                "The model stopped in the middle of its answer: nothing more came"
            }
            _ => "The answer was not complete",
        };
        let text = format!("{text} within {} ms. Send the call again, or ask for less.", after.as_millis());
        Self::new(CallError::new(code, text), AttemptResult::Timeout, next)
    }

    /// The caller asks for what this kind of engine can't do; another kind may.
    pub(crate) fn unsupported(error: Unsupported) -> Self {
        let text = sentence(&error.to_string());
        let told = CallError::field(ErrorCode::UnsupportedField, error.param, text);
        Self::new(told, AttemptResult::Neutral, Next::Elsewhere)
    }

    /// A deployment that is set up wrongly. Why is in the log; a caller can't help it.
    pub(crate) fn misconfigured() -> Self {
        let text =
            "The model cannot be reached: its deployment is set up wrongly. Tell your platform operator.";
        let error = CallError::new(ErrorCode::EngineUnavailable, text);
        Self { faulty: true, ..Self::new(error, AttemptResult::Failure, Next::Elsewhere) }
    }
}

/// Words as a sentence: a capital first, a full stop last.
fn sentence(words: &str) -> String {
    let words = words.trim();
    let mut letters = words.chars();
    let mut text: String = letters.next().into_iter().flat_map(char::to_uppercase).collect();
    // A field's name in backquotes, or an identifier, keeps its case anyway.
    text.push_str(letters.as_str());
    if !text.ends_with(['.', '!', '?']) {
        text.push('.');
    }
    text
}
