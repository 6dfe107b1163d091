use access::{Caller, Refusal, TenantPermit, grants::CreatePlaygroundShare};
use http::StatusCode;
use shared::{ErrorCode, PlaygroundShareId, TenantId};
use shared_api::playground::{NewPlaygroundShare, PlaygroundShare};
use web::{Json, Problem};

use crate::{playground, store};

/// Keeps a setup of the playground under an id that the tenant's people can open.
#[utoipa::path(
    post, path = "/api/v1/tenants/{tenant_id}/playground/shares", tag = "playground", operation_id = "create_playground_share",
    request_body = NewPlaygroundShare, params(("tenant_id" = TenantId, Path)),
    responses((status = 201, body = PlaygroundShare), (status = 400), (status = 403), (status = 404))
)]
pub async fn create(
    permit: TenantPermit<CreatePlaygroundShare>,
    Json(new): Json<NewPlaygroundShare>,
) -> Result<(StatusCode, Json<PlaygroundShare>), Refusal> {
    let title = playground::check_title(&new.title)?.to_owned();
    playground::check_setup(&new.setup)?;
    let Caller::Member(member) = permit.caller() else {
        return Err(Problem::new(ErrorCode::Forbidden, "Only a tenant's own people share.").into());
    };
    let share = PlaygroundShare {
        id: PlaygroundShareId::generate(),
        title,
        setup: new.setup,
        created_by: member.email.clone(),
        created_at: permit.now(),
    };
    let mut tx = permit.begin().await?;
    store::playground::insert_share(&mut tx, &share, member.id).await?;
    tx.commit().await?;
    Ok((StatusCode::CREATED, Json(share)))
}
