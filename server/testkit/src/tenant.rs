use db::OnConstraint;
use shared::{ProjectId, TeamId, TenantId};
use uuid::Uuid;

use crate::TestDatabase;

/// A tenant with one team and one project in it.
#[derive(Debug, Clone)]
pub struct TenantRows {
    pub id: TenantId,
    pub slug: String,
    pub team: TeamId,
    pub project: ProjectId,
}

/// Makes an active tenant with this slug.
pub async fn tenant(db: &TestDatabase, slug: &str) -> TenantRows {
    let made = TenantRows {
        id: TenantId::from_uuid(Uuid::now_v7()),
        slug: slug.to_owned(),
        team: TeamId::from_uuid(Uuid::now_v7()),
        project: ProjectId::from_uuid(Uuid::now_v7()),
    };
    let statement = "
        with t as (insert into tenants (id, slug, name, created_at) values ($1, $2, $2, now()) returning id),
             d as (insert into tenant_directory (slug, tenant) select $2, id from t),
             m as (insert into teams (tenant_id, id, name, created_at) select id, $3, 'Research', now() from t)
        insert into projects (tenant_id, id, team_id, name, cost_centre, created_at)
        select id, $4, $3, 'Assistant', 'CC-100', now() from t";
    let inserted = sqlx::query(statement)
        .bind(made.id.uuid())
        .bind(slug)
        .bind(made.team.uuid())
        .bind(made.project.uuid())
        .execute(&mut db.superuser().await)
        .await;
    let inserted: Result<_, db::DbError> = inserted.on_constraint("tenant_directory_pkey", || {
        panic!("the test has a tenant with the slug `{slug}` already")
    });
    inserted.expect("the rows of a tenant can be inserted");
    made
}
