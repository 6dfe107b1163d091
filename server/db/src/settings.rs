use std::path::PathBuf;

use secrecy::SecretString;

/// Where the database is and how much of it to use.
#[derive(Debug, Clone)]
pub struct DatabaseSettings {
    /// `DATABASE_URL`, with the login's name and password. `None`: a private cluster under `data_dir`.
    pub url: Option<SecretString>,
    /// `DATABASE_MIGRATION_URL`: logs in as `switchyard_owner`, or as a superuser who may also make the roles.
    pub migration_url: Option<SecretString>,
    /// The embedded cluster lives in `<data_dir>/postgres/{data,run}`. Unused with `url`.
    pub data_dir: PathBuf,
    /// Connections of this process, all roles together. Each role gets at least two.
    pub max_connections: u32,
    /// Extra server parameters of the embedded cluster, later ones winning. Empty but in tests.
    pub cluster_parameters: Vec<(String, String)>,
}

impl DatabaseSettings {
    /// A private cluster under this directory, with 20 connections.
    pub fn embedded(data_dir: impl Into<PathBuf>) -> Self {
        Self {
            url: None,
            migration_url: None,
            data_dir: data_dir.into(),
            max_connections: 20,
            cluster_parameters: Vec::new(),
        }
    }

    /// A cluster that others run, with 20 connections. Migrating needs `migration_url` besides.
    pub fn external(url: SecretString) -> Self {
        Self { url: Some(url), ..Self::embedded(PathBuf::new()) }
    }
}
