use access::{Refusal, TenantPermit, grants::ReadUpstream};
use axum::extract::State;
use shared::{Page, TenantId};
use shared_api::engines::Upstream;
use web::Json;

use crate::{CatalogState, health, store};

/// A tenant's own accounts at providers outside, with their health.
#[utoipa::path(
    get, path = "/api/v1/tenants/{tenant_id}/upstreams", tag = "upstreams", operation_id = "list_upstreams",
    params(("tenant_id" = TenantId, Path)), responses((status = 200, body = Page<Upstream>), (status = 403), (status = 404))
)]
pub async fn list(
    State(state): State<CatalogState>,
    permit: TenantPermit<ReadUpstream>,
) -> Result<Json<Page<Upstream>>, Refusal> {
    let mut tx = permit.begin().await?;
    let mut upstreams = store::upstream::list(&mut tx, None).await?;
    tx.commit().await?;
    let known = health::all(&*state.kv).await;
    for upstream in &mut upstreams {
        upstream.health = health::of(&known, upstream.id);
    }
    Ok(Json(Page::whole(upstreams)))
}
