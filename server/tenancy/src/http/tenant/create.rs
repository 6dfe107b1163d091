//! `POST /api/v1/tenants`

use access::{OperatorPermit, grants::CreateTenantDirectory};
use axum::extract::State;
use shared::{Role, TenantId};
use shared_api::tenancy::{CreatedInvitation, CreatedTenant, NewTenant};
use web::{Json, ProblemBody, Shown};

use crate::{Tenancy, TenancyError, api_key::check_models, invitation, onboarding, residency, store};

/// Onboards a tenant: makes it with its first project, grants it models, and invites its first owner.
///
/// The invitation's link is in this answer only, and in the message to the address.
#[utoipa::path(
    post,
    path = "/api/v1/tenants",
    tag = "tenants",
    request_body = NewTenant,
    responses(
        (status = 201, body = CreatedTenant),
        (status = 400, body = ProblemBody),
        (status = 401, body = ProblemBody),
        (status = 404, body = ProblemBody),
        (status = 409, description = "The slug is taken.", body = ProblemBody),
    )
)]
pub async fn create_tenant(
    State(tenancy): State<Tenancy>,
    permit: OperatorPermit<CreateTenantDirectory>,
    Json(new): Json<NewTenant>,
) -> Result<Shown<CreatedTenant, CreatedTenant>, TenancyError> {
    let limit = onboarding::limit(new.max_concurrent_requests)?;
    residency::check(new.residency.as_deref())?;
    let (id, now) = (TenantId::generate(), permit.now());
    let mut tx = permit.begin().await?;
    check_models("models", &new.models, &store::model::offered(&mut tx).await?)?;
    let row = store::tenant::NewRow {
        id,
        slug: &new.slug,
        name: &new.name,
        max_concurrent_requests: limit,
        residency: new.residency.as_deref(),
    };
    let tenant = store::tenant::insert(&mut tx, &row, now).await?.shown(&tenancy);
    let default_project_id =
        store::tenant::insert_first_project(&mut tx, id, onboarding::FIRST_PROJECT, now).await?;
    store::model::grant(&mut tx, id, &new.models, now).await?;
    let mut invitation = None;
    if let Some(email) = &new.admin_email {
        let wanted = invitation::Wanted {
            tenant_id: id,
            tenant_name: new.name.as_str(),
            email,
            role: Role::Owner,
            invited_by: "operator",
        };
        invitation = Some(invitation::issue(tx.conn(), &tenancy, &wanted, now).await?);
    }
    tx.commit().await?;
    let with_secret = CreatedTenant { tenant, default_project_id, invitation };
    let mut without = with_secret.clone();
    without.invitation = without.invitation.map(|made| CreatedInvitation { link: None, ..made });
    Ok(Shown { with_secret, without })
}
