use std::{fs, ops::Deref, path::PathBuf};

use db::{Database, Embedded};

use crate::{place, template};

/// A migrated, empty database in a cluster of its own. Dropped, the cluster is gone.
#[derive(Debug)]
pub struct TestDatabase {
    database: Database,
    data_dir: PathBuf,
}

/// A database for this test alone.
pub async fn database() -> TestDatabase {
    let template = template::data_directory().await;
    let data_dir = place::of_this_test();
    let root = data_dir.join("postgres");
    place::make_private(&root);
    let target = root.join("data");
    tokio::task::spawn_blocking(move || place::copy(&template, &target))
        .await
        .expect("the copying thread does not panic")
        .expect("the template can be copied");
    let database = Database::open_existing(template::settings(&data_dir)).await.expect("the copy starts");
    TestDatabase { database, data_dir }
}

impl TestDatabase {
    /// The cluster, to stop, kill and restart.
    pub fn cluster(&self) -> &Embedded {
        self.database.embedded().expect("a test's cluster is embedded")
    }

    /// A connection that row-level security does not bind: to arrange rows and to see what is really there.
    pub async fn superuser(&self) -> db::PgConnection {
        template::connect_as_superuser(&self.database).await
    }

    /// The settings with which another process would open it.
    pub fn settings(&self) -> db::DatabaseSettings {
        template::settings(&self.data_dir)
    }
}

impl Deref for TestDatabase {
    type Target = Database;

    fn deref(&self) -> &Database {
        &self.database
    }
}

impl Drop for TestDatabase {
    fn drop(&mut self) {
        self.cluster().abort();
        if let Err(error) = fs::remove_dir_all(&self.data_dir) {
            eprintln!("cannot remove {}: {error}", self.data_dir.display());
        }
    }
}
