//! The audit log.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use shared::AuditActionId;

/// How an audited action ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum AuditOutcome {
    Success,
    Denied,
    Error,
    Timeout,
}

/// One audited action: its two rows as one.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct AuditEntry {
    pub action_id: AuditActionId,
    /// Place of its first row in the chain.
    pub seq: i64,
    pub begun_at: DateTime<Utc>,
    pub ended_at: Option<DateTime<Utc>>,
    /// Null: not ended yet, or its end is not known.
    pub outcome: Option<AuditOutcome>,
    /// `operator:op_…` or `member:mem_…`.
    pub actor: String,
    /// E-mail address of the actor, where it is still known.
    pub actor_email: Option<String>,
    /// `resource.action`, for example `api_key.create`.
    pub action: String,
    /// The path it was done at.
    pub resource: String,
    pub request_id: Option<String>,
}
