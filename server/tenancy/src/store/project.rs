//! Projects.

use chrono::{DateTime, Utc};
use db::TenantTx;
use shared::{ProjectId, TeamId};
use shared_api::{
    identity::DisplayName,
    tenancy::{NewProject, Project, ProjectChange},
};
use uuid::Uuid;

use crate::TenancyError;

#[derive(sqlx::FromRow)]
struct Row {
    id: Uuid,
    name: String,
    team_id: Option<Uuid>,
    cost_centre: Option<String>,
    data_class: Option<String>,
    store_responses: bool,
    residency: Option<Vec<String>>,
    created_at: DateTime<Utc>,
    archived_at: Option<DateTime<Utc>>,
}

impl From<Row> for Project {
    fn from(row: Row) -> Self {
        Self {
            id: ProjectId::from_uuid(row.id),
            name: row.name,
            team_id: row.team_id.map(TeamId::from_uuid),
            cost_centre: row.cost_centre,
            data_class: row.data_class,
            store_responses: row.store_responses,
            residency: row.residency,
            created_at: row.created_at,
            archived_at: row.archived_at,
        }
    }
}

fn name_taken() -> TenancyError {
    TenancyError::NameTaken("project")
}

/// In the order of their making; `archived` picks those in the archive or those that are not.
pub async fn list(
    tx: &mut TenantTx,
    archived: Option<bool>,
    after: Option<ProjectId>,
    rows: i64,
) -> Result<Vec<Project>, TenancyError> {
    let tenant = tx.tenant_id().uuid();
    let found: Vec<Row> = sqlx::query_as(
        "select id, name, team_id, cost_centre, data_class, store_responses, residency, created_at, archived_at from projects \
         where tenant_id = $1 and ($2::uuid is null or id > $2) and ($3::bool is null or (archived_at is not null) = $3) \
         order by id limit $4",
    )
    .bind(tenant)
    .bind(after.map(ProjectId::uuid))
    .bind(archived)
    .bind(rows)
    .fetch_all(tx.conn())
    .await?;
    Ok(found.into_iter().map(Project::from).collect())
}

pub async fn get(tx: &mut TenantTx, id: ProjectId) -> Result<Option<Project>, TenancyError> {
    let tenant = tx.tenant_id().uuid();
    let found: Option<Row> = sqlx::query_as(
        "select id, name, team_id, cost_centre, data_class, store_responses, residency, created_at, archived_at from projects where tenant_id = $1 and id = $2",
    )
    .bind(tenant)
    .bind(id.uuid())
    .fetch_optional(tx.conn())
    .await?;
    Ok(found.map(Project::from))
}

/// Whether a project is archived. Operators ask too, who may not lock projects: hold one of its keys to rely on it.
pub async fn archived(tx: &mut TenantTx, id: ProjectId) -> Result<bool, TenancyError> {
    let project = get(tx, id).await?;
    Ok(project.is_some_and(|project| project.archived_at.is_some()))
}

/// Whether a project is archived, held so until the transaction ends; None when there is no such project.
pub async fn hold(tx: &mut TenantTx, id: ProjectId) -> Result<Option<bool>, TenancyError> {
    let tenant = tx.tenant_id().uuid();
    let found = sqlx::query_scalar(
        "select archived_at is not null from projects where tenant_id = $1 and id = $2 for no key update",
    )
    .bind(tenant)
    .bind(id.uuid())
    .fetch_optional(tx.conn())
    .await?;
    Ok(found)
}

