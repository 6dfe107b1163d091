//! Notifications, and the gaps between them.

use std::time::Duration;

use anyhow::Result;
use db::{Change, ChangeListener, Database};

async fn next(listener: &mut ChangeListener) -> Change {
    tokio::time::timeout(Duration::from_secs(30), listener.next())
        .await
        .expect("a change within half a minute")
}

async fn notify(db: &Database, payload: &str) -> Result<()> {
    let mut tx = db.system().await?;
    sqlx::query("select pg_notify('news', $1)").bind(payload).execute(tx.conn()).await?;
    Ok(tx.commit().await?)
}

#[tokio::test]
async fn a_listener_begins_with_a_gap_and_then_hears_everything() -> Result<()> {
    let db = testkit::database().await;
    let mut listener = db.listen("news");
    assert_eq!(next(&mut listener).await, Change::Gap);
    notify(&db, "one").await?;
    notify(&db, "two").await?;
    assert_eq!(next(&mut listener).await, Change::Notified("one".into()));
    assert_eq!(next(&mut listener).await, Change::Notified("two".into()));
    Ok(())
}

#[tokio::test]
async fn a_lost_connection_shows_as_a_gap_after_which_nothing_is_missed() -> Result<()> {
    let db = testkit::database().await;
    let mut listener = db.listen("news");
    assert_eq!(next(&mut listener).await, Change::Gap);
    sqlx::query("select pg_terminate_backend(pid) from pg_stat_activity where query like 'LISTEN%'")
        .execute(&mut db.superuser().await)
        .await?;
    assert_eq!(next(&mut listener).await, Change::Gap);
    notify(&db, "after").await?;
    assert_eq!(next(&mut listener).await, Change::Notified("after".into()));
    Ok(())
}

#[tokio::test]
async fn a_listener_outlives_an_outage() -> Result<()> {
    let db = testkit::database().await;
    let mut listener = db.listen("news");
    assert_eq!(next(&mut listener).await, Change::Gap);
    db.cluster().kill();
    let waiting = tokio::time::timeout(Duration::from_millis(300), listener.next()).await;
    assert!(waiting.is_err(), "there is nothing to report while the database is away: {waiting:?}");
    db.cluster().restart()?;
    assert_eq!(next(&mut listener).await, Change::Gap);
    notify(&db, "back").await?;
    assert_eq!(next(&mut listener).await, Change::Notified("back".into()));
    Ok(())
}

#[tokio::test]
async fn a_change_of_configuration_is_announced_when_it_is_committed() -> Result<()> {
    let db = testkit::database().await;
    let mut listener = db.listen("switchyard_config");
    assert_eq!(next(&mut listener).await, Change::Gap);
    testkit::tenant(&db, "acme").await;
    let Change::Notified(generation) = next(&mut listener).await else { panic!("no notification") };
    let mut tx = db.gateway().await?;
    let stored: i64 =
        sqlx::query_scalar("select generation from config_generation").fetch_one(tx.conn()).await?;
    assert!(generation.parse::<i64>()? <= stored);
    Ok(())
}
