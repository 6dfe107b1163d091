//! Types of the catalog room that are about routes: what their names mean, their versions, what came of their arms.
//!
//! The document of a version is [`shared::route::RouteSpec`].

use std::collections::BTreeMap;

use chrono::{DateTime, Utc};
use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};
use shared::{Currency, RouteId, route::RouteSpec};

/// A route with its version in force.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Route {
    pub id: RouteId,
    /// What callers name, as they name a model.
    pub name: String,
    pub description: String,
    /// The version in force.
    pub version: u32,
    /// The latest version; another than `version` after a rollback.
    pub latest_version: u32,
    pub spec: RouteSpec,
    /// What its author wrote of the version in force.
    pub note: String,
    /// Who made the version in force.
    pub changed_by: String,
    /// When a version last came into force.
    pub changed_at: DateTime<Utc>,
    pub created_by: String,
    pub created_at: DateTime<Utc>,
}

/// `POST /api/v1/routes`, `POST /api/v1/tenants/{tenant_id}/routes`
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct NewRoute {
    /// Letters, digits, `.`, `_`, `:`, `/`, `-`; no model's name, and not `auto`.
    pub name: String,
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub description: String,
    pub spec: RouteSpec,
    /// Why, for those who read the versions later.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub note: String,
}

/// `PATCH …/routes/{route_id}`. A document makes a new version, which is in force at once.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct RouteChange {
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub description: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub spec: Option<RouteSpec>,
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub note: String,
    /// The version that the change was made from: 409 when another is in force by now.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub if_version: Option<u32>,
}

/// One version of a route. Versions are never changed.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct RouteVersion {
    pub version: u32,
    /// Whether it is in force.
    pub active: bool,
    pub spec: RouteSpec,
    pub note: String,
    pub created_by: String,
    pub created_at: DateTime<Utc>,
}

/// `POST /api/v1/routes/{route_id}/rollback`: that version is in force again.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct Rollback {
    pub version: u32,
    /// The version that is to be left: 409 when another is in force by now.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub if_version: Option<u32>,
}

/// `POST /api/v1/routes/{route_id}/promote`: a new version in which that arm has all the weight.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct Promote {
    pub arm: String,
    /// The version that the arm was looked at in: 409 when another is in force by now.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub if_version: Option<u32>,
}

/// What to compare: `GET …/routes/{route_id}/arms?hours=24`.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::IntoParams))]
#[serde(deny_unknown_fields)]
pub struct ArmsQuery {
    /// Whole hours up to now, 1 to 2160; left out, 24.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub hours: Option<u32>,
    /// Of this version alone; left out, of all, arms of one name added up.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub version: Option<u32>,
}

/// What came of a route's arms.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct RouteArms {
    pub from: DateTime<Utc>,
    pub to: DateTime<Utc>,
    /// In which the amounts are; calls in other currencies count, their amounts do not.
    pub currency: Currency,
    /// Those of the version in force in its order, then others that had calls.
    pub arms: Vec<ArmUse>,
    /// What the copies came to, by the model that got them. The operator's alone; empty for a tenant.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub shadows: Vec<ShadowUse>,
    pub includes_demo: bool,
}

/// One arm's calls.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct ArmUse {
    pub arm: String,
    /// Its weight in the version in force; null where it is in none any more.
    pub weight: Option<u32>,
    pub requests: u64,
    /// Calls that ended in an error of ours or of an engine.
    pub errors: u64,
    pub rejected: u64,
    pub aborted: u64,
    pub prompt_tokens: u64,
    pub cached_tokens: u64,
    pub completion_tokens: u64,
    #[cfg_attr(feature = "openapi", schema(value_type = String))]
    pub amount: Decimal,
    pub latency_p50_ms: Option<u32>,
    pub latency_p95_ms: Option<u32>,
    pub first_token_p50_ms: Option<u32>,
    pub first_token_p95_ms: Option<u32>,
    /// Calls by how they finished: `stop`, `length`, …
    pub finish_reasons: BTreeMap<String, u64>,
}

/// The copies that a model got.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct ShadowUse {
    pub model: String,
    pub requests: u64,
    pub errors: u64,
    pub prompt_tokens: u64,
    pub completion_tokens: u64,
    /// By the price list, in the currency of the whole. Nobody pays it.
    #[cfg_attr(feature = "openapi", schema(value_type = String))]
    pub cost: Decimal,
    pub latency_p50_ms: Option<u32>,
    pub latency_p95_ms: Option<u32>,
    pub first_token_p50_ms: Option<u32>,
    pub first_token_p95_ms: Option<u32>,
    pub finish_reasons: BTreeMap<String, u64>,
}

/// What stands behind a name that a tenant can call.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum NameKind {
    Model,
    /// A route of the tenant's own.
    OwnRoute,
    /// A route that the provider offers.
    Route,
}

/// A route that the provider offers, as a tenant sees it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct OfferedRoute {
    pub name: String,
    pub description: String,
    /// Models that an answer can come from, of those that the tenant may use.
    pub models: Vec<String>,
}

/// `GET /api/v1/tenants/{tenant_id}/models/{name}/resolution`: where calls to a name go, in terms a tenant may see.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Resolution {
    pub name: String,
    pub kind: NameKind,
    /// Models that an answer can come from, of those that the tenant may use.
    pub models: Vec<ResolvedModel>,
    /// Regions that the tenant's calls must run in; null: anywhere.
    pub residency: Option<Vec<String>>,
}

/// A model and the kinds of places where it is served.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct ResolvedModel {
    pub model: String,
    /// Empty: calls to it fail now.
    pub places: Vec<Place>,
}

/// Whose machines serve.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum PlaceKind {
    /// Machines that serve several tenants.
    Shared,
    /// Machines that serve this tenant alone.
    Dedicated,
    /// The tenant's own account at a provider.
    Own,
}

/// A kind of place where a model is served.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Place {
    pub pool: PlaceKind,
    pub region: Option<String>,
    /// Outside the platform.
    pub external: bool,
}
