//! Teams.

use chrono::{DateTime, Utc};
use db::{OnConstraint, TenantTx};
use shared::TeamId;
use shared_api::{identity::DisplayName, tenancy::Team};
use uuid::Uuid;

use crate::TenancyError;

fn name_taken() -> TenancyError {
    TenancyError::NameTaken("team")
}

fn team((id, name, created_at): (Uuid, String, DateTime<Utc>)) -> Team {
    Team { id: TeamId::from_uuid(id), name, created_at }
}

/// In the order of their making.
pub async fn list(tx: &mut TenantTx, after: Option<TeamId>, rows: i64) -> Result<Vec<Team>, TenancyError> {
    let tenant = tx.tenant_id().uuid();
    let found: Vec<_> = sqlx::query_as(
        "select id, name, created_at from teams where tenant_id = $1 and ($2::uuid is null or id > $2) order by id limit $3",
    )
    .bind(tenant)
    .bind(after.map(TeamId::uuid))
    .bind(rows)
    .fetch_all(tx.conn())
    .await?;
    Ok(found.into_iter().map(team).collect())
}

pub async fn insert(tx: &mut TenantTx, name: &DisplayName, now: DateTime<Utc>) -> Result<Team, TenancyError> {
    let tenant = tx.tenant_id().uuid();
    let row = sqlx::query_as(
        "insert into teams (tenant_id, id, name, created_at) values ($1, $2, $3, $4) returning id, name, created_at",
    )
    .bind(tenant)
    .bind(TeamId::generate().uuid())
    .bind(name.as_str())
    .bind(now)
    .fetch_one(tx.conn())
    .await
    .on_constraint("teams_name", name_taken)?;
    Ok(team(row))
}

/// None when there is no such team.
pub async fn rename(tx: &mut TenantTx, id: TeamId, name: &DisplayName) -> Result<Option<Team>, TenancyError> {
    let tenant = tx.tenant_id().uuid();
    let row = sqlx::query_as(
        "update teams set name = $3 where tenant_id = $1 and id = $2 returning id, name, created_at",
    )
    .bind(tenant)
    .bind(id.uuid())
    .bind(name.as_str())
    .fetch_optional(tx.conn())
    .await
    .on_constraint("teams_name", name_taken)?;
    Ok(row.map(team))
}

/// False when there is no such team.
pub async fn delete(tx: &mut TenantTx, id: TeamId) -> Result<bool, TenancyError> {
    let tenant = tx.tenant_id().uuid();
    let done = sqlx::query("delete from teams where tenant_id = $1 and id = $2")
        .bind(tenant)
        .bind(id.uuid())
        .execute(tx.conn())
        .await
        .on_constraint("projects_team", || TenancyError::TeamInUse)?;
    Ok(done.rows_affected() == 1)
}
