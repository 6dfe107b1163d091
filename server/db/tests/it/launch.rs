//! The embedded cluster: made, crashed, joined, refused.

use std::{os::unix::fs::MetadataExt, path::Path, time::Duration};

use anyhow::Result;
use db::{Database, DatabaseSettings, DbError, LaunchError};

async fn answers(db: &Database) {
    tokio::time::timeout(Duration::from_secs(30), async {
        while db.ping().await.is_err() {
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    })
    .await
    .expect("the database comes back within half a minute");
}

async fn put_a_mail(db: &Database, subject: &str) -> Result<(), DbError> {
    let mut tx = db.system().await?;
    sqlx::query(
        "insert into mails (id, recipient, subject, body_text, created_at)
         values (gen_random_uuid(), 'ann@example.com', $1, '', now())",
    )
    .bind(subject)
    .execute(tx.conn())
    .await?;
    tx.commit().await
}

async fn subjects(db: &Database) -> Result<Vec<String>> {
    let mut tx = db.system().await?;
    Ok(sqlx::query_scalar("select subject from mails order by 1").fetch_all(tx.conn()).await?)
}

#[tokio::test]
async fn a_new_directory_gets_a_migrated_cluster_that_syncs_and_hides_from_the_network() -> Result<()> {
    let directory = tempfile::tempdir()?;
    let db = Database::open(DatabaseSettings::embedded(directory.path())).await?;
    let mut conn = db.superuser().await.expect("embedded")?;
    for (parameter, wanted) in [("fsync", "on"), ("listen_addresses", ""), ("data_checksums", "on")] {
        let value: String =
            sqlx::query_scalar("select current_setting($1)").bind(parameter).fetch_one(&mut conn).await?;
        assert_eq!(value, wanted, "{parameter}");
    }
    let data = directory.path().join("postgres/data");
    assert_eq!(std::fs::metadata(&data)?.mode() & 0o777, 0o700);
    put_a_mail(&db, "kept").await?;
    drop(conn);
    db.close().await;
    assert!(!data.join("postmaster.pid").exists(), "a stopped cluster leaves no pid file");
    assert!(db.ping().await.unwrap_err().is_unavailable());

    let again = Database::open(DatabaseSettings::embedded(directory.path())).await?;
    assert_eq!(subjects(&again).await?, ["kept"]);
    again.close().await;
    Ok(())
}

#[tokio::test]
async fn postgres_does_not_run_as_root() -> Result<()> {
    let db = testkit::database().await;
    let pid = postmaster_pid(&db.settings().data_dir)?;
    // Inside its user namespace the process is not root, whatever it is outside.
    let user: u32 = String::from_utf8(
        std::process::Command::new("stat").args(["-c", "%u", &format!("/proc/{pid}")]).output()?.stdout,
    )?
    .trim()
    .parse()?;
    let same_namespace =
        std::fs::read_link(format!("/proc/{pid}/ns/user"))? == std::fs::read_link("/proc/self/ns/user")?;
    assert!(user != 0 || !same_namespace);
    Ok(())
}

fn postmaster_pid(data_dir: &Path) -> Result<u32> {
    let text = std::fs::read_to_string(data_dir.join("postgres/data/postmaster.pid"))?;
    Ok(text.lines().next().unwrap_or_default().parse()?)
}

#[tokio::test]
async fn an_outage_is_an_error_and_ends_when_postgres_is_back() -> Result<()> {
    let db = testkit::database().await;
    put_a_mail(&db, "before").await?;
    db.cluster().kill();
    let refused = put_a_mail(&db, "lost").await.unwrap_err();
    assert!(refused.is_unavailable(), "{refused:?}");
    assert!(db.ping().await.unwrap_err().is_unavailable());
    db.cluster().restart()?;
    answers(&db).await;
    put_a_mail(&db, "after").await?;
    assert_eq!(subjects(&db).await?, ["after", "before"]);
    Ok(())
}

#[tokio::test]
async fn a_postmaster_that_dies_is_started_again_by_itself() -> Result<()> {
    let db = testkit::database().await;
    put_a_mail(&db, "before").await?;
    let first = postmaster_pid(&db.settings().data_dir)?;
    db.cluster().kill_unexpectedly();
    // The sessions of a killed postmaster may answer once more: its successor is what is waited for.
    tokio::time::timeout(Duration::from_secs(30), async {
        while postmaster_pid(&db.settings().data_dir).ok().is_none_or(|pid| pid == first) {
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    })
    .await
    .expect("a new postmaster is started");
    answers(&db).await;
    assert_eq!(subjects(&db).await?, ["before"]);
    Ok(())
}

#[tokio::test]
async fn a_pid_file_that_names_a_living_stranger_does_not_keep_the_cluster_down() -> Result<()> {
    let db = testkit::database().await;
    db.cluster().kill();
    let pid_file = db.settings().data_dir.join("postgres/data/postmaster.pid");
    let text = std::fs::read_to_string(&pid_file)?;
    let rest = text.split_once('\n').expect("a pid file has lines").1;
    std::fs::write(&pid_file, format!("{}\n{rest}", std::process::id()))?;
    db.cluster().restart()?;
    answers(&db).await;
    Ok(())
}

#[tokio::test]
async fn a_running_cluster_is_joined_by_who_only_uses_it_and_refused_to_a_second_owner() -> Result<()> {
    let db = testkit::database().await;
    let guest = Database::open_existing(db.settings()).await?;
    assert!(guest.embedded().is_none());
    put_a_mail(&guest, "from the guest").await?;
    guest.close().await;
    assert_eq!(subjects(&db).await?, ["from the guest"], "a guest leaves the cluster running");
    let refused = Database::open(db.settings()).await.unwrap_err();
    assert!(matches!(refused, DbError::Launch(LaunchError::Locked { .. })), "{refused:?}");
    Ok(())
}

#[tokio::test]
async fn a_deep_data_directory_works_although_its_socket_path_would_be_too_long() -> Result<()> {
    let directory = tempfile::tempdir()?;
    let deep = directory.path().join("d".repeat(60)).join("e".repeat(60));
    let db = Database::open(DatabaseSettings::embedded(&deep)).await?;
    db.ping().await?;
    let socket_dir = db.embedded().expect("embedded").socket_dir().to_owned();
    assert_eq!(std::fs::metadata(&socket_dir)?.mode() & 0o777, 0o700);
    db.close().await;
    std::fs::remove_dir_all(socket_dir)?;
    Ok(())
}

#[tokio::test]
async fn a_server_killed_with_no_warning_takes_postgres_down_cleanly_and_starts_again() -> Result<()> {
    let directory = tempfile::tempdir()?;
    // This test program again, as a server that is to be killed.
    let mut server = std::process::Command::new(std::env::current_exe()?)
        .args(["--exact", "launch::serve_until_killed", "--ignored", "--nocapture"])
        .env("SERVE_FROM", directory.path())
        .stdout(std::process::Stdio::null())
        .stderr(std::process::Stdio::null())
        .spawn()?;
    let ready = directory.path().join("ready");
    tokio::time::timeout(Duration::from_mins(1), async {
        while !ready.exists() {
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    })
    .await?;
    let pid = postmaster_pid(directory.path())?;
    server.kill()?;
    server.wait()?;
    tokio::time::timeout(Duration::from_secs(30), async {
        while Path::new(&format!("/proc/{pid}/cwd")).exists() {
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    })
    .await
    .expect("postgres ends with its server");
    let log = std::fs::read_to_string(directory.path().join("postgres/postgres.log"))?;
    assert!(log.contains("database system is shut down"), "{log}");

    let again = Database::open(DatabaseSettings::embedded(directory.path())).await?;
    assert_eq!(subjects(&again).await?, ["before the kill"]);
    again.close().await;
    let log = std::fs::read_to_string(directory.path().join("postgres/postgres.log"))?;
    assert!(!log.contains("was not properly shut down"), "{log}");
    Ok(())
}

/// Not a test: the server that the test above kills.
#[tokio::test]
#[ignore = "run by the test of a killed server"]
async fn serve_until_killed() -> Result<()> {
    let Some(directory) = std::env::var_os("SERVE_FROM") else { return Ok(()) };
    let directory = std::path::PathBuf::from(directory);
    let db = Database::open(DatabaseSettings::embedded(&directory)).await?;
    put_a_mail(&db, "before the kill").await?;
    std::fs::write(directory.join("ready"), "")?;
    std::future::pending().await
}

#[tokio::test]
async fn a_schema_of_an_older_release_is_refused_by_who_does_not_migrate() -> Result<()> {
    let db = testkit::database().await;
    sqlx::query("delete from _sqlx_migrations where version = (select max(version) from _sqlx_migrations)")
        .execute(&mut db.superuser().await)
        .await?;
    let refused = Database::open_existing(db.settings()).await.unwrap_err();
    assert!(matches!(&refused, DbError::SchemaOutdated { missing } if missing.len() == 1), "{refused:?}");
    Ok(())
}
