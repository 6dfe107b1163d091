//! What a route does with a call: the document of one of its versions.
//!
//! A route is a name that callers use like a model's. An arm is drawn for each call, the same one for the same user or
//! session; the arm names models and, where it wants, where they may run; a score orders the deployments that pass
//! every filter. What fails goes on to the arm's later models, then to the route's fallbacks.

mod degrade;
mod preset;

use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};

pub use degrade::{Degrade, Hedge, Retry, Shadow};
pub use preset::{Preset, ScoreWeights, Task, TaskFit};

/// One version of a route.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct RouteSpec {
    /// At least one; each call takes one, by its share of all weights.
    pub arms: Vec<RouteArm>,
    /// What keeps a caller on one arm.
    #[serde(default)]
    pub stick_to: StickTo,
    /// What a deployment is chosen by.
    #[serde(default)]
    pub preset: Preset,
    /// The preset's weights, changed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub weights: Option<ScoreWeights>,
    /// Models tried in this order when every one of the arm has failed.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub fallbacks: Vec<String>,
    #[serde(default, skip_serializing_if = "Constraints::is_empty")]
    pub constraints: Constraints,
    #[serde(default, skip_serializing_if = "Ceilings::is_empty")]
    pub ceilings: Ceilings,
    /// What is done, in this order, when nothing can serve the call now. Empty: it fails.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub when_exhausted: Vec<Degrade>,
    #[serde(default)]
    pub retry: Retry,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub hedge: Option<Hedge>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub shadow: Option<Shadow>,
    /// Milliseconds (5 to 20) that an embedding request waits for others of its model, to go with them.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub coalesce_ms: Option<u8>,
}

/// One way that a route's calls go.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct RouteArm {
    /// What usage is told apart by: `stable`, `canary`, …
    pub name: String,
    /// Its share of the calls, relative to all arms' weights. 0: none, but its statistics stay.
    pub weight: u32,
    /// Models by name, in the order in which they are tried.
    pub models: Vec<String>,
    /// Only in these pools.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub pools: Option<Vec<String>>,
    /// Only on these deployments.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub deployments: Option<Vec<String>>,
}

/// What keeps a caller on one arm, and on one deployment where the score lets it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum StickTo {
    /// The request's `user`, else its session, else its key.
    #[default]
    User,
    /// The request's session (`x-session-id`, `session_id`, `prompt_cache_key`), else as `user`.
    Session,
    /// The API key.
    Key,
    /// Each call is drawn anew.
    Nothing,
}

/// Where a route's calls may run. Nothing said: wherever the tenant's may.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct Constraints {
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub regions: Option<Vec<String>>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub pools: Option<Vec<String>>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub deny_pools: Vec<String>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub deny_deployments: Vec<String>,
    /// No engine outside the platform, even for a tenant that allows them.
    #[serde(default)]
    pub inside_only: bool,
}

impl Constraints {
    pub fn is_empty(&self) -> bool {
        *self == Self::default()
    }
}

/// What a call may take at most. Latency and throughput are wishes: what does not meet them comes after what does.
/// Prices are hard.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct Ceilings {
    /// Expected milliseconds to the first token.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub first_token_ms: Option<u32>,
    /// Expected tokens a second of one answer.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub tokens_per_second: Option<u32>,
    /// Money per million prompt tokens.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub prompt_price: Option<Decimal>,
    /// Money per million completion tokens.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub completion_price: Option<Decimal>,
}

impl Ceilings {
    pub fn is_empty(&self) -> bool {
        *self == Self::default()
    }
}
