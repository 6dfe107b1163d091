//! Misbehaviour on order.

use std::time::Duration;

use parking_lot::Mutex;
use serde::{Deserialize, Serialize};

/// What goes wrong.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum FaultKind {
    /// The connection is reset before any byte of an answer.
    Refuse,
    /// No byte of an answer comes.
    Hang,
    /// Nothing more comes after `after_tokens` (1; with 0 the frame that names the role still comes).
    Stall,
    /// The connection is reset after `after_tokens` (1).
    Reset,
    /// The answer ends cleanly after `after_tokens` (1) without its last frames.
    Truncate,
    /// One frame after `after_tokens` (1) is no JSON; the rest follows. An answer that is not streamed is no JSON.
    MalformedChunk,
    /// Status 200, and the engine's error object as the first frame, or after `after_tokens` (0).
    #[serde(rename = "error_in_200")]
    ErrorIn200,
    #[serde(rename = "http_429")]
    Http429,
    #[serde(rename = "http_500")]
    Http500,
    #[serde(rename = "http_503")]
    Http503,
    /// The engine's status (mostly 500) and words for a GPU that is out of memory.
    Oom,
    /// The model is not loaded yet: readiness and every call are refused in the engine's words, whatever the scope.
    Loading,
    /// Each token takes `delay_ms` (250) longer.
    Slow,
}

/// Which routes a fault touches.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum FaultScope {
    #[default]
    Chat,
    /// Health, models and metrics too: `refuse`, `hang`, `http_…`, `oom` and `slow` apply there. Does not use up `times`.
    All,
}

/// The body of `POST /_fault`. Faults set one after the other are used in that order.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Fault {
    pub kind: FaultKind,
    /// Calls for a model's work that it applies to; without it, all until cleared.
    #[serde(default)]
    pub times: Option<u64>,
    #[serde(default)]
    pub after_tokens: Option<u64>,
    /// In place of the kind's own HTTP status.
    #[serde(default)]
    pub status: Option<u16>,
    /// In place of the engine's own words.
    #[serde(default)]
    pub message: Option<String>,
    #[serde(default)]
    pub delay_ms: Option<u64>,
    #[serde(default)]
    pub scope: FaultScope,
}

impl Fault {
    pub fn new(kind: FaultKind) -> Self {
        Self {
            kind,
            times: None,
            after_tokens: None,
            status: None,
            message: None,
            delay_ms: None,
            scope: FaultScope::Chat,
        }
    }

    pub fn times(mut self, times: u64) -> Self {
        self.times = Some(times);
        self
    }

    pub fn after_tokens(mut self, tokens: u64) -> Self {
        self.after_tokens = Some(tokens);
        self
    }

    pub fn everywhere(mut self) -> Self {
        self.scope = FaultScope::All;
        self
    }

    /// Tokens that come before it.
    pub fn onset(&self) -> u64 {
        self.after_tokens.unwrap_or(u64::from(self.kind != FaultKind::ErrorIn200))
    }

    /// The status of an answer that is an HTTP error.
    pub fn http_status(&self) -> Option<u16> {
        let own = match self.kind {
            FaultKind::Http429 => 429,
            FaultKind::Http500 => 500,
            FaultKind::Http503 => 503,
            FaultKind::Oom | FaultKind::Loading => return self.status,
            _ => return None,
        };
        Some(self.status.unwrap_or(own))
    }

    /// What each token takes longer.
    pub fn delay(&self) -> Duration {
        match self.kind {
            FaultKind::Slow => Duration::from_millis(self.delay_ms.unwrap_or(250)),
            _ => Duration::ZERO,
        }
    }
}

/// The faults set, in order.
#[derive(Debug, Default)]
pub struct Faults(Mutex<Vec<Fault>>);

impl Faults {
    pub fn add(&self, fault: Fault) {
        self.0.lock().push(fault);
    }

    pub fn clear(&self) {
        self.0.lock().clear();
    }

    pub fn list(&self) -> Vec<Fault> {
        self.0.lock().clone()
    }

    /// The fault of a call for a model's work, if any, with one of its turns used.
    pub fn take(&self) -> Option<Fault> {
        let mut faults = self.0.lock();
        faults.retain(|fault| fault.times != Some(0));
        let first = faults.first_mut()?;
        if let Some(times) = &mut first.times {
            *times -= 1;
        }
        Some(first.clone())
    }

    /// The fault of any other route, if one reaches that far.
    pub fn elsewhere(&self) -> Option<Fault> {
        let faults = self.0.lock();
        faults
            .iter()
            .find(|fault| fault.times != Some(0))
            .filter(|fault| fault.scope == FaultScope::All || fault.kind == FaultKind::Loading)
            .cloned()
    }
}
