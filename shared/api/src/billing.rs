//! Types of the billing room: usage, as it was metered and priced.

use chrono::{DateTime, Utc};
use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};
use shared::{ApiKeyId, Currency, ProjectId, TenantId};

/// Sums over calls. Amounts are list prices at the time of each call.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct UsageTotals {
    pub requests: u64,
    /// Calls that ended in an error of ours or of an engine.
    pub errors: u64,
    /// Calls refused before an engine saw them.
    pub rejected: u64,
    /// Calls that the client left.
    pub aborted: u64,
    pub prompt_tokens: u64,
    pub cached_tokens: u64,
    pub completion_tokens: u64,
    pub reasoning_tokens: u64,
    #[cfg_attr(feature = "openapi", schema(value_type = String))]
    pub amount: Decimal,
    /// Total time of a call, in milliseconds, from the stored histogram; None without calls.
    pub latency_p50_ms: Option<u32>,
    pub latency_p95_ms: Option<u32>,
    /// Time to first token, in milliseconds.
    pub first_token_p50_ms: Option<u32>,
    pub first_token_p95_ms: Option<u32>,
}

/// One step of a series.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct UsageBucket {
    pub start: DateTime<Utc>,
    pub totals: UsageTotals,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum UsageBucketWidth {
    Hour,
    Day,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum UsageGroup {
    Project,
    Key,
    Model,
    Team,
}

/// What to look at: `GET /api/v1/tenants/{id}/usage?from=&to=&bucket=&group_by=&project_id=&key_id=&model=`.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::IntoParams))]
#[serde(deny_unknown_fields)]
pub struct UsageQuery {
    /// Inclusive; left out, 7 days before `to`. Rounded down to the bucket.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub from: Option<DateTime<Utc>>,
    /// Exclusive; left out, the end of the present bucket.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub to: Option<DateTime<Utc>>,
    /// `hour` or `day`; left out, hours up to 3 days, else days. At most 1000 buckets.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub bucket: Option<UsageBucketWidth>,
    /// `project`, `key`, `model` or `team`; left out, by model.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub group_by: Option<UsageGroup>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub project_id: Option<ProjectId>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub key_id: Option<ApiKeyId>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub model: Option<String>,
}

/// One row of a breakdown.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct UsageGroupRow {
    /// The id of the project, key or team, or the model's name.
    pub id: String,
    /// Its name as of now; the id where it has none any more.
    pub name: String,
    pub totals: UsageTotals,
}

/// Everything a usage page shows, in one answer.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct UsageReport {
    pub from: DateTime<Utc>,
    pub to: DateTime<Utc>,
    pub bucket: UsageBucketWidth,
    pub group_by: UsageGroup,
    /// Amounts of other currencies are reported by asking again; None when there was no usage.
    pub currency: Currency,
    pub totals: UsageTotals,
    /// The same length of time just before, for comparison.
    pub previous: UsageTotals,
    /// Every bucket of the time asked for, empty ones too, oldest first.
    pub series: Vec<UsageBucket>,
    /// Dearest first, at most 200.
    pub groups: Vec<UsageGroupRow>,
    /// Whether any of it is demo data.
    pub includes_demo: bool,
}

/// One call, as it was metered. No content.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct UsageCall {
    pub id: shared::UsageEventId,
    pub started_at: DateTime<Utc>,
    pub project_id: ProjectId,
    pub key_id: ApiKeyId,
    pub end_user: Option<String>,
    pub model_asked: String,
    pub model_served: Option<String>,
    pub streamed: bool,
    /// `completed`, `error`, `client_abort`, `upstream_abort`, `rejected` or `gateway_lost`.
    pub status: String,
    pub http_status: u16,
    pub error_code: Option<String>,
    pub finish_reason: Option<String>,
    pub prompt_tokens: u64,
    pub cached_tokens: u64,
    pub completion_tokens: u64,
    pub reasoning_tokens: u64,
    pub first_token_ms: Option<u32>,
    pub total_ms: u32,
    #[cfg_attr(feature = "openapi", schema(value_type = String))]
    pub amount: Decimal,
    pub currency: Option<Currency>,
    pub demo: bool,
}

/// A tenant in the operator's overview.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct TenantSpend {
    pub tenant_id: TenantId,
    pub slug: String,
    pub name: String,
    pub totals: UsageTotals,
}

/// `GET /api/v1/usage`: the whole platform, by tenant.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct PlatformUsage {
    pub from: DateTime<Utc>,
    pub to: DateTime<Utc>,
    pub bucket: UsageBucketWidth,
    pub currency: Currency,
    pub totals: UsageTotals,
    pub previous: UsageTotals,
    pub series: Vec<UsageBucket>,
    pub tenants: Vec<TenantSpend>,
    pub includes_demo: bool,
}
