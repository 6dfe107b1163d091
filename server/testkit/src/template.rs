//! The cluster that every test's own is copied from: made once for each schema.

use std::{
    fs::{self, File},
    path::{Path, PathBuf},
};

use db::{Database, DatabaseSettings};

use crate::place;

/// The settings of a cluster whose files nobody will miss. What is committed still survives a kill of the processes,
/// only not of the machine: commits are written, not synced.
pub fn settings(data_dir: &Path) -> DatabaseSettings {
    let parameters = [
        ("fsync", "off"),
        ("full_page_writes", "off"),
        ("shared_buffers", "16MB"),
        ("autovacuum", "off"),
        ("max_wal_senders", "0"),
    ];
    DatabaseSettings {
        cluster_parameters: parameters.map(|(name, value)| (name.to_owned(), value.to_owned())).into(),
        ..DatabaseSettings::embedded(data_dir)
    }
}

/// The data directory of a stopped cluster with the present schema.
pub async fn data_directory() -> PathBuf {
    let base = place::base();
    let template = base.join(format!("template-{}", db::schema_fingerprint()));
    let data = template.join("postgres").join("data");
    if data.exists() {
        mark_used(&template);
        return data;
    }
    // The first of the tests that run beside each other makes it, the others wait here.
    let lock_path = base.join("template.lock");
    let lock = tokio::task::spawn_blocking(move || {
        let lock = File::create(lock_path)?;
        lock.lock().map(|()| lock)
    });
    let _lock = lock.await.expect("the locking thread does not panic").expect("the template can be locked");
    if !data.exists() {
        make(&base, &template).await;
    }
    data
}

async fn make(base: &Path, template: &Path) {
    place::remove_old_templates(base, template);
    let unfinished = base.join("unfinished");
    let _ = fs::remove_dir_all(&unfinished);
    let database = Database::open(settings(&unfinished)).await.expect("the schema can be migrated");
    // Less to copy: the tests use the platform's own database alone.
    let mut superuser = connect_as_superuser(&database).await;
    sqlx::query("drop database postgres")
        .execute(&mut superuser)
        .await
        .expect("the spare database can be dropped");
    drop(superuser);
    database.close().await;
    fs::rename(&unfinished, template).expect("the finished template can take its name");
}

/// Its age is what decides whether it is removed.
fn mark_used(template: &Path) {
    if let Ok(directory) = File::open(template) {
        let _ = directory.set_modified(std::time::SystemTime::now());
    }
}

/// Row-level security does not bind this connection.
pub async fn connect_as_superuser(database: &Database) -> db::PgConnection {
    let connection = database.superuser().await.expect("a test's cluster is embedded");
    connection.expect("the superuser can connect")
}
