//! `GET /api/v1/audit`

use access::{OperatorPermit, grants::ReadOperatorAudit};
use shared::Page;
use shared_api::tenancy::AuditEntry;
use web::{Json, Paging, ProblemBody};

use super::list_tenant::before;
use crate::{TenancyError, store};

/// What operators did to the deployment as a whole, newest first.
#[utoipa::path(
    get,
    path = "/api/v1/audit",
    tag = "audit",
    params(Paging),
    responses((status = 200, body = Page<AuditEntry>), (status = 401, body = ProblemBody), (status = 404, body = ProblemBody))
)]
pub async fn list_operator_audit(
    permit: OperatorPermit<ReadOperatorAudit>,
    paging: Paging,
) -> Result<Json<Page<AuditEntry>>, TenancyError> {
    let mut tx = permit.begin().await?;
    let entries = store::audit::of_operators(&mut tx, before(&paging)?, paging.rows()).await?;
    Ok(Json(Page::from_rows(entries, paging.limit as usize, |entry| entry.seq.to_string())))
}
