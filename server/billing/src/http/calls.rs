use access::{Refusal, TenantPermit, grants::ReadUsage};
use chrono::TimeDelta;
use shared::{Page, TenantId};
use shared_api::billing::UsageCall;
use web::{Json, Paging};

use crate::store;

/// How far back single calls are listed.
const REACH: TimeDelta = TimeDelta::days(31);

/// A tenant's calls of the last 31 days, newest first. No content.
#[utoipa::path(
    get, path = "/api/v1/tenants/{tenant_id}/usage/calls", tag = "usage", operation_id = "list_calls",
    params(("tenant_id" = TenantId, Path), ("limit" = Option<u32>, Query), ("after" = Option<String>, Query)),
    responses((status = 200, body = Page<UsageCall>), (status = 404))
)]
pub async fn calls(
    permit: TenantPermit<ReadUsage>,
    paging: Paging,
) -> Result<Json<Page<UsageCall>>, Refusal> {
    let mut tx = permit.begin().await?;
    let rows = store::calls::list(&mut tx, permit.now() - REACH, paging.after_id()?, paging.rows()).await?;
    tx.commit().await?;
    Ok(Json(Page::from_rows(rows, paging.limit as usize, |call| call.id.to_string())))
}
