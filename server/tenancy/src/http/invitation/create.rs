//! `POST /api/v1/tenants/{tenant_id}/invitations`

use access::{Caller, TenantPermit, grants::CreateInvitation};
use axum::extract::State;
use shared::TenantId;
use shared_api::tenancy::{CreatedInvitation, NewInvitation};
use web::{Json, ProblemBody, Shown};

use crate::{Tenancy, TenancyError, invitation, people, store};

/// Invites a person by a link that works once, for seven days.
///
/// The link is in this answer only, and in the message to the address. Owners are invited by owners and operators.
#[utoipa::path(
    post,
    path = "/api/v1/tenants/{tenant_id}/invitations",
    tag = "invitations",
    params(("tenant_id" = TenantId, Path)),
    request_body = NewInvitation,
    responses(
        (status = 201, body = CreatedInvitation),
        (status = 400, body = ProblemBody),
        (status = 401, body = ProblemBody),
        (status = 403, body = ProblemBody),
        (status = 404, body = ProblemBody),
        (status = 409, description = "A member, or invited already.", body = ProblemBody),
    )
)]
pub async fn create_invitation(
    State(tenancy): State<Tenancy>,
    permit: TenantPermit<CreateInvitation>,
    Json(new): Json<NewInvitation>,
) -> Result<Shown<CreatedInvitation, CreatedInvitation>, TenancyError> {
    people::check_grant(people::acting(permit.caller()), new.role)?;
    let mut tx = permit.begin().await?;
    if store::member::exists(&mut tx, new.email.as_str()).await? {
        return Err(TenancyError::MemberExists);
    }
    let tenant = store::tenant::get(&mut tx).await?.shown(&tenancy);
    let wanted = invitation::Wanted {
        tenant_id: permit.tenant_id(),
        tenant_name: &tenant.name,
        email: &new.email,
        role: new.role,
        invited_by: match permit.caller() {
            Caller::Operator(_) => "operator",
            Caller::Member(member) => &member.email,
        },
    };
    let with_secret = invitation::issue(tx.conn(), &tenancy, &wanted, permit.now()).await?;
    tx.commit().await?;
    let without = CreatedInvitation { link: None, ..with_secret.clone() };
    Ok(Shown { with_secret, without })
}
