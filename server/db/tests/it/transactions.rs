//! What each role's transaction may and may not do.

use anyhow::Result;
use db::{DbError, OnConstraint, PgConnection};

async fn sqlstate_of(conn: &mut PgConnection, statement: &'static str) -> Option<String> {
    let failed = sqlx::query(statement).execute(conn).await.err()?;
    DbError::from(failed).sqlstate()
}

const FORBIDDEN: &str = "42501";

#[tokio::test]
async fn a_tenants_transaction_sees_its_rows_and_no_others() -> Result<()> {
    let db = testkit::database().await;
    let (acme, other) = (testkit::tenant(&db, "acme").await, testkit::tenant(&db, "other").await);
    for tenant in [&acme, &other] {
        let mut tx = db.tenant(tenant.id).await?;
        assert_eq!(tx.tenant_id(), tenant.id);
        let seen: Vec<uuid::Uuid> =
            sqlx::query_scalar("select tenant_id from projects").fetch_all(tx.conn()).await?;
        assert_eq!(seen, [tenant.id.uuid()]);
        tx.rollback().await?;
    }
    Ok(())
}

#[tokio::test]
async fn tenant_tables_raise_without_a_tenant_and_on_a_connection_that_had_one() -> Result<()> {
    let db = testkit::database().await;
    let acme = testkit::tenant(&db, "acme").await;
    let mut lookup = db.lookup().await?;
    let raised = sqlx::query("select from projects").execute(lookup.conn()).await.unwrap_err();
    assert!(raised.to_string().contains("app.tenant_id is not set"), "{raised}");
    lookup.rollback().await?;

    let (mut had_a_tenant, mut met_again) = (std::collections::HashSet::new(), 0);
    for _ in 0..50 {
        let mut tx = db.tenant(acme.id).await?;
        had_a_tenant.insert(backend(tx.conn()).await?);
        tx.commit().await?;
        let mut lookup = db.lookup().await?;
        met_again += u32::from(had_a_tenant.contains(&backend(lookup.conn()).await?));
        let raised = sqlx::query("select from projects").execute(lookup.conn()).await.unwrap_err();
        assert!(raised.to_string().contains("app.tenant_id is not set"), "{raised}");
        lookup.rollback().await?;
    }
    assert!(met_again > 0, "the pool must have lent a connection again for this to mean anything");
    Ok(())
}

async fn backend(conn: &mut PgConnection) -> Result<i32> {
    Ok(sqlx::query_scalar("select pg_backend_pid()").fetch_one(conn).await?)
}

#[tokio::test]
async fn a_lookup_answers_with_ids_alone() -> Result<()> {
    let db = testkit::database().await;
    let acme = testkit::tenant(&db, "acme").await;
    let mut lookup = db.lookup().await?;
    let found: Option<uuid::Uuid> =
        sqlx::query_scalar("select lookup_tenant_by_slug($1)").bind("acme").fetch_one(lookup.conn()).await?;
    assert_eq!(found, Some(acme.id.uuid()));
    let state = sqlstate_of(lookup.conn(), "select from tenant_directory").await;
    assert_eq!(state.as_deref(), Some(FORBIDDEN));
    Ok(())
}

#[tokio::test]
async fn resetting_the_role_gains_nothing_and_no_role_has_ddl() -> Result<()> {
    let db = testkit::database().await;
    let acme = testkit::tenant(&db, "acme").await;
    let mut tx = db.tenant(acme.id).await?;
    sqlx::query("reset role").execute(tx.conn()).await?;
    let role: String = sqlx::query_scalar("select current_user::text").fetch_one(tx.conn()).await?;
    assert_eq!(role, "switchyard_app");
    sqlx::query("set local role none").execute(tx.conn()).await?;
    assert_eq!(sqlstate_of(tx.conn(), "select from public.projects").await.as_deref(), Some(FORBIDDEN));
    tx.rollback().await?;

    let statement = "create table public.mine (id int)";
    let (mut app, mut operator) = (db.tenant(acme.id).await?, db.operator().await?);
    let (mut metering, mut system) = (db.metering().await?, db.system().await?);
    for conn in [app.conn(), operator.conn(), metering.conn(), system.conn()] {
        assert_eq!(sqlstate_of(conn, statement).await.as_deref(), Some(FORBIDDEN));
    }
    Ok(())
}

