//! What a postmaster leaves behind when it is killed: its pid file, and for a moment itself.
//!
//! PostgreSQL refuses to start while the pid in that file is any living process. We hold the lock on the directory, so
//! no server owns a postmaster there; and a postmaster's working directory is its data directory, which tells it from a
//! stranger that was given the same pid after a reboot or in another container.

use std::{
    fs, io,
    path::Path,
    thread,
    time::{Duration, Instant},
};

use super::{
    LaunchError,
    layout::Layout,
    process::{self, Signal},
};
use crate::error::at;

/// An orphan shuts down by itself when its server dies; after this it is told to.
const OWN_PACE: Duration = Duration::from_secs(3);
const TOLD: Duration = Duration::from_secs(30);

/// Waits until no postmaster of an earlier server is left, then removes its pid files.
pub fn clear(layout: &Layout) -> Result<(), LaunchError> {
    let pid_file = layout.data.join("postmaster.pid");
    if let Some(pid) = recorded_pid(&pid_file) {
        if !gone_within(pid, &layout.data, OWN_PACE) {
            process::send(pid, Signal::FastShutdown);
            if !gone_within(pid, &layout.data, TOLD) {
                return Err(LaunchError::Locked { root: layout.root.clone() });
            }
        }
        tracing::info!(pid, "clearing what an earlier postmaster left");
    }
    let socket = layout.socket();
    let socket_lock = socket.with_added_extension("lock");
    for file in [&pid_file, &socket, &socket_lock] {
        remove(file)?;
    }
    Ok(())
}

fn recorded_pid(pid_file: &Path) -> Option<u32> {
    fs::read_to_string(pid_file).ok()?.lines().next()?.trim().parse().ok()
}

fn gone_within(pid: u32, data: &Path, patience: Duration) -> bool {
    let deadline = Instant::now() + patience;
    loop {
        let works_in = fs::read_link(format!("/proc/{pid}/cwd"));
        if works_in.map_or(true, |directory| directory != data) {
            return true;
        }
        if Instant::now() >= deadline {
            return false;
        }
        thread::park_timeout(Duration::from_millis(20));
    }
}

fn remove(file: &Path) -> Result<(), LaunchError> {
    match fs::remove_file(file) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => Err(at("removing", file)(error)),
        _ => Ok(()),
    }
}
