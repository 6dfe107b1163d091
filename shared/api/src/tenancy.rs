//! Types of the tenancy room: tenants, teams, projects, members, invitations, API keys, the audit log.
//!
//! In a change (`PATCH`) an absent field stays as it is; a field that can be empty is emptied by `null`.

use std::{fmt, str::FromStr};

use chrono::{DateTime, Utc};
use serde::{Deserialize, Deserializer, Serialize, de};
use shared::{ApiKeyId, AuditActionId, InvitationId, MemberId, ProjectId, Role, TeamId, TenantId};

use crate::identity::{DisplayName, EmailAddress};

/// Tells `null` (`Some(None)`) from an absent field (`None`).
fn present<'de, T: Deserialize<'de>, D: Deserializer<'de>>(deserializer: D) -> Result<Option<T>, D::Error> {
    T::deserialize(deserializer).map(Some)
}

/// A tenant's name in addresses: `/t/{slug}/v1` and `{slug}.HOST`. Never changes.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[cfg_attr(feature = "openapi", schema(value_type = String, pattern = "^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])$", example = "acme"))]
pub struct Slug(String);

/// Names that stand for something else in an address, or would pass for the operator's own.
const RESERVED: [&str; 39] = [
    "about",
    "account",
    "accounts",
    "admin",
    "administrator",
    "api",
    "app",
    "apps",
    "assets",
    "auth",
    "billing",
    "blog",
    "cdn",
    "console",
    "dashboard",
    "docs",
    "ftp",
    "gateway",
    "grafana",
    "health",
    "help",
    "imap",
    "localhost",
    "login",
    "mail",
    "metrics",
    "operator",
    "pkg",
    "root",
    "signin",
    "signup",
    "smtp",
    "static",
    "status",
    "support",
    "switchyard",
    "system",
    "v1",
    "www",
];

/// Why a text is not a slug.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ParseSlugError {
    /// The form is wrong; holds a slug made from the text, where one could be made.
    Form(Option<String>),
    Reserved(String),
}

impl fmt::Display for ParseSlugError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Form(suggestion) => {
                f.write_str("expected 2 to 63 lower-case letters, digits and hyphens, beginning and ending with a letter or digit")?;
                suggestion.as_ref().map_or(Ok(()), |slug| write!(f, "; for example `{slug}`"))
            }
            Self::Reserved(slug) => {
                write!(f, "`{slug}` is reserved: choose the client's own name, for example `{slug}-inc`")
            }
        }
    }
}

impl std::error::Error for ParseSlugError {}

impl Slug {
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// A slug for a name: `Acme Robotics, Inc.` gives `acme-robotics-inc`. None when nothing usable is left of it.
    pub fn suggest(name: &str) -> Option<Self> {
        let lower = name.to_ascii_lowercase();
        let words: Vec<_> =
            lower.split(|c: char| !c.is_ascii_alphanumeric()).filter(|word| !word.is_empty()).collect();
        let mut joined = words.join("-");
        joined.truncate(63);
        let slug = joined.trim_end_matches('-');
        (has_slug_form(slug) && !RESERVED.contains(&slug)).then(|| Self(slug.to_owned()))
    }
}

impl fmt::Display for Slug {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

fn has_slug_form(text: &str) -> bool {
    let inner = text.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-');
    // Names that begin with `xn--` mean another alphabet to a resolver.
    inner
        && (2..=63).contains(&text.len())
        && !text.starts_with('-')
        && !text.ends_with('-')
        && !text.starts_with("xn--")
}

impl FromStr for Slug {
    type Err = ParseSlugError;

    fn from_str(text: &str) -> Result<Self, ParseSlugError> {
        if !has_slug_form(text) {
            return Err(ParseSlugError::Form(Self::suggest(text).map(|slug| slug.0)));
        }
        if RESERVED.contains(&text) {
            return Err(ParseSlugError::Reserved(text.to_owned()));
        }
        Ok(Self(text.to_owned()))
    }
}

impl<'de> Deserialize<'de> for Slug {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer)?.parse().map_err(de::Error::custom)
    }
}

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
}

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

/// `PATCH …/projects/{project_id}`. Data class and stored responses are the administrators' to change.
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
    /// `false` takes a project out of the archive; `DELETE` puts it there.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub archived: Option<bool>,
}

