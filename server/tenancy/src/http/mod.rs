//! The room's endpoints: a folder a noun, a file a verb.

mod audit;
mod invitation;
mod key;
mod member;
mod project;
mod team;
mod tenant;

use utoipa_axum::{router::OpenApiRouter, routes};

use crate::Tenancy;

/// Every endpoint of the room, by its full path. To stand inside the layers of sessions, audit and idempotency.
pub fn routes(tenancy: Tenancy) -> OpenApiRouter {
    OpenApiRouter::new()
        // For operators.
        .routes(routes!(tenant::list::list_tenants, tenant::create::create_tenant))
        .routes(routes!(audit::list_operator::list_operator_audit))
        // A tenant, for its own people and operators.
        .routes(routes!(
            tenant::read::read_tenant,
            tenant::update::update_tenant,
            tenant::delete::delete_tenant
        ))
        .routes(routes!(team::list::list_teams, team::create::create_team))
        .routes(routes!(team::update::update_team, team::delete::delete_team))
        .routes(routes!(project::list::list_projects, project::create::create_project))
        .routes(routes!(
            project::read::read_project,
            project::update::update_project,
            project::archive::archive_project
        ))
        .routes(routes!(member::list::list_members))
        .routes(routes!(member::update::update_member, member::remove::remove_member))
        .routes(routes!(invitation::list::list_invitations, invitation::create::create_invitation))
        .routes(routes!(invitation::revoke::revoke_invitation))
        .routes(routes!(key::list::list_keys, key::create::create_key))
        .routes(routes!(key::read::read_key, key::update::update_key, key::revoke::revoke_key))
        .routes(routes!(audit::list_tenant::list_tenant_audit))
        .with_state(tenancy)
}
