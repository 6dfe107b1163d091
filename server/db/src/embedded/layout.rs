//! The directories of an embedded cluster, and the lock that says whose it is.

use std::{
    env,
    fs::{self, DirBuilder, File, TryLockError},
    hash::{DefaultHasher, Hash, Hasher},
    os::unix::{
        fs::{DirBuilderExt, MetadataExt, PermissionsExt},
        net::UnixStream,
    },
    path::{Path, PathBuf},
    thread,
    time::{Duration, Instant},
};

use super::{Embedded, LaunchError, process};
use crate::error::at;

/// What fits into `sockaddr_un`, less the final NUL.
const LONGEST_SOCKET_PATH: usize = 107;

/// Where everything of a cluster lies. All paths absolute.
#[derive(Debug, Clone)]
pub struct Layout {
    pub root: PathBuf,
    pub data: PathBuf,
    /// Where initdb works until it succeeded.
    pub data_new: PathBuf,
    pub socket_dir: PathBuf,
    pub log: PathBuf,
}

impl Layout {
    /// Makes the directories, readable by their owner alone.
    pub fn prepare(data_dir: &Path) -> Result<Self, LaunchError> {
        let root = data_dir.join("postgres");
        make_private(&root)?;
        let root = root.canonicalize().map_err(at("resolving", &root))?;
        let socket_dir = socket_dir(&root);
        make_private(&socket_dir)?;
        Ok(Self {
            data: root.join("data"),
            data_new: root.join("data.new"),
            log: root.join("postgres.log"),
            socket_dir,
            root,
        })
    }

    /// The right to run the cluster, held as long as the file is open; `None` when another process has it.
    pub fn try_lock(&self) -> Result<Option<File>, LaunchError> {
        let path = self.root.join("lock");
        let file = File::options()
            .create(true)
            .truncate(false)
            .write(true)
            .open(&path)
            .map_err(at("opening", &path))?;
        match file.try_lock() {
            Ok(()) => Ok(Some(file)),
            Err(TryLockError::WouldBlock) => Ok(None),
            Err(TryLockError::Error(source)) => Err(LaunchError::Files { doing: "locking", path, source }),
        }
    }

    /// Like [`Layout::try_lock`], but gives a process that is ending time to end.
    pub fn lock_patiently(&self, patience: Duration) -> Result<File, LaunchError> {
        self.await_lock(patience, || false)?.ok_or_else(|| LaunchError::Locked { root: self.root.clone() })
    }

    /// Like [`Layout::lock_patiently`]; `None` once the process that has the lock runs a cluster that takes connections.
    pub fn lock_or_ready(&self, patience: Duration) -> Result<Option<File>, LaunchError> {
        self.await_lock(patience, || self.answers() && self.runs_ready(None))
    }

    fn await_lock(
        &self,
        patience: Duration,
        needless: impl Fn() -> bool,
    ) -> Result<Option<File>, LaunchError> {
        let deadline = Instant::now() + patience;
        loop {
            if let Some(lock) = self.try_lock()? {
                return Ok(Some(lock));
            }
            if needless() {
                return Ok(None);
            }
            if Instant::now() >= deadline {
                return Err(LaunchError::Locked { root: self.root.clone() });
            }
            thread::park_timeout(Duration::from_millis(50));
        }
    }

    /// The socket, whose name PostgreSQL gives.
    pub fn socket(&self) -> PathBuf {
        socket_in(&self.socket_dir)
    }

    /// Somebody listens on the socket.
    pub fn answers(&self) -> bool {
        UnixStream::connect(self.socket()).is_ok()
    }

    /// Whether a postmaster, or the one with this pid, says that it takes connections. The pid file's first line is its
    /// pid, its eighth says `ready` (as `pg_ctl` reads it).
    pub fn runs_ready(&self, pid: Option<u32>) -> bool {
        let Ok(text) = fs::read_to_string(self.data.join("postmaster.pid")) else { return false };
        let mut lines = text.lines();
        lines.next().is_some_and(|first| pid.is_none_or(|pid| first.trim() == pid.to_string()))
            && lines.nth(6).is_some_and(|status| status.trim() == "ready")
    }
}

fn socket_in(directory: &Path) -> PathBuf {
    directory.join(format!(".s.PGSQL.{}", Embedded::PORT))
}

/// `<root>/run`, or a short directory of the same name for every process that sees this root.
fn socket_dir(root: &Path) -> PathBuf {
    let beside = root.join("run");
    if socket_in(&beside).as_os_str().len() <= LONGEST_SOCKET_PATH {
        return beside;
    }
    let mut hasher = DefaultHasher::new();
    root.hash(&mut hasher);
    let name = format!("switchyard-{}-{:016x}", process::user_id(), hasher.finish());
    let short = env::temp_dir().join(&name);
    // A long TMPDIR would help nobody.
    if socket_in(&short).as_os_str().len() <= LONGEST_SOCKET_PATH {
        short
    } else {
        Path::new("/tmp").join(name)
    }
}

fn make_private(directory: &Path) -> Result<(), LaunchError> {
    DirBuilder::new().recursive(true).mode(0o700).create(directory).map_err(at("making", directory))?;
    let found = fs::symlink_metadata(directory).map_err(at("reading", directory))?;
    // Under /tmp somebody else may have been first. Root may find what it gave to PostgreSQL's account.
    let ours = found.uid() == process::user_id() || process::is_root();
    if !found.is_dir() || !ours {
        let source = std::io::Error::other("it is not a directory of this user");
        return Err(LaunchError::Files { doing: "using", path: directory.to_owned(), source });
    }
    if found.mode() & 0o077 != 0 {
        let private = fs::Permissions::from_mode(0o700);
        fs::set_permissions(directory, private).map_err(at("making private", directory))?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_socket_path_that_would_be_too_long_moves_to_a_short_directory() {
        let near = socket_dir(Path::new("/var/lib/switchyard/postgres"));
        assert_eq!(near, Path::new("/var/lib/switchyard/postgres/run"));
        let deep = PathBuf::from(format!("/{}/postgres", "d".repeat(120)));
        let moved = socket_dir(&deep);
        assert!(socket_in(&moved).as_os_str().len() <= LONGEST_SOCKET_PATH);
        assert_eq!(moved, socket_dir(&deep), "every process must find it");
        assert_ne!(moved, socket_dir(Path::new(&format!("/{}/postgres", "e".repeat(120)))));
    }

    #[test]
    fn the_lock_is_exclusive_and_ends_with_its_file() {
        let directory = tempfile::tempdir().unwrap();
        let layout = Layout::prepare(directory.path()).unwrap();
        let first = layout.try_lock().unwrap();
        assert!(first.is_some());
        assert!(layout.try_lock().unwrap().is_none());
        let refused = layout.lock_patiently(Duration::from_millis(60)).unwrap_err();
        assert!(matches!(refused, LaunchError::Locked { .. }));
        drop(first);
        assert!(layout.try_lock().unwrap().is_some());
    }

    #[test]
    fn the_directories_are_private() {
        let directory = tempfile::tempdir().unwrap();
        let layout = Layout::prepare(directory.path()).unwrap();
        for made in [&layout.root, &layout.socket_dir] {
            assert_eq!(fs::metadata(made).unwrap().mode() & 0o777, 0o700, "{}", made.display());
        }
    }
}
