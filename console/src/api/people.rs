//! A tenant's members and invitations, and its audit log.

use leptos::prelude::*;
use serde::{Deserialize, Serialize};
use shared::{InvitationId, MemberId, Page, TenantId};
use shared_api::tenancy::{AuditEntry, Invitation, Member};

use super::{Answer, ApiProblem, flash::Flash};

#[cfg(feature = "ssr")]
use {
    super::{call, flash},
    serde_json::json,
    shared_api::tenancy::CreatedInvitation,
};

/// What the page of people shows. Invitations are there for those who may see them.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct PeopleView {
    pub members: Vec<Member>,
    pub invitations: Vec<Invitation>,
    pub now: i64,
}

/// A page of the audit log.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct AuditView {
    pub entries: Page<AuditEntry>,
    pub now: i64,
}

#[server(prefix = "/_fn", endpoint = "people")]
pub async fn read_people(tenant: TenantId, invitations: bool) -> Result<Answer<PeopleView>, ApiProblem> {
    let members = format!("/api/v1/tenants/{tenant}/members?limit=200");
    let open = format!("/api/v1/tenants/{tenant}/invitations?limit=200");
    let read = async {
        let invited = async {
            if invitations { Ok(call::get::<Page<Invitation>>(&open).await?.data) } else { Ok(Vec::new()) }
        };
        let (members, invitations) = futures::try_join!(call::get::<Page<Member>>(&members), invited)?;
        Ok(PeopleView { members: members.data, invitations, now: call::now() })
    };
    call::reply(read.await)
}

#[server(prefix = "/_fn", endpoint = "people/invite")]
pub async fn invite(tenant: TenantId, email: String, role: String) -> Result<Answer<Flash>, ApiProblem> {
    let body = json!({ "email": email.trim(), "role": role });
    let made = call::post::<CreatedInvitation>(&format!("/api/v1/tenants/{tenant}/invitations"), &body).await;
    let said = made.map(|made| {
        Flash::new(format!(
            "{} is invited: send this link, unless the mail reaches them",
            made.invitation.email
        ))
        .with_secret("Invitation link", made.link)
    });
    call::reply(said.inspect(flash::leave))
}

#[server(prefix = "/_fn", endpoint = "people/invitation/revoke")]
pub async fn revoke_invitation(
    tenant: TenantId,
    invitation: InvitationId,
    #[server(default)] email: String,
) -> Result<Answer<Flash>, ApiProblem> {
    let done = call::delete::<()>(&format!("/api/v1/tenants/{tenant}/invitations/{invitation}")).await;
    call::reply(
        done.map(|()| Flash::new(format!("The invitation of {email} was revoked"))).inspect(flash::leave),
    )
}

#[server(prefix = "/_fn", endpoint = "people/role")]
pub async fn change_role(
    tenant: TenantId,
    member: MemberId,
    role: String,
) -> Result<Answer<Flash>, ApiProblem> {
    let path = format!("/api/v1/tenants/{tenant}/members/{member}");
    let changed = call::patch::<Member>(&path, &json!({ "role": role })).await;
    let said = changed.map(|member| Flash::new(format!("{} is now {}", member.name, member.role)));
    call::reply(said.inspect(flash::leave))
}

#[server(prefix = "/_fn", endpoint = "people/disable")]
pub async fn set_member_disabled(
    tenant: TenantId,
    member: MemberId,
    disabled: bool,
) -> Result<Answer<Flash>, ApiProblem> {
    let path = format!("/api/v1/tenants/{tenant}/members/{member}");
    let changed = call::patch::<Member>(&path, &json!({ "disabled": disabled })).await;
    let words = if disabled { "was signed out everywhere and cannot sign in" } else { "can sign in again" };
    call::reply(changed.map(|member| Flash::new(format!("{} {words}", member.name))).inspect(flash::leave))
}

#[server(prefix = "/_fn", endpoint = "audit")]
pub async fn read_audit(
    tenant: TenantId,
    #[server(default)] after: String,
) -> Result<Answer<AuditView>, ApiProblem> {
    let list = call::page_of(&format!("/api/v1/tenants/{tenant}/audit"), 50, &after);
    let entries = call::get::<Page<AuditEntry>>(&list).await;
    call::reply(entries.map(|entries| AuditView { entries, now: call::now() }))
}
