//! Who PostgreSQL runs as. It refuses root, and the server may well be root (containers).

use std::{
    fs,
    os::unix::{
        fs::{MetadataExt, PermissionsExt, chown},
        process::CommandExt,
    },
    path::Path,
    process::{Command, Stdio},
};

use super::{LaunchError, process};
use crate::error::at;

/// The user that PostgreSQL's processes have.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Privilege {
    /// The server's own user, who is not root.
    Same,
    /// An unprivileged user of a user namespace, who is root outside: files stay root's.
    Namespace,
    /// An account of the machine, who owns the cluster's files.
    Account { name: String, uid: u32, gid: u32 },
}

impl Privilege {
    /// The best that this machine allows. `program` is run once, harmlessly, to see whether namespaces work.
    pub fn choose(program: &Path) -> Result<Self, LaunchError> {
        if !process::is_root() {
            return Ok(Self::Same);
        }
        let mut probe = Command::new(program);
        probe.arg("--version").stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
        Self::Namespace.apply(&mut probe);
        if probe.status().is_ok_and(|status| status.success()) {
            return Ok(Self::Namespace);
        }
        let accounts = fs::read_to_string("/etc/passwd").unwrap_or_default();
        Self::account(&accounts).ok_or(LaunchError::NoAccount)
    }

    /// `postgres` or else `nobody`, from the text of `/etc/passwd`.
    pub(super) fn account(passwd: &str) -> Option<Self> {
        ["postgres", "nobody"].into_iter().find_map(|wanted| {
            let fields: Vec<&str> =
                passwd.lines().map(|line| line.split(':').collect::<Vec<_>>()).find(|f| f[0] == wanted)?;
            let (uid, gid) = (fields.get(2)?.parse().ok()?, fields.get(3)?.parse().ok()?);
            (uid != 0).then(|| Self::Account { name: wanted.to_owned(), uid, gid })
        })
    }

    /// Makes a command run so.
    pub fn apply(&self, command: &mut Command) {
        match self {
            Self::Same => {}
            Self::Namespace => process::in_user_namespace(command),
            Self::Account { uid, gid, .. } => {
                command.uid(*uid).gid(*gid);
            }
        }
    }

    /// Gives a directory and all in it to whoever PostgreSQL runs as, where it is not theirs already.
    pub fn take(&self, directory: &Path) -> Result<(), LaunchError> {
        let (uid, gid) = match self {
            Self::Same => return Ok(()),
            Self::Namespace => (0, 0),
            Self::Account { uid, gid, .. } => (*uid, *gid),
        };
        let owner = fs::symlink_metadata(directory).map_err(at("reading", directory))?.uid();
        if owner == uid { Ok(()) } else { give(directory, uid, gid) }
    }

    /// Lets the account pass through the server's own data directory, and refuses a path that it could not reach.
    pub fn open_way(&self, root: &Path) -> Result<(), LaunchError> {
        let Self::Account { name, uid, gid } = self else { return Ok(()) };
        let passes = |directory: &Path| {
            let found = fs::metadata(directory).map_err(at("reading", directory))?;
            let bit = match found {
                ref found if found.uid() == *uid => 0o100,
                ref found if found.gid() == *gid => 0o010,
                _ => 0o001,
            };
            Ok::<bool, LaunchError>(found.mode() & bit != 0)
        };
        let Some(data_dir) = root.parent() else { return Ok(()) };
        if !passes(data_dir)? {
            // Only through it, only this group; directories above are not ours to change.
            let mode = fs::metadata(data_dir).map_err(at("reading", data_dir))?.mode();
            chown(data_dir, None, Some(*gid)).map_err(at("changing the group of", data_dir))?;
            let opened = fs::Permissions::from_mode((mode & 0o7707) | 0o010);
            fs::set_permissions(data_dir, opened).map_err(at("opening the way through", data_dir))?;
        }
        for parent in data_dir.ancestors().skip(1) {
            if !passes(parent)? {
                return Err(LaunchError::NotTraversable { account: name.clone(), path: parent.to_owned() });
            }
        }
        Ok(())
    }
}

fn give(path: &Path, uid: u32, gid: u32) -> Result<(), LaunchError> {
    if fs::symlink_metadata(path).map_err(at("reading", path))?.is_dir() {
        for entry in fs::read_dir(path).map_err(at("listing", path))? {
            give(&entry.map_err(at("listing", path))?.path(), uid, gid)?;
        }
    }
    // Last, so that an interrupted walk is begun again; never through a link.
    std::os::unix::fs::lchown(path, Some(uid), Some(gid)).map_err(at("changing the owner of", path))
}

/// Gives one directory, not what is in it.
pub fn give_directory(path: &Path, privilege: &Privilege) -> Result<(), LaunchError> {
    match privilege {
        Privilege::Account { uid, gid, .. } => {
            chown(path, Some(*uid), Some(*gid)).map_err(at("changing the owner of", path))
        }
        Privilege::Same | Privilege::Namespace => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_postgres_account_is_preferred_and_root_is_never_taken() {
        let passwd =
            "root:x:0:0::/root:/bin/sh\nnobody:x:65534:65534::/:/bin/false\npostgres:x:101:104::/:/bin/sh\n";
        let chosen = Privilege::account(passwd);
        assert_eq!(chosen, Some(Privilege::Account { name: "postgres".into(), uid: 101, gid: 104 }));
        assert_eq!(Privilege::account("postgres:x:0:0::/:/bin/sh\nnobody:x:garbage\n"), None);
    }
}
