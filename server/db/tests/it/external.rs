//! A cluster that others run, at `DATABASE_URL`: its roles, its migrations, and the logins that are refused.

use anyhow::Result;
use db::{Database, DatabaseSettings, DbError, LoginFault};
use secrecy::SecretString;
use testkit::TestDatabase;

/// The address of a user of the test's cluster, as an operator would write it.
fn url(db: &TestDatabase, user: &str, database: &str) -> SecretString {
    let host: String = db.cluster().socket_dir().to_string_lossy().replace('/', "%2F");
    format!("postgres://{user}@{host}:5432/{database}").into()
}

async fn make_login(db: &TestDatabase, statements: &'static str) -> Result<()> {
    sqlx::raw_sql(statements).execute(&mut db.superuser().await).await?;
    Ok(())
}

async fn refusal(db: &TestDatabase, login: &str) -> LoginFault {
    let opened = Database::open_existing(DatabaseSettings::external(url(db, login, "switchyard"))).await;
    match opened.expect_err("the login must be refused") {
        DbError::LoginRefused { fault, .. } => fault,
        other => panic!("refused for another reason: {other:?}"),
    }
}

#[tokio::test]
async fn a_login_that_row_security_does_not_bind_is_refused() -> Result<()> {
    let db = testkit::database().await;
    make_login(
        &db,
        "create role inheriting login inherit;
         grant switchyard_app, switchyard_operator, switchyard_gateway, switchyard_metering, switchyard_system to inheriting;
         create role bypassing login noinherit bypassrls;
         create role by_detour login noinherit; grant switchyard_lookup to by_detour;
         create role poor login noinherit; grant switchyard_app to poor;",
    )
    .await?;
    assert_eq!(refusal(&db, "postgres").await, LoginFault::Superuser);
    assert_eq!(refusal(&db, "bypassing").await, LoginFault::BypassesRowSecurity);
    assert_eq!(refusal(&db, "by_detour").await, LoginFault::BypassesRowSecurity);
    assert_eq!(refusal(&db, "switchyard_owner").await, LoginFault::BypassesRowSecurity);
    assert!(matches!(refusal(&db, "inheriting").await, LoginFault::Inherits(roles) if roles.len() == 5));
    assert!(matches!(refusal(&db, "poor").await, LoginFault::LacksRoles(roles) if roles.len() == 4));
    Ok(())
}

#[tokio::test]
async fn a_gateway_that_starts_without_its_database_checks_the_login_when_it_is_back() -> Result<()> {
    let db = testkit::database().await;
    let (good, bad) = (url(&db, "switchyard_login", "switchyard"), url(&db, "postgres", "switchyard"));
    db.cluster().kill();
    let good = Database::open_lazily(DatabaseSettings::external(good)).await?;
    let bad = Database::open_lazily(DatabaseSettings::external(bad)).await?;
    assert!(good.gateway().await.unwrap_err().is_unavailable());
    db.cluster().restart()?;
    good.gateway().await?.rollback().await?;
    assert!(matches!(bad.gateway().await, Err(DbError::LoginRefused { .. })));
    Ok(())
}

#[tokio::test]
async fn a_superuser_hands_a_database_to_the_owner_who_then_migrates_alone() -> Result<()> {
    let db = testkit::database().await;
    make_login(&db, "create database fresh").await?;
    let settings = |user: &str| DatabaseSettings {
        migration_url: Some(url(&db, user, "fresh")),
        ..DatabaseSettings::external(url(&db, "switchyard_login", "fresh"))
    };
    let refused = Database::open(settings("switchyard_login")).await.unwrap_err();
    assert!(matches!(refused, DbError::NotOwner(_)), "{refused:?}");
    // The roles exist in this cluster, but this database is not the owner's yet.
    let refused = Database::open(settings("switchyard_owner")).await.unwrap_err();
    assert!(matches!(refused, DbError::Migrate(_)), "{refused:?}");
    Database::open(settings("postgres")).await?.close().await;
    Database::migrate_only(settings("switchyard_owner")).await?;
    let opened = Database::open(settings("switchyard_owner")).await?;
    opened.ping().await?;
    opened.close().await;
    Ok(())
}

#[tokio::test]
async fn missing_roles_are_made_by_a_superuser_and_asked_for_by_anybody_else() -> Result<()> {
    let db = testkit::database().await;
    make_login(&db, "create role migrator login").await?;
    make_login(&db, "create database fresh owner migrator").await?;
    make_login(&db, "drop owned by switchyard_maintenance; drop role switchyard_maintenance;").await?;
    let settings = |user: &str| DatabaseSettings {
        migration_url: Some(url(&db, user, "fresh")),
        ..DatabaseSettings::external(url(&db, "switchyard_login", "fresh"))
    };
    let asked = Database::open(settings("migrator")).await.unwrap_err();
    let DbError::RolesMissing { missing, sql, .. } = &asked else { panic!("{asked:?}") };
    assert_eq!(missing, &["switchyard_maintenance"]);
    assert_eq!(*sql, Database::bootstrap_sql());
    assert!(asked.to_string().contains("create role"), "the message carries the statements");
    let opened = Database::open(settings("postgres")).await?;
    opened.tenant(shared::TenantId::from_uuid(uuid::Uuid::nil())).await?.rollback().await?;
    opened.close().await;
    Ok(())
}

#[tokio::test]
async fn an_address_that_cannot_be_read_is_named_without_its_value() {
    let settings =
        DatabaseSettings::external("mysql://someone:pass-phrase@host/db?sslmode=odd".to_owned().into());
    let error = Database::open_existing(settings).await.unwrap_err();
    assert!(error.to_string().starts_with("DATABASE_URL is not a PostgreSQL address"), "{error}");
    assert!(!format!("{error}").contains("pass-phrase"));
}
