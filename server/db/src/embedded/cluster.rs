//! Making a cluster, and everything that a start of it needs.

use std::{
    env,
    fs::{self, File},
    path::Path,
    process::{Command, Stdio},
};

use super::{
    LaunchError, SUPERUSER,
    binaries::Binaries,
    layout::Layout,
    privilege::{self, Privilege},
};
use crate::error::at;

/// A cluster that is ready to be started. Holds the lock on its directory.
#[derive(Debug)]
pub struct Cluster {
    pub layout: Layout,
    binaries: Binaries,
    privilege: Privilege,
    parameters: Vec<(String, String)>,
    _lock: File,
}

impl Cluster {
    /// Finds the programs and makes the cluster where there is none.
    pub fn prepare(layout: Layout, lock: File, parameters: &[(String, String)]) -> Result<Self, LaunchError> {
        let binaries = Binaries::find(&layout.data)?;
        let privilege = Privilege::choose(&binaries.program("postgres"))?;
        Self::prepare_as(privilege, binaries, layout, lock, parameters)
    }

    fn prepare_as(
        privilege: Privilege,
        binaries: Binaries,
        layout: Layout,
        lock: File,
        parameters: &[(String, String)],
    ) -> Result<Self, LaunchError> {
        privilege.open_way(&layout.root)?;
        privilege::give_directory(&layout.root, &privilege)?;
        privilege.take(&layout.socket_dir)?;
        let cluster = Self { layout, binaries, privilege, parameters: parameters.to_vec(), _lock: lock };
        if cluster.layout.data.exists() {
            cluster.privilege.take(&cluster.layout.data)?;
        } else {
            cluster.make()?;
        }
        Ok(cluster)
    }

    /// `initdb` into a directory beside, which takes its name only when complete.
    fn make(&self) -> Result<(), LaunchError> {
        let Layout { data, data_new, .. } = &self.layout;
        // The locale with UTF-8 is missing on some machines; sorting is bytewise either way.
        let mut output = String::new();
        for character_type in ["C.UTF-8", "C"] {
            if data_new.exists() {
                fs::remove_dir_all(data_new).map_err(at("removing", data_new))?;
            }
            match self.initdb(data_new, character_type)? {
                Ok(()) => return fs::rename(data_new, data).map_err(at("renaming", data_new)),
                Err(said) => output = said,
            }
        }
        Err(LaunchError::Failed { program: "initdb", output })
    }

    fn initdb(&self, into: &Path, character_type: &str) -> Result<Result<(), String>, LaunchError> {
        let mut command = self.command("initdb");
        command
            .arg("--pgdata")
            .arg(into)
            .args(["--username", SUPERUSER, "--encoding", "UTF8", "--lc-collate", "C", "--data-checksums"])
            .args(["--lc-ctype", character_type])
            // The socket's directory lets nobody else in, and nothing listens on a network.
            .args(["--auth-local", "trust", "--auth-host", "reject", "--no-instructions"]);
        let output = command.output().map_err(at("running", self.binaries.program("initdb")))?;
        let said = String::from_utf8_lossy(&output.stderr).trim().to_owned();
        Ok(if output.status.success() { Ok(()) } else { Err(said) })
    }

    /// The postmaster, its messages going to `log`.
    pub fn postgres(&self, log: File) -> Command {
        let mut command = self.command("postgres");
        command.arg("-D").arg(&self.layout.data).stderr(log);
        let sockets = self.layout.socket_dir.to_string_lossy();
        let fixed = [
            ("listen_addresses", ""),
            ("unix_socket_directories", &*sockets),
            ("unix_socket_permissions", "0700"),
            ("port", "5432"),
            ("logging_collector", "off"),
            ("log_destination", "stderr"),
            ("log_line_prefix", "%m [%p] "),
            ("timezone", "UTC"),
        ];
        for (name, value) in fixed {
            command.arg("-c").arg(format!("{name}={value}"));
        }
        for (name, value) in &self.parameters {
            command.arg("-c").arg(format!("{name}={value}"));
        }
        command
    }

    /// A program of PostgreSQL under the right user, deaf to the terminal's Ctrl-C and to PostgreSQL's own variables.
    fn command(&self, program: &str) -> Command {
        use std::os::unix::process::CommandExt;
        let mut command = Command::new(self.binaries.program(program));
        for (name, _) in env::vars_os() {
            if name.to_string_lossy().starts_with("PG") {
                command.env_remove(name);
            }
        }
        command.env("LC_ALL", "C").stdin(Stdio::null()).stdout(Stdio::null());
        command.current_dir(&self.layout.root).process_group(0);
        self.privilege.apply(&mut command);
        command
    }
}

#[cfg(test)]
mod tests {
    use std::os::unix::fs::{MetadataExt, PermissionsExt};

    use super::*;
    use crate::embedded::{process, supervisor::Supervisor};

    /// Where user namespaces are blocked. Only root can change to another account, and only then is it needed.
    #[test]
    fn an_unprivileged_account_runs_the_cluster_of_a_root_that_has_no_namespaces() {
        if !process::is_root() {
            return;
        }
        let accounts = fs::read_to_string("/etc/passwd").unwrap();
        let privilege = Privilege::account(&accounts).unwrap();
        let Privilege::Account { uid, .. } = privilege else { panic!("{privilege:?}") };
        let outer = tempfile::tempdir().unwrap();
        fs::set_permissions(outer.path(), fs::Permissions::from_mode(0o700)).unwrap();
        let data_dir = outer.path().join("data-dir");
        let prepare = || {
            let layout = Layout::prepare(&data_dir).unwrap();
            let lock = layout.try_lock().unwrap().unwrap();
            let binaries = Binaries::find(&layout.data).unwrap();
            Cluster::prepare_as(privilege.clone(), binaries, layout, lock, &[])
        };

        let closed = prepare().unwrap_err();
        assert!(
            matches!(&closed, LaunchError::NotTraversable { path, .. } if path == outer.path()),
            "{closed}"
        );

        fs::set_permissions(outer.path(), fs::Permissions::from_mode(0o711)).unwrap();
        let cluster = prepare().unwrap();
        let (data, layout) = (cluster.layout.data.clone(), cluster.layout.clone());
        let supervisor = Supervisor::start(cluster).unwrap();
        assert!(layout.answers());
        assert_eq!(fs::metadata(&data).unwrap().uid(), uid);
        assert_eq!(
            fs::metadata(&data_dir).unwrap().mode() & 0o777,
            0o710,
            "open to that account's group alone"
        );
        supervisor.end();
        assert!(!layout.answers());
    }
}
