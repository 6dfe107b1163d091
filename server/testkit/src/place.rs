//! Where the files of tests lie, and removing those of tests that are gone.

use std::{
    env,
    ffi::OsStr,
    fs::{self, DirBuilder},
    os::unix::fs::DirBuilderExt,
    path::{Path, PathBuf},
    process,
    sync::atomic::{AtomicU32, Ordering},
    time::{Duration, SystemTime},
};

/// Templates of schemas that no test asked for in this time are removed.
const TEMPLATE_KEPT: Duration = Duration::from_hours(24);

/// `<target folder of this build>/testkit`, or beside the other temporary files for a program that lies elsewhere.
pub fn base() -> PathBuf {
    let program = env::current_exe().expect("a running program has a path");
    let deps = program.ancestors().find(|path| path.file_name() == Some(OsStr::new("deps")));
    let base = deps.and_then(Path::parent).map_or_else(env::temp_dir, Path::to_path_buf).join("testkit");
    make_private(&base);
    base
}

/// A new directory for one part of this process. Directories of processes that are gone are removed first.
pub fn of_this_test() -> PathBuf {
    static COUNT: AtomicU32 = AtomicU32::new(0);
    let run = base().join("run");
    make_private(&run);
    for entry in fs::read_dir(&run).expect("the folder of tests can be listed").flatten() {
        if owner(&entry.path()).is_some_and(|pid| !Path::new(&format!("/proc/{pid}")).exists()) {
            // Another test may be removing it too.
            let _ = fs::remove_dir_all(entry.path());
        }
    }
    let directory = run.join(format!("{}-{}", process::id(), COUNT.fetch_add(1, Ordering::Relaxed)));
    // A process of this id may have been killed and its directory not yet removed.
    let _ = fs::remove_dir_all(&directory);
    make_private(&directory);
    directory
}

fn owner(directory: &Path) -> Option<u32> {
    directory.file_name()?.to_str()?.split('-').next()?.parse().ok()
}

/// Removes templates of other schemas that nobody has used for a while.
pub fn remove_old_templates(base: &Path, but: &Path) {
    for entry in fs::read_dir(base).expect("the folder of tests can be listed").flatten() {
        let is_template = entry.file_name().to_string_lossy().starts_with("template-");
        let used = entry.metadata().and_then(|metadata| metadata.modified()).unwrap_or_else(|_| now());
        if is_template
            && entry.path() != but
            && now().duration_since(used).is_ok_and(|age| age > TEMPLATE_KEPT)
        {
            let _ = fs::remove_dir_all(entry.path());
        }
    }
}

fn now() -> SystemTime {
    SystemTime::now()
}

pub fn make_private(directory: &Path) {
    DirBuilder::new()
        .recursive(true)
        .mode(0o700)
        .create(directory)
        .unwrap_or_else(|error| panic!("cannot make {}: {error}", directory.display()));
}

/// Copies a folder with all in it; files keep their mode, directories are private.
pub fn copy(from: &Path, to: &Path) -> std::io::Result<()> {
    DirBuilder::new().mode(0o700).create(to)?;
    for entry in fs::read_dir(from)? {
        let entry = entry?;
        let target = to.join(entry.file_name());
        if entry.file_type()?.is_dir() {
            copy(&entry.path(), &target)?;
        } else {
            fs::copy(entry.path(), target)?;
        }
    }
    Ok(())
}
