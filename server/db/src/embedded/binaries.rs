//! Finding PostgreSQL's programs on the machine.

use std::{
    env, fs,
    path::{Path, PathBuf},
    process::Command,
};

use super::LaunchError;

/// What a cluster is made and run with. Both come in the same package.
pub const NEEDED: [&str; 2] = ["initdb", "postgres"];
/// The oldest release that the migrations are written for.
const OLDEST: u32 = 15;

/// A directory of PostgreSQL's programs.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Binaries {
    directory: PathBuf,
    /// Clusters are bound to the major version that made them.
    major: u32,
}

impl Binaries {
    /// The newest on this machine, or the ones of the version that made the cluster in `data`.
    pub fn find(data: &Path) -> Result<Self, LaunchError> {
        let found = candidates().into_iter().filter_map(|directory| Self::at(&directory));
        choose(found.collect(), made_by(data), data)
    }

    pub fn program(&self, name: &str) -> PathBuf {
        self.directory.join(name)
    }

    fn at(directory: &Path) -> Option<Self> {
        if NEEDED.iter().any(|program| !directory.join(program).is_file()) {
            return None;
        }
        let answer = Command::new(directory.join("postgres")).arg("--version").output().ok()?;
        let major = major_version(&String::from_utf8_lossy(&answer.stdout))?;
        Some(Self { directory: directory.to_owned(), major })
    }
}

fn choose(found: Vec<Binaries>, made_by: Option<u32>, data: &Path) -> Result<Binaries, LaunchError> {
    let supported = found.into_iter().filter(|binaries| binaries.major >= OLDEST);
    match made_by {
        Some(made_by) => supported
            .into_iter()
            .find(|binaries| binaries.major == made_by)
            .ok_or_else(|| LaunchError::VersionMissing { data: data.to_owned(), made_by }),
        // Reversed, so that of one version the packaged folder wins over a link in PATH.
        None => supported.rev().max_by_key(|binaries| binaries.major).ok_or(LaunchError::BinariesMissing),
    }
}

/// `postgres (PostgreSQL) 15.14 (Debian 15.14-0+deb12u1)` is 15.
fn major_version(answer: &str) -> Option<u32> {
    let version = answer.split("(PostgreSQL) ").nth(1)?;
    version.split(|c: char| !c.is_ascii_digit()).next()?.parse().ok()
}

fn made_by(data: &Path) -> Option<u32> {
    fs::read_to_string(data.join("PG_VERSION")).ok()?.trim().parse().ok()
}

/// Debian keeps each version's programs off PATH; so does the project's own repository for Red Hat.
fn candidates() -> Vec<PathBuf> {
    let mut directories: Vec<PathBuf> =
        subdirectories("/usr/lib/postgresql").map(|version| version.join("bin")).collect();
    directories.extend(
        subdirectories("/usr")
            .filter(|path| path.file_name().is_some_and(|name| name.to_string_lossy().starts_with("pgsql-")))
            .map(|version| version.join("bin")),
    );
    directories.extend(env::var_os("PATH").iter().flat_map(env::split_paths));
    directories
}

fn subdirectories(parent: &str) -> impl Iterator<Item = PathBuf> {
    fs::read_dir(parent).into_iter().flatten().flatten().map(|entry| entry.path())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn version(major: u32) -> Binaries {
        Binaries { directory: PathBuf::from(format!("/usr/lib/postgresql/{major}/bin")), major }
    }

    #[test]
    fn the_major_version_is_read_from_what_postgres_says() {
        assert_eq!(major_version("postgres (PostgreSQL) 15.14 (Debian 15.14-0+deb12u1)\n"), Some(15));
        assert_eq!(major_version("postgres (PostgreSQL) 18beta1\n"), Some(18));
        assert_eq!(major_version("something else 15"), None);
    }

    #[test]
    fn a_new_cluster_gets_the_newest_and_an_old_one_gets_its_own() {
        let (all, data) = (vec![version(15), version(17), version(16)], Path::new("/data"));
        assert_eq!(choose(all.clone(), None, data).unwrap().major, 17);
        assert_eq!(choose(all, Some(16), data).unwrap().major, 16);
    }

    #[test]
    fn what_is_missing_is_said_with_what_to_install() {
        let none = choose(vec![version(14)], None, Path::new("/data")).unwrap_err();
        assert!(none.to_string().contains("apt-get install postgresql"), "{none}");
        let other = choose(vec![version(17)], Some(15), Path::new("/data")).unwrap_err();
        assert!(other.to_string().contains("apt-get install postgresql-15"), "{other}");
    }
}
