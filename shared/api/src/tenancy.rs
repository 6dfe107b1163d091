//! Types of the tenancy room: tenants, teams, projects, members, invitations, API keys, the audit log.
//!
//! In a change (`PATCH`) an absent field stays as it is; a field that can be empty is emptied by `null`.

mod audit;
mod key;
mod people;
mod project;
mod slug;
mod tenant;

use serde::{Deserialize, Deserializer};

pub use audit::{AuditEntry, AuditOutcome};
pub use key::{ApiKey, ApiKeyChange, ApiKeyStatus, CreatedApiKey, NewApiKey};
pub use people::{CreatedInvitation, Invitation, InvitationStatus, Member, MemberChange, NewInvitation};
pub use project::{NewProject, NewTeam, Project, ProjectChange, Team};
pub use slug::{ParseSlugError, Slug};
pub use tenant::{CreatedTenant, NewTenant, Tenant, TenantChange, TenantStatus};

/// Tells `null` (`Some(None)`) from an absent field (`None`).
pub(crate) fn present<'de, T: Deserialize<'de>, D: Deserializer<'de>>(
    deserializer: D,
) -> Result<Option<T>, D::Error> {
    T::deserialize(deserializer).map(Some)
}
