use std::{str::FromStr, sync::Arc, time::Duration};

use secrecy::{ExposeSecret, SecretString};
use sqlx::{
    Connection, PgConnection, PgPool,
    postgres::{PgConnectOptions, PgSslMode},
};
use tokio::sync::OnceCell;

use crate::{
    ChangeListener, DatabaseSettings, DbError, Embedded, LaunchError, Role, bootstrap,
    embedded::{SUPERUSER, Started},
    pools::{self, Pools},
    schema,
};

/// The database that the embedded cluster holds.
const DATABASE: &str = "switchyard";
const CONNECT_TIMEOUT: Duration = Duration::from_secs(10);

/// The server's database. Cheap to clone; all clones share the pools and the embedded cluster.
#[derive(Clone)]
pub struct Database {
    inner: Arc<Inner>,
}

/// Without the login: it holds a password.
impl std::fmt::Debug for Database {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Database").field("embedded", &self.inner.cluster).finish_non_exhaustive()
    }
}

struct Inner {
    login: PgConnectOptions,
    pools: Pools,
    /// Filled once the login is known to be bound by row-level security.
    login_checked: OnceCell<()>,
    cluster: Option<Embedded>,
}

impl Database {
    /// Launches the embedded cluster, or connects to `DATABASE_URL`; makes the roles, migrates, checks the login.
    pub async fn open(settings: DatabaseSettings) -> Result<Self, DbError> {
        let (cluster, login) = if let Some(url) = &settings.url {
            migrate_external(&settings).await?;
            (None, address("DATABASE_URL", url)?)
        } else {
            let cluster = launch(&settings).await?;
            migrate_embedded(&cluster).await?;
            let login = embedded_options(cluster.socket_dir(), bootstrap::LOGIN);
            (Some(cluster), login)
        };
        let database = Self::new(login, cluster, &settings);
        database.check_login().await?;
        Ok(database)
    }

    /// Brings the schema up to this release and leaves nothing running.
    pub async fn migrate_only(settings: DatabaseSettings) -> Result<(), DbError> {
        if settings.url.is_some() || settings.migration_url.is_some() {
            return migrate_external(&settings).await;
        }
        let cluster = launch(&settings).await?;
        let migrated = migrate_embedded(&cluster).await;
        stop(cluster).await;
        migrated
    }

    /// Connects without migrating; fails when the schema is older than this release. With an embedded cluster that
    /// another process of this machine has launched already, joins that one and leaves it running.
    pub async fn open_existing(settings: DatabaseSettings) -> Result<Self, DbError> {
        let database = if let Some(url) = &settings.url {
            Self::new(address("DATABASE_URL", url)?, None, &settings)
        } else {
            let (socket_dir, cluster) = match launch_or_join(&settings).await? {
                Started::Own(cluster) => (cluster.socket_dir().to_owned(), Some(cluster)),
                Started::Joined { socket_dir } => (socket_dir, None),
            };
            Self::new(embedded_options(&socket_dir, bootstrap::LOGIN), cluster, &settings)
        };
        database.check_login().await?;
        let mut system = database.system().await?;
        schema::check(system.conn()).await?;
        system.rollback().await?;
        Ok(database)
    }

    /// For a gateway, which must start while `DATABASE_URL` is down: contacts nothing now. The login is checked before
    /// the first transaction. The embedded cluster is launched or joined, as by [`Database::open_existing`].
    pub async fn open_lazily(settings: DatabaseSettings) -> Result<Self, DbError> {
        let Some(url) = &settings.url else {
            return Self::open_existing(settings).await;
        };
        Ok(Self::new(address("DATABASE_URL", url)?, None, &settings))
    }

    /// The SQL that makes the roles and hands the database to its owner, for a superuser to run.
    pub fn bootstrap_sql() -> &'static str {
        bootstrap::SQL
    }

    /// Asks the database for an answer.
    pub async fn ping(&self) -> Result<(), DbError> {
        sqlx::query("select 1").execute(self.pool(Role::System).await?).await?;
        Ok(())
    }

    /// Listens to a channel. Connects, and reconnects, as [`ChangeListener::next`] is awaited.
    pub fn listen(&self, channel: &str) -> ChangeListener {
        ChangeListener::new(self.inner.pools.listener().clone(), channel)
    }

    /// The private cluster, where this process launched one.
    pub fn embedded(&self) -> Option<&Embedded> {
        self.inner.cluster.as_ref()
    }

    /// Closes the pools once all transactions ended, then stops the embedded cluster. Every clone fails from then on.
    pub async fn close(&self) {
        self.inner.pools.close().await;
        let inner = Arc::clone(&self.inner);
        let stopped = tokio::task::spawn_blocking(move || inner.cluster.as_ref().map(Embedded::stop)).await;
        if let Err(error) = stopped {
            tracing::error!(%error, "stopping the embedded database failed");
        }
    }

    /// A connection as the embedded cluster's superuser, for tests and repairs; `None` for a cluster that others run.
    #[doc(hidden)]
    pub async fn superuser(&self) -> Option<Result<PgConnection, DbError>> {
        let cluster = self.inner.cluster.as_ref()?;
        Some(connect(&embedded_options(cluster.socket_dir(), SUPERUSER)).await)
    }

    /// The pool of a role, once the login was found harmless.
    pub(crate) async fn pool(&self, role: Role) -> Result<&PgPool, DbError> {
        self.check_login().await?;
        Ok(self.inner.pools.of(role))
    }

    fn new(login: PgConnectOptions, cluster: Option<Embedded>, settings: &DatabaseSettings) -> Self {
        let pools = Pools::new(&login, settings.max_connections);
        Self { inner: Arc::new(Inner { login, pools, login_checked: OnceCell::new(), cluster }) }
    }

    async fn check_login(&self) -> Result<(), DbError> {
        let inner = &self.inner;
        inner.login_checked.get_or_try_init(|| bounded(bootstrap::check_login(&inner.login))).await.copied()
    }
}

