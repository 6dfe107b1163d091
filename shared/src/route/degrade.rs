//! What a route does beside its choice: tries again, hedges, shadows, and gives way.

use serde::{Deserialize, Serialize};

/// What is done when nothing can serve a call now.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(tag = "do", rename_all = "snake_case", deny_unknown_fields)]
pub enum Degrade {
    /// A smaller model answers.
    Model { model: String },
    /// The call waits for a place, at most so long.
    Wait { most_ms: u32 },
    /// The call becomes a batch of one line, and the caller gets its id (202). Only for callers that said that they
    /// take one: header `x-switchyard-accept-batch: true`.
    Batch,
    /// The call fails now: what would come after in the list is not tried.
    Fail,
}

/// How often a failed attempt is made again before the first token.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields, default)]
pub struct Retry {
    /// Requests to engines for one call, the first included. None: the gateway's setting.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub attempts: Option<u16>,
    /// Of all calls to the route lately, how many of a hundred may be attempts again.
    pub budget_percent: u8,
}

impl Default for Retry {
    fn default() -> Self {
        Self { attempts: None, budget_percent: 20 }
    }
}

/// A second deployment is asked when the first is late with its first token; the one that is first answers.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct Hedge {
    /// Milliseconds without a first token.
    pub after_ms: u32,
    /// Of all calls to the route lately, how many of a hundred may be asked twice.
    pub most_percent: u8,
}

/// A share of the calls is sent to another model besides. Its answer is thrown away and never billed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct Shadow {
    pub model: String,
    /// Of a hundred calls.
    pub percent: u8,
}
