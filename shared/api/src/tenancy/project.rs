//! Teams and projects inside a tenant.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use shared::{ProjectId, TeamId};

use super::present;
use crate::identity::DisplayName;

/// A team inside a tenant.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Team {
    pub id: TeamId,
    pub name: String,
    pub created_at: DateTime<Utc>,
}

/// `POST …/teams`, and `PATCH …/teams/{team_id}`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct NewTeam {
    pub name: DisplayName,
}

/// A project inside a tenant; owns keys, carries a cost centre.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Project {
    pub id: ProjectId,
    pub name: String,
    pub team_id: Option<TeamId>,
    pub cost_centre: Option<String>,
    /// How sensitive its data is, by a name of the provider's list.
    pub data_class: Option<String>,
    /// Whether `/v1/responses` keeps answers for `previous_response_id`.
    pub store_responses: bool,
    /// Regions that its calls must run in, of those of the tenant; null: wherever the tenant's may.
    pub residency: Option<Vec<String>>,
    pub created_at: DateTime<Utc>,
    pub archived_at: Option<DateTime<Utc>>,
}

/// `POST …/projects`
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct NewProject {
    pub name: DisplayName,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub team_id: Option<TeamId>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cost_centre: Option<DisplayName>,
    /// A name of the list at `…/data-classes`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub data_class: Option<String>,
}

/// `PATCH …/projects/{project_id}`. Data class, residency and stored responses are the administrators' to change.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct ProjectChange {
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub name: Option<DisplayName>,
    #[serde(default, deserialize_with = "present", skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "openapi", schema(value_type = Option<TeamId>))]
    pub team_id: Option<Option<TeamId>>,
    #[serde(default, deserialize_with = "present", skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "openapi", schema(value_type = Option<DisplayName>))]
    pub cost_centre: Option<Option<DisplayName>>,
    #[serde(default, deserialize_with = "present", skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "openapi", schema(value_type = Option<String>))]
    pub data_class: Option<Option<String>>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub store_responses: Option<bool>,
    /// Regions that its calls must run in, of those of the tenant; null: wherever the tenant's may.
    #[serde(default, deserialize_with = "present", skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "openapi", schema(value_type = Option<Vec<String>>))]
    pub residency: Option<Option<Vec<String>>>,
    /// `false` takes a project out of the archive; `DELETE` puts it there.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub archived: Option<bool>,
}