async fn launch(settings: &DatabaseSettings) -> Result<Embedded, DbError> {
    let wanted = settings.clone();
    blocking(move || Embedded::start(&wanted.data_dir, &parameters(&wanted))).await
}

async fn launch_or_join(settings: &DatabaseSettings) -> Result<Started, DbError> {
    let wanted = settings.clone();
    blocking(move || Embedded::start_or_join(&wanted.data_dir, &parameters(&wanted))).await
}

async fn stop(cluster: Embedded) {
    if let Err(error) = tokio::task::spawn_blocking(move || cluster.stop()).await {
        tracing::error!(%error, "stopping the embedded database failed");
    }
}

async fn blocking<T: Send + 'static>(
    work: impl FnOnce() -> Result<T, LaunchError> + Send + 'static,
) -> Result<T, DbError> {
    let done = tokio::task::spawn_blocking(work).await;
    done.unwrap_or_else(|_| Err(LaunchError::Interrupted)).map_err(DbError::from)
}

/// Room for two processes of this size, and for people with psql.
fn parameters(settings: &DatabaseSettings) -> Vec<(String, String)> {
    let connections = 2 * pools::upper_bound(settings.max_connections) + 10;
    let mut parameters = vec![("max_connections".to_owned(), connections.to_string())];
    parameters.extend(settings.cluster_parameters.iter().cloned());
    parameters
}

async fn migrate_embedded(cluster: &Embedded) -> Result<(), DbError> {
    let superuser = embedded_options(cluster.socket_dir(), SUPERUSER);
    let mut conn = connect(&superuser.clone().database("template1")).await?;
    let exists: bool = sqlx::query_scalar("select exists (select from pg_database where datname = $1)")
        .bind(DATABASE)
        .fetch_one(&mut conn)
        .await?;
    if !exists {
        sqlx::query("create database switchyard").execute(&mut conn).await?;
    }
    conn.close().await?;
    let mut conn = connect(&superuser).await?;
    bootstrap::run(&mut conn).await?;
    conn.close().await?;
    migrate_as_owner(&embedded_options(cluster.socket_dir(), bootstrap::OWNER)).await
}

async fn migrate_external(settings: &DatabaseSettings) -> Result<(), DbError> {
    let url = settings.migration_url.as_ref().ok_or(DbError::MigrationUrlMissing)?;
    migrate_as_owner(&address("DATABASE_MIGRATION_URL", url)?).await
}

async fn migrate_as_owner(options: &PgConnectOptions) -> Result<(), DbError> {
    let mut conn = connect(options).await?;
    bootstrap::complete(&mut conn).await?;
    bootstrap::become_owner(&mut conn).await?;
    schema::migrate(&mut conn).await?;
    Ok(conn.close().await?)
}

async fn connect(options: &PgConnectOptions) -> Result<PgConnection, DbError> {
    bounded(async { Ok(PgConnection::connect_with(options).await?) }).await
}

/// A host that drops packets must not hold a caller for minutes.
async fn bounded<T>(work: impl Future<Output = Result<T, DbError>>) -> Result<T, DbError> {
    tokio::time::timeout(CONNECT_TIMEOUT, work)
        .await
        .unwrap_or_else(|_| Err(DbError::Unavailable(sqlx::Error::PoolTimedOut)))
}

fn address(setting: &'static str, url: &SecretString) -> Result<PgConnectOptions, DbError> {
    PgConnectOptions::from_str(url.expose_secret())
        .map(|options| options.application_name("switchyard"))
        .map_err(|source| DbError::Address { setting, source })
}

fn embedded_options(socket_dir: &std::path::Path, user: &str) -> PgConnectOptions {
    PgConnectOptions::new_without_pgpass()
        .socket(socket_dir)
        .port(Embedded::PORT)
        .username(user)
        .database(DATABASE)
        .ssl_mode(PgSslMode::Disable)
        .application_name("switchyard")
}
