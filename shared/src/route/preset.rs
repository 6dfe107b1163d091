//! What a score looks at, and how much.

use serde::{Deserialize, Serialize};

/// A ready mixture of weights.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum Preset {
    /// The time to the first token and of the whole answer, and the price a little.
    #[default]
    Balanced,
    /// The time to the first token.
    Latency,
    /// Tokens a second of the answer.
    Throughput,
    /// The price; time only among equals.
    Cost,
}

impl Preset {
    pub const ALL: [Self; 4] = [Self::Balanced, Self::Latency, Self::Throughput, Self::Cost];

    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Balanced => "balanced",
            Self::Latency => "latency",
            Self::Throughput => "throughput",
            Self::Cost => "cost",
        }
    }

    pub const fn weights(self) -> ScoreWeights {
        match self {
            Self::Balanced => {
                ScoreWeights { first_token: 1.0, per_token: 0.25, cost: 0.1, task: 1.0, stick: 0.2 }
            }
            Self::Latency => {
                ScoreWeights { first_token: 1.0, per_token: 0.05, cost: 0.0, task: 0.5, stick: 0.2 }
            }
            Self::Throughput => {
                ScoreWeights { first_token: 0.25, per_token: 1.0, cost: 0.0, task: 0.5, stick: 0.2 }
            }
            Self::Cost => {
                ScoreWeights { first_token: 0.05, per_token: 0.01, cost: 10.0, task: 0.5, stick: 0.2 }
            }
        }
    }
}

/// How much each part of a score counts, 0 or more. A score is in seconds: what a call is expected to wait, and what
/// else is as bad as waiting so long.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct ScoreWeights {
    /// Of a second until the first token.
    pub first_token: f64,
    /// Of a second that the tokens after it take.
    pub per_token: f64,
    /// Seconds that a thousandth of the currency's unit counts for.
    pub cost: f64,
    /// Seconds that a whole misfit of task and model counts for.
    pub task: f64,
    /// Seconds that leaving a caller's deployment counts for.
    pub stick: f64,
}

/// What a prompt is about, as cheap features tell.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum Task {
    Code,
    Reasoning,
    Vision,
    LongContext,
    /// Another language than English.
    Language,
    SmallTalk,
    General,
}

impl Task {
    pub const ALL: [Self; 7] = [
        Self::Code,
        Self::Reasoning,
        Self::Vision,
        Self::LongContext,
        Self::Language,
        Self::SmallTalk,
        Self::General,
    ];

    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Code => "code",
            Self::Reasoning => "reasoning",
            Self::Vision => "vision",
            Self::LongContext => "long_context",
            Self::Language => "language",
            Self::SmallTalk => "small_talk",
            Self::General => "general",
        }
    }
}

/// How well a model does a task, 0 (not at all) to 100.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct TaskFit {
    pub task: Task,
    pub fit: u8,
}
