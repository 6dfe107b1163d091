use access::{Refusal, TenantPermit, grants::ReadUsage};
use axum::response::IntoResponse;
use chrono::SecondsFormat;
use http::header;
use shared::TenantId;
use shared_api::billing::UsageQuery;
use web::{Problem, Query};

use crate::{
    period::Period,
    store::rollup::{self, ExportRow},
};

/// Most lines of one export.
const MOST: i64 = 100_000;

/// A tenant's usage as CSV: a line a bucket, project, key and model.
#[utoipa::path(
    get, path = "/api/v1/tenants/{tenant_id}/usage.csv", tag = "usage", operation_id = "export_usage",
    params(("tenant_id" = TenantId, Path), UsageQuery),
    responses((status = 200, body = String, content_type = "text/csv"), (status = 400), (status = 404))
)]
pub async fn export(
    permit: TenantPermit<ReadUsage>,
    Query(query): Query<UsageQuery>,
) -> Result<impl IntoResponse, Refusal> {
    let period = Period::of(&query, permit.now())?;
    let mut tx = permit.begin().await?;
    let rows = rollup::export(&mut tx, &period, &query, MOST + 1).await?;
    tx.commit().await?;
    if rows.len() > usize::try_from(MOST).unwrap_or(usize::MAX) {
        let message =
            format!("more than {MOST} lines: ask for less time, for bucket=day, or for one project");
        return Err(Problem::field("from", message).into());
    }
    let text = csv(&rows).map_err(|error| Problem::internal(&error))?;
    let name = format!("usage-{}-{}.csv", period.from.format("%Y%m%d"), period.to.format("%Y%m%d"));
    let headers = [
        (header::CONTENT_TYPE, "text/csv; charset=utf-8".to_owned()),
        (header::CONTENT_DISPOSITION, format!("attachment; filename=\"{name}\"")),
    ];
    Ok((headers, text))
}

/// A name that a spreadsheet would take for a formula is led by an apostrophe.
fn cell(text: &str) -> String {
    if text.starts_with(['=', '+', '-', '@', '\t', '\r']) { format!("'{text}") } else { text.to_owned() }
}

fn csv(rows: &[ExportRow]) -> Result<Vec<u8>, csv::Error> {
    let mut writer = csv::Writer::from_writer(Vec::new());
    writer.write_record([
        "start",
        "project",
        "cost_centre",
        "key",
        "model",
        "requests",
        "errors",
        "prompt_tokens",
        "cached_tokens",
        "completion_tokens",
        "amount",
        "currency",
        "demo",
    ])?;
    for row in rows {
        writer.write_record([
            row.bucket.to_rfc3339_opts(SecondsFormat::Secs, true),
            cell(&row.project),
            cell(row.cost_centre.as_deref().unwrap_or("")),
            cell(&row.key),
            cell(&row.model),
            row.requests.to_string(),
            row.errors.to_string(),
            row.prompt_tokens.to_string(),
            row.cached_tokens.to_string(),
            row.completion_tokens.to_string(),
            row.amount.normalize().to_string(),
            row.currency.clone(),
            row.demo.to_string(),
        ])?;
    }
    writer.into_inner().map_err(|error| error.into_error().into())
}