pub async fn insert(
    tx: &mut TenantTx,
    new: &NewProject,
    now: DateTime<Utc>,
) -> Result<Project, TenancyError> {
    let tenant = tx.tenant_id().uuid();
    let inserted = sqlx::query_as(
        "insert into projects (tenant_id, id, team_id, name, cost_centre, data_class, created_at) values ($1, $2, $3, $4, $5, $6, $7) \
         returning id, name, team_id, cost_centre, data_class, store_responses, residency, created_at, archived_at",
    )
    .bind(tenant)
    .bind(ProjectId::generate().uuid())
    .bind(new.team_id.map(TeamId::uuid))
    .bind(new.name.as_str())
    .bind(new.cost_centre.as_ref().map(DisplayName::as_str))
    .bind(&new.data_class)
    .bind(now)
    .fetch_one(tx.conn())
    .await;
    constrained(inserted)
}

/// Absent values stay. None when there is no such project.
pub async fn update(
    tx: &mut TenantTx,
    id: ProjectId,
    change: &ProjectChange,
) -> Result<Option<Project>, TenancyError> {
    let tenant = tx.tenant_id().uuid();
    let updated = sqlx::query_as(
        "update projects set name = coalesce($3, name), \
         team_id = case when $4 then $5 else team_id end, \
         cost_centre = case when $6 then $7 else cost_centre end, \
         archived_at = case when $8 then null else archived_at end, \
         data_class = case when $9 then $10 else data_class end, store_responses = coalesce($11, store_responses), \
         residency = case when $12 then $13 else residency end \
         where tenant_id = $1 and id = $2 returning id, name, team_id, cost_centre, data_class, store_responses, residency, created_at, archived_at",
    )
    .bind(tenant)
    .bind(id.uuid())
    .bind(change.name.as_ref().map(DisplayName::as_str))
    .bind(change.team_id.is_some())
    .bind(change.team_id.flatten().map(TeamId::uuid))
    .bind(change.cost_centre.is_some())
    .bind(change.cost_centre.as_ref().and_then(|centre| centre.as_ref().map(DisplayName::as_str)))
    .bind(change.archived == Some(false))
    .bind(change.data_class.is_some())
    .bind(change.data_class.clone().flatten())
    .bind(change.store_responses)
    .bind(change.residency.is_some())
    .bind(change.residency.clone().flatten())
    .fetch_one(tx.conn())
    .await;
    match constrained(updated) {
        Ok(project) => Ok(Some(project)),
        Err(TenancyError::Db(error)) if error.is_not_found() => Ok(None),
        Err(error) => Err(error),
    }
}

fn constrained(written: Result<Row, sqlx::Error>) -> Result<Project, TenancyError> {
    match written.map_err(db::DbError::from) {
        Ok(row) => Ok(row.into()),
        Err(error) => Err(match error.constraint() {
            Some("projects_name") => name_taken(),
            Some("projects_team") => TenancyError::UnknownTeam,
            Some("projects_data_class") => TenancyError::UnknownDataClass,
            _ => error.into(),
        }),
    }
}

/// How many keys of a project work, that of the playground aside. None of its keys changes until the transaction ends.
pub async fn hold_working_keys(
    tx: &mut TenantTx,
    id: ProjectId,
    now: DateTime<Utc>,
) -> Result<usize, TenancyError> {
    let tenant = tx.tenant_id().uuid();
    let keys: Vec<bool> = sqlx::query_scalar(
        "select revoked_at is null and disabled_at is null and coalesce(expires_at > $3, true) from api_keys \
         where tenant_id = $1 and project_id = $2 and kind = 'secret' order by id for no key update",
    )
    .bind(tenant)
    .bind(id.uuid())
    .bind(now)
    .fetch_all(tx.conn())
    .await?;
    Ok(keys.into_iter().filter(|works| *works).count())
}

pub async fn archive(tx: &mut TenantTx, id: ProjectId, now: DateTime<Utc>) -> Result<(), TenancyError> {
    let tenant = tx.tenant_id().uuid();
    sqlx::query(
        "update projects set archived_at = coalesce(archived_at, $3) where tenant_id = $1 and id = $2",
    )
    .bind(tenant)
    .bind(id.uuid())
    .bind(now)
    .execute(tx.conn())
    .await?;
    Ok(())
}
