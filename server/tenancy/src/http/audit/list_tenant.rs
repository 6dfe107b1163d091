//! `GET /api/v1/tenants/{tenant_id}/audit`

use access::{TenantPermit, grants::ReadAudit};
use shared::{Page, TenantId};
use shared_api::tenancy::AuditEntry;
use web::{Json, Paging, Problem, ProblemBody};

use crate::{TenancyError, store};

/// What was done in a tenant, newest first.
#[utoipa::path(
    get,
    path = "/api/v1/tenants/{tenant_id}/audit",
    tag = "audit",
    params(("tenant_id" = TenantId, Path), Paging),
    responses(
        (status = 200, body = Page<AuditEntry>),
        (status = 401, body = ProblemBody),
        (status = 403, body = ProblemBody),
        (status = 404, body = ProblemBody),
    )
)]
pub async fn list_tenant_audit(
    permit: TenantPermit<ReadAudit>,
    paging: Paging,
) -> Result<Json<Page<AuditEntry>>, TenancyError> {
    let mut tx = permit.begin().await?;
    let entries = store::audit::of_tenant(&mut tx, before(&paging)?, paging.rows()).await?;
    Ok(Json(Page::from_rows(entries, paging.limit as usize, |entry| entry.seq.to_string())))
}

/// The cursor: a place in the chain.
pub fn before(paging: &Paging) -> Result<Option<i64>, Problem> {
    paging.after_id()
}