#[tokio::test]
async fn roles_reach_their_own_tables_only() -> Result<()> {
    let db = testkit::database().await;
    let mut operator = db.operator().await?;
    assert_eq!(sqlstate_of(operator.conn(), "select from usage_events").await, None);
    assert_eq!(
        sqlstate_of(operator.conn(), "select from idempotency_records").await.as_deref(),
        Some(FORBIDDEN)
    );
    let mut system = db.system().await?;
    assert_eq!(sqlstate_of(system.conn(), "select from sessions").await, None);
    assert_eq!(sqlstate_of(system.conn(), "select from projects").await.as_deref(), Some(FORBIDDEN));
    let mut metering = db.metering().await?;
    assert_eq!(sqlstate_of(metering.conn(), "select from usage_hourly").await, None);
    assert_eq!(sqlstate_of(metering.conn(), "select from members").await.as_deref(), Some(FORBIDDEN));
    Ok(())
}

#[tokio::test]
async fn the_gateway_reads_one_state_and_writes_nothing() -> Result<()> {
    let db = testkit::database().await;
    let mut tx = db.gateway().await?;
    let count = "select count(*) from tenants";
    let before: i64 = sqlx::query_scalar(count).fetch_one(tx.conn()).await?;
    testkit::tenant(&db, "acme").await;
    let after: i64 = sqlx::query_scalar(count).fetch_one(tx.conn()).await?;
    assert_eq!(before, after, "a snapshot is read from one state");
    let state = sqlstate_of(tx.conn(), "create temporary table t (id int)").await;
    assert!(state.is_some());
    Ok(())
}

#[tokio::test]
async fn a_dropped_transaction_leaves_nothing() -> Result<()> {
    let db = testkit::database().await;
    let acme = testkit::tenant(&db, "acme").await;
    let insert =
        "insert into teams (tenant_id, id, name, created_at) values ($1, gen_random_uuid(), 'Sales', now())";
    let mut tx = db.tenant(acme.id).await?;
    sqlx::query(insert).bind(acme.id.uuid()).execute(tx.conn()).await?;
    drop(tx);
    let mut tx = db.tenant(acme.id).await?;
    let teams: i64 = sqlx::query_scalar("select count(*) from teams").fetch_one(tx.conn()).await?;
    assert_eq!(teams, 1, "the team of the fixture");
    Ok(())
}

#[derive(Debug, thiserror::Error)]
enum TeamError {
    #[error("the name is taken")]
    NameTaken,
    #[error(transparent)]
    Db(#[from] DbError),
}

#[tokio::test]
async fn a_violated_constraint_becomes_the_callers_error() -> Result<()> {
    let db = testkit::database().await;
    let acme = testkit::tenant(&db, "acme").await;
    let insert = "insert into teams (tenant_id, id, name, created_at) values ($1, gen_random_uuid(), 'Research', now())";
    let mut tx = db.tenant(acme.id).await?;
    let taken: Result<_, TeamError> = sqlx::query(insert)
        .bind(acme.id.uuid())
        .execute(tx.conn())
        .await
        .on_constraint("teams_name", || TeamError::NameTaken);
    assert!(matches!(taken, Err(TeamError::NameTaken)), "{taken:?}");
    let other: Result<_, TeamError> =
        sqlx::query("select 1").execute(tx.conn()).await.on_constraint("teams_name", || TeamError::NameTaken);
    assert!(matches!(other, Err(TeamError::Db(error)) if error.constraint().is_none()));
    Ok(())
}
