//! The migrations, carried in the binary and run on the owner's connection.

use std::hash::{DefaultHasher, Hasher};

use sqlx::{PgConnection, migrate::Migrator};

use crate::{DbError, bootstrap};

fn migrator() -> Migrator {
    let mut migrator = sqlx::migrate!("../../migrations");
    // A replica of the release before must start while the next one is rolled out.
    migrator.set_ignore_missing(true);
    migrator
}

/// Brings the schema up to this release. `owner` must act as `switchyard_owner`. Concurrent callers wait for each other.
pub async fn migrate(owner: &mut PgConnection) -> Result<(), DbError> {
    migrator().run(&mut *owner).await?;
    // Replicas that do not migrate look here whether somebody did.
    sqlx::query("grant select on _sqlx_migrations to switchyard_system").execute(owner).await?;
    Ok(())
}

/// Fails when this release knows a migration that the database lacks or has in another form.
pub async fn check(system: &mut PgConnection) -> Result<(), DbError> {
    let exists: bool = sqlx::query_scalar("select to_regclass('public._sqlx_migrations') is not null")
        .fetch_one(&mut *system)
        .await?;
    let applied: Vec<(i64, Vec<u8>)> = if exists {
        sqlx::query_as("select version, checksum from _sqlx_migrations where success")
            .fetch_all(system)
            .await?
    } else {
        Vec::new()
    };
    let missing: Vec<i64> = migrator()
        .iter()
        .filter(|known| {
            !applied.iter().any(|(version, sum)| *version == known.version && *sum == *known.checksum)
        })
        .map(|known| known.version)
        .collect();
    if missing.is_empty() { Ok(()) } else { Err(DbError::SchemaOutdated { missing }) }
}

/// Names this schema: 16 hexadecimal digits over the roles and every migration. Same digits, same schema.
pub fn fingerprint() -> String {
    let mut hasher = DefaultHasher::new();
    hasher.write(bootstrap::SQL.as_bytes());
    for migration in migrator().iter() {
        hasher.write_i64(migration.version);
        hasher.write(&migration.checksum);
    }
    format!("{:016x}", hasher.finish())
}