/// A person of a tenant.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Member {
    pub id: MemberId,
    pub email: String,
    pub name: String,
    pub role: Role,
    pub created_at: DateTime<Utc>,
    pub disabled_at: Option<DateTime<Utc>>,
    pub last_sign_in_at: Option<DateTime<Utc>>,
}

/// `PATCH …/members/{member_id}`
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct MemberChange {
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub role: Option<Role>,
    /// True: signs the person out everywhere and stops their tokens.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub disabled: Option<bool>,
}

/// Where an invitation stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum InvitationStatus {
    Open,
    Accepted,
    Revoked,
    Expired,
}

/// An invitation of a person into a tenant.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Invitation {
    pub id: InvitationId,
    pub email: String,
    pub role: Role,
    pub status: InvitationStatus,
    /// E-mail address of the member who invited, or `operator`.
    pub invited_by: String,
    pub created_at: DateTime<Utc>,
    pub expires_at: DateTime<Utc>,
}

/// `POST …/invitations`
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct NewInvitation {
    pub email: EmailAddress,
    pub role: Role,
}

/// An invitation at its making.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct CreatedInvitation {
    #[serde(flatten)]
    pub invitation: Invitation,
    /// The link to send to the person; shown once, absent when the answer is a replay.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub link: Option<String>,
}

/// Whether a key works.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum ApiKeyStatus {
    Active,
    Disabled,
    Expired,
    /// For ever.
    Revoked,
}

impl ApiKeyStatus {
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Active => "active",
            Self::Disabled => "disabled",
            Self::Expired => "expired",
            Self::Revoked => "revoked",
        }
    }
}

/// A key for the data plane.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct ApiKey {
    pub id: ApiKeyId,
    pub project_id: ProjectId,
    pub name: String,
    pub status: ApiKeyStatus,
    /// E-mail address of who made it.
    pub created_by: String,
    /// How the secret begins, for telling keys apart.
    pub display_prefix: String,
    /// How the secret ends.
    pub last_four: String,
    pub scopes: Vec<String>,
    /// Null: every model that the tenant may use.
    pub allowed_models: Option<Vec<String>>,
    pub created_at: DateTime<Utc>,
    pub expires_at: Option<DateTime<Utc>>,
    pub disabled_at: Option<DateTime<Utc>>,
    pub revoked_at: Option<DateTime<Utc>>,
    pub last_used_at: Option<DateTime<Utc>>,
}

/// `POST …/keys`
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct NewApiKey {
    pub name: DisplayName,
    pub project_id: ProjectId,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub expires_at: Option<DateTime<Utc>>,
    /// Absent or null: every model that the tenant may use.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub allowed_models: Option<Vec<String>>,
    /// `routing:explain` shows which deployment served a call.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub scopes: Vec<String>,
}

/// A key at its making.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct CreatedApiKey {
    #[serde(flatten)]
    pub key: ApiKey,
    /// Shown once; absent when the answer is a replay.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub secret: Option<String>,
}

/// `PATCH …/keys/{key_id}`
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct ApiKeyChange {
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub name: Option<DisplayName>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub disabled: Option<bool>,
    #[serde(default, deserialize_with = "present", skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "openapi", schema(value_type = Option<Vec<String>>))]
    pub allowed_models: Option<Option<Vec<String>>>,
    #[serde(default, deserialize_with = "present", skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "openapi", schema(value_type = Option<DateTime<Utc>>))]
    pub expires_at: Option<Option<DateTime<Utc>>>,
}

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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_slug_in_the_wrong_form_gets_a_suggestion() {
        let error = "Acme Robotics, Inc.".parse::<Slug>().unwrap_err();
        assert!(error.to_string().ends_with("for example `acme-robotics-inc`"), "{error}");
        assert_eq!(Slug::suggest("Acme Robotics, Inc.").unwrap().as_str(), "acme-robotics-inc");
        for bad in ["", "a", "-acme", "acme-", "xn--80ak6aa92e", "ümlaut", &"a".repeat(64)] {
            assert!(bad.parse::<Slug>().is_err(), "{bad}");
        }
        assert_eq!("acme-2".parse::<Slug>().unwrap().as_str(), "acme-2");
    }

    #[test]
    fn reserved_names_are_refused_by_name() {
        assert_eq!("console".parse::<Slug>(), Err(ParseSlugError::Reserved("console".into())));
        assert!(Slug::suggest("API").is_none());
    }
}
