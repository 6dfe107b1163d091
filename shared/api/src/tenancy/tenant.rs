//! Tenants: what they are, their making, their changes.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use shared::{ProjectId, TenantId};

use super::{CreatedInvitation, Slug, present};
use crate::identity::{DisplayName, EmailAddress};

/// Whether a tenant is served.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum TenantStatus {
    Active,
    /// Calls are refused and nothing can be changed; reading works.
    Suspended,
    Deleted,
}

impl TenantStatus {
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Active => "active",
            Self::Suspended => "suspended",
            Self::Deleted => "deleted",
        }
    }
}

/// An enterprise client.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Tenant {
    pub id: TenantId,
    pub slug: String,
    pub name: String,
    pub status: TenantStatus,
    /// Base URL of its OpenAI-compatible endpoint.
    pub endpoint: String,
    /// Calls at once; null: no limit of its own.
    pub max_concurrent_requests: Option<u32>,
    /// Whether its calls may leave for engines outside the platform.
    pub external_engines: bool,
    /// Regions that its calls must run in; null: anywhere.
    pub residency: Option<Vec<String>>,
    pub demo: bool,
    pub created_at: DateTime<Utc>,
    pub suspended_at: Option<DateTime<Utc>>,
}

/// `POST /api/v1/tenants`: makes the tenant, its first project, its model grants, and invites its first owner.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct NewTenant {
    pub slug: Slug,
    pub name: DisplayName,
    /// Who gets the invitation as first owner.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub admin_email: Option<EmailAddress>,
    /// Names of models that it may use.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub models: Vec<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub max_concurrent_requests: Option<u32>,
    /// Regions that its calls must run in; left out: anywhere.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub residency: Option<Vec<String>>,
}

/// A tenant at its making.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct CreatedTenant {
    #[serde(flatten)]
    pub tenant: Tenant,
    pub default_project_id: ProjectId,
    /// The first owner's, where an address was given.
    pub invitation: Option<CreatedInvitation>,
}

/// `PATCH /api/v1/tenants/{tenant_id}`. The tenant's own people may change the name; the rest is the operator's.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct TenantChange {
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub name: Option<DisplayName>,
    /// `active` or `suspended`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub status: Option<TenantStatus>,
    #[serde(default, deserialize_with = "present", skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "openapi", schema(value_type = Option<u32>))]
    pub max_concurrent_requests: Option<Option<u32>>,
    /// Whether its calls may leave for engines outside the platform.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub external_engines: Option<bool>,
    /// Regions that its calls must run in; null: anywhere.
    #[serde(default, deserialize_with = "present", skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "openapi", schema(value_type = Option<Vec<String>>))]
    pub residency: Option<Option<Vec<String>>>,
}
