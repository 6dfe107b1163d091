//! Calls that failed at an engine, from the usage events.

use chrono::{DateTime, Utc};
use db::{DbError, OperatorTx};
use shared::DeploymentId;
use shared_api::engines::EngineErrors;
use uuid::Uuid;

type Row = (Uuid, Option<String>, Option<String>, Option<String>, String, i64, DateTime<Utc>);

/// By deployment and error, the most frequent first. Refusals that no engine had a part in are not among them.
pub async fn since(
    tx: &mut OperatorTx,
    since: DateTime<Utc>,
    rows: i64,
) -> Result<Vec<EngineErrors>, DbError> {
    let found: Vec<Row> = sqlx::query_as(
        "with failed as (select deployment_id, error_code, count(*) as calls, max(started_at) as last_at \
           from usage_events where started_at >= $1 and error_code is not null and deployment_id is not null \
           group by deployment_id, error_code) \
         select f.deployment_id, d.name, m.name, d.engine, f.error_code, f.calls, f.last_at from failed f \
         left join deployments d on d.id = f.deployment_id left join models m on m.id = d.model_id \
         order by f.calls desc, f.last_at desc, f.deployment_id, f.error_code limit $2",
    )
    .bind(since)
    .bind(rows)
    .fetch_all(tx.conn())
    .await?;
    let errors = |(id, deployment, model, engine, error, calls, last_at): Row| EngineErrors {
        deployment_id: DeploymentId::from_uuid(id),
        deployment,
        model,
        engine,
        error,
        calls: u64::try_from(calls).unwrap_or_default(),
        last_at,
    };
    Ok(found.into_iter().map(errors).collect())
}
