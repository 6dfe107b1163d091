//! A private PostgreSQL cluster, started from the machine's own binaries.
//!
//! - `<data_dir>/postgres/data` is the cluster, `run` its socket, `lock` is flocked by the process that owns it,
//!   `postgres.log` what it says. Where the socket's path would be too long, a short directory under `/tmp` holds it.
//! - A thread of its own (`supervisor`) spawns the postmaster and lives as long as the process: the kernel shuts the
//!   postmaster down when that thread ends, `kill -9` of the server included. It starts a postmaster that died anew.
//! - Never as root: in a user namespace where the kernel allows, else as an unprivileged account (`privilege`).

mod binaries;
mod cluster;
mod layout;
mod leftover;
mod postmaster;
mod privilege;
mod process;
mod supervisor;

use std::{
    io,
    path::{Path, PathBuf},
    time::Duration,
};

use cluster::Cluster;
use layout::Layout;
use supervisor::Supervisor;

/// The name that initdb gives the bootstrap superuser.
pub const SUPERUSER: &str = "postgres";

/// How long another process may hold the data directory: one that is ending needs a moment.
const LOCK_PATIENCE: Duration = Duration::from_secs(8);

/// Why there is no embedded database.
#[derive(Debug, thiserror::Error)]
pub enum LaunchError {
    #[error(
        "no PostgreSQL {} of version 15 or newer in /usr/lib/postgresql/*/bin, /usr/pgsql-*/bin or PATH; install it \
         (Debian, Ubuntu: apt-get install postgresql) or set DATABASE_URL", binaries::NEEDED.join(" and ")
    )]
    BinariesMissing,
    #[error(
        "{} was made by PostgreSQL {made_by}, whose binaries are not installed; install them (Debian, Ubuntu: apt-get \
         install postgresql-{made_by}) or move the directory away to start anew", data.display()
    )]
    VersionMissing { data: PathBuf, made_by: u32 },
    #[error("{} is in use by another process", root.display())]
    Locked { root: PathBuf },
    #[error("{doing} {}", path.display())]
    Files {
        doing: &'static str,
        path: PathBuf,
        #[source]
        source: io::Error,
    },
    #[error(
        "PostgreSQL does not run as root, user namespaces are blocked, and there is no account `postgres` or `nobody`"
    )]
    NoAccount,
    #[error("the account `{account}` that PostgreSQL must run as cannot pass through {}; allow it with chmod o+x", path.display())]
    NotTraversable { account: String, path: PathBuf },
    #[error("{program} failed: {output}")]
    Failed { program: &'static str, output: String },
    #[error("PostgreSQL did not become ready within {} s: {output}", after.as_secs())]
    NotReady { after: Duration, output: String },
    #[error("the process is ending")]
    Interrupted,
}

/// A running cluster of this process. Dropped, it is shut down in the background.
#[derive(Debug)]
pub struct Embedded {
    socket_dir: PathBuf,
    supervisor: Supervisor,
}

/// What became of the wish for a running cluster.
#[derive(Debug)]
pub enum Started {
    Own(Embedded),
    /// Another process of this machine runs it.
    Joined {
        socket_dir: PathBuf,
    },
}

impl Embedded {
    /// Names the socket; nothing listens on TCP.
    pub const PORT: u16 = 5432;

    /// Makes the cluster where there is none and starts it. Blocks until it accepts connections.
    pub(crate) fn start(data_dir: &Path, parameters: &[(String, String)]) -> Result<Self, LaunchError> {
        let layout = Layout::prepare(data_dir)?;
        let lock = layout.lock_patiently(LOCK_PATIENCE)?;
        Self::launch(layout, lock, parameters)
    }

    /// Like [`Embedded::start`], but a cluster that another process runs, or is just starting, is taken as it is.
    pub(crate) fn start_or_join(
        data_dir: &Path,
        parameters: &[(String, String)],
    ) -> Result<Started, LaunchError> {
        let layout = Layout::prepare(data_dir)?;
        match layout.lock_or_ready(LOCK_PATIENCE)? {
            Some(lock) => Self::launch(layout, lock, parameters).map(Started::Own),
            None => Ok(Started::Joined { socket_dir: layout.socket_dir }),
        }
    }

    fn launch(
        layout: Layout,
        lock: std::fs::File,
        parameters: &[(String, String)],
    ) -> Result<Self, LaunchError> {
        let socket_dir = layout.socket_dir.clone();
        let cluster = Cluster::prepare(layout, lock, parameters)?;
        Ok(Self { socket_dir, supervisor: Supervisor::start(cluster)? })
    }

    /// The directory of the socket.
    pub fn socket_dir(&self) -> &Path {
        &self.socket_dir
    }

    /// Ends sessions, writes a checkpoint and stops, for good. Blocks until it is down and its directory is free.
    pub fn stop(&self) {
        self.supervisor.end();
    }

    /// Stops without a checkpoint, as a crash would; the next start recovers. For tests.
    #[doc(hidden)]
    pub fn abort(&self) {
        self.supervisor.stop(process::Signal::ImmediateShutdown);
    }

    /// `kill -9` of the postmaster, which then stays down until [`Embedded::restart`]. For tests.
    #[doc(hidden)]
    pub fn kill(&self) {
        self.supervisor.stop(process::Signal::Kill);
    }

    /// `kill -9` of the postmaster behind the supervisor's back. For tests.
    #[doc(hidden)]
    pub fn kill_unexpectedly(&self) {
        self.supervisor.kill_unexpectedly();
    }

    /// Starts it again after it was stopped or killed. Blocks until it accepts connections. For tests.
    #[doc(hidden)]
    pub fn restart(&self) -> Result<(), LaunchError> {
        self.supervisor.restart()
    }
}
