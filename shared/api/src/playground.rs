//! Types of the playground: calls from the console, and setups shared by link inside a tenant.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use shared::{PlaygroundShareId, ProjectId};

/// `POST …/playground/chat`: a chat completion on behalf of a project. The answer is what `/v1/chat/completions` gives.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct PlaygroundChat {
    /// Whose usage it is.
    pub project_id: ProjectId,
    /// The body of a chat completion, as OpenAI defines it.
    #[cfg_attr(feature = "openapi", schema(value_type = Object))]
    pub request: serde_json::Map<String, serde_json::Value>,
}

/// A shared setup in a list.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct PlaygroundShareHead {
    pub id: PlaygroundShareId,
    pub title: String,
    /// E-mail address of who shared it.
    pub created_by: String,
    pub created_at: DateTime<Utc>,
}

/// A shared setup: whatever the playground was set to, as it handed it over.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct PlaygroundShare {
    pub id: PlaygroundShareId,
    pub title: String,
    #[cfg_attr(feature = "openapi", schema(value_type = Object))]
    pub setup: serde_json::Value,
    /// E-mail address of who shared it.
    pub created_by: String,
    pub created_at: DateTime<Utc>,
}

/// `POST …/playground/shares`
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct NewPlaygroundShare {
    /// 1 to 120 characters.
    pub title: String,
    /// A JSON object of at most 256 KiB.
    #[cfg_attr(feature = "openapi", schema(value_type = Object))]
    pub setup: serde_json::Value,
}
