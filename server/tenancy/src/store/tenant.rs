//! Tenants and their directory.

use chrono::{DateTime, Utc};
use db::{OnConstraint, OperatorTx, TenantTx};
use shared::{ProjectId, TenantId};
use shared_api::{
    identity::DisplayName,
    tenancy::{Slug, Tenant, TenantChange, TenantStatus},
};
use uuid::Uuid;

use crate::{Tenancy, TenancyError};

#[derive(sqlx::FromRow)]
pub struct Row {
    id: Uuid,
    slug: String,
    name: String,
    status: String,
    max_concurrent_requests: Option<i32>,
    external_engines: bool,
    residency: Option<Vec<String>>,
    demo: bool,
    created_at: DateTime<Utc>,
    suspended_at: Option<DateTime<Utc>>,
}

impl Row {
    pub fn shown(self, tenancy: &Tenancy) -> Tenant {
        let status = match self.status.as_str() {
            "active" => TenantStatus::Active,
            "deleted" => TenantStatus::Deleted,
            _ => TenantStatus::Suspended,
        };
        Tenant {
            id: TenantId::from_uuid(self.id),
            endpoint: tenancy.endpoint(&self.slug),
            slug: self.slug,
            name: self.name,
            status,
            max_concurrent_requests: self.max_concurrent_requests.and_then(|limit| u32::try_from(limit).ok()),
            external_engines: self.external_engines,
            residency: self.residency,
            demo: self.demo,
            created_at: self.created_at,
            suspended_at: self.suspended_at,
        }
    }
}

/// Newest first. Without a status, those that are not deleted.
pub async fn list(
    tx: &mut OperatorTx,
    status: Option<TenantStatus>,
    after: Option<TenantId>,
    rows: i64,
) -> Result<Vec<Row>, TenancyError> {
    let found = sqlx::query_as(
        "select id, slug, name, status, max_concurrent_requests, external_engines, residency, demo, created_at, suspended_at from tenants \
         where ($1::uuid is null or id < $1) and case when $2::text is null then status <> 'deleted' else status = $2 end \
         order by id desc limit $3",
    )
    .bind(after.map(TenantId::uuid))
    .bind(status.map(TenantStatus::as_str))
    .bind(rows)
    .fetch_all(tx.conn())
    .await?;
    Ok(found)
}

/// The transaction's tenant.
pub async fn get(tx: &mut TenantTx) -> Result<Row, TenancyError> {
    let tenant = tx.tenant_id().uuid();
    let found = sqlx::query_as(
        "select id, slug, name, status, max_concurrent_requests, external_engines, residency, demo, created_at, suspended_at from tenants where id = $1",
    )
    .bind(tenant)
    .fetch_optional(tx.conn())
    .await?;
    found.ok_or(TenancyError::NotFound("tenant"))
}

/// A tenant to be made.
pub struct NewRow<'a> {
    pub id: TenantId,
    pub slug: &'a Slug,
    pub name: &'a DisplayName,
    pub max_concurrent_requests: Option<i32>,
    pub residency: Option<&'a [String]>,
}

/// Makes the tenant and its place in the directory.
pub async fn insert(tx: &mut OperatorTx, new: &NewRow<'_>, now: DateTime<Utc>) -> Result<Row, TenancyError> {
    let row = sqlx::query_as(
        "insert into tenants (id, slug, name, max_concurrent_requests, created_at, residency) values ($1, $2, $3, $4, $5, $6) \
         returning id, slug, name, status, max_concurrent_requests, external_engines, residency, demo, created_at, suspended_at",
    )
    .bind(new.id.uuid())
    .bind(new.slug.as_str())
    .bind(new.name.as_str())
    .bind(new.max_concurrent_requests)
    .bind(now)
    .bind(new.residency)
    .fetch_one(tx.conn())
    .await?;
    sqlx::query("insert into tenant_directory (slug, tenant) values ($1, $2)")
        .bind(new.slug.as_str())
        .bind(new.id.uuid())
        .execute(tx.conn())
        .await
        .on_constraint("tenant_directory_pkey", || TenancyError::SlugTaken)?;
    Ok(row)
}

/// The project that a new tenant begins with.
pub async fn insert_first_project(
    tx: &mut OperatorTx,
    tenant: TenantId,
    name: &str,
    now: DateTime<Utc>,
) -> Result<ProjectId, TenancyError> {
    let id = ProjectId::generate();
    sqlx::query("insert into projects (tenant_id, id, name, created_at) values ($1, $2, $3, $4)")
        .bind(tenant.uuid())
        .bind(id.uuid())
        .bind(name)
        .bind(now)
        .execute(tx.conn())
        .await?;
    Ok(id)
}

/// As a member: the one column that tenants may change.
pub async fn rename(tx: &mut TenantTx, name: &DisplayName) -> Result<(), TenancyError> {
    let tenant = tx.tenant_id().uuid();
    sqlx::query("update tenants set name = $2 where id = $1")
        .bind(tenant)
        .bind(name.as_str())
        .execute(tx.conn())
        .await?;
    Ok(())
}

/// As an operator. Absent values stay. `limit`: what the change's limit comes to, none taking it away.
pub async fn update(
    tx: &mut TenantTx,
    change: &TenantChange,
    limit: Option<i32>,
    now: DateTime<Utc>,
) -> Result<(), TenancyError> {
    let tenant = tx.tenant_id().uuid();
    sqlx::query(
        "update tenants set name = coalesce($2, name), status = coalesce($3, status), \
         suspended_at = case $3 when 'suspended' then coalesce(suspended_at, $4) when 'active' then null \
           else suspended_at end, \
         max_concurrent_requests = case when $5 then $6 else max_concurrent_requests end, \
         external_engines = coalesce($7, external_engines), residency = case when $8 then $9 else residency end \
         where id = $1 and status <> 'deleted'",
    )
    .bind(tenant)
    .bind(change.name.as_ref().map(DisplayName::as_str))
    .bind(change.status.map(TenantStatus::as_str))
    .bind(now)
    .bind(change.max_concurrent_requests.is_some())
    .bind(limit)
    .bind(change.external_engines)
    .bind(change.residency.is_some())
    .bind(change.residency.as_ref().and_then(Option::as_ref))
    .execute(tx.conn())
    .await?;
    Ok(())
}

/// Regions that the tenant's calls must run in.
pub async fn residency(tx: &mut TenantTx) -> Result<Option<Vec<String>>, TenancyError> {
    let tenant = tx.tenant_id().uuid();
    Ok(sqlx::query_scalar("select residency from tenants where id = $1")
        .bind(tenant)
        .fetch_one(tx.conn())
        .await?)
}
