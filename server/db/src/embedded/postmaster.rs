//! One run of the postmaster: from spawn to ready, from signal to gone.

use std::{
    fs::{self, File},
    io::{Read, Seek, SeekFrom},
    process::Child,
    thread,
    time::{Duration, Instant},
};

use super::{
    LaunchError,
    cluster::Cluster,
    leftover,
    process::{self, Signal},
};
use crate::error::at;

/// Recovery after a crash reads the log since the last checkpoint; a large one takes its time.
const READY_WITHIN: Duration = Duration::from_mins(5);
/// A killed postmaster's children hold its shared memory until they notice.
const CHILDREN_GONE_WITHIN: Duration = Duration::from_secs(15);
/// A shutdown that takes longer is made an immediate one; the next start recovers.
const STOPPED_WITHIN: Duration = Duration::from_secs(30);
const STEP: Duration = Duration::from_millis(10);
/// The log is begun anew at a start where it has grown beyond this.
const LOG_LIMIT: u64 = 16 << 20;

/// Starts the postmaster. Must be called on a thread that lives as long as the cluster should.
pub fn start(cluster: &Cluster) -> Result<Child, LaunchError> {
    let deadline = Instant::now() + CHILDREN_GONE_WITHIN;
    loop {
        leftover::clear(&cluster.layout)?;
        match attempt(cluster) {
            Err(LaunchError::Failed { output, .. })
                if output.contains("shared memory block") && Instant::now() < deadline =>
            {
                thread::park_timeout(Duration::from_millis(100));
            }
            result => return result,
        }
    }
}

fn attempt(cluster: &Cluster) -> Result<Child, LaunchError> {
    let path = &cluster.layout.log;
    if fs::metadata(path).is_ok_and(|log| log.len() > LOG_LIMIT) {
        fs::remove_file(path).map_err(at("removing", path))?;
    }
    let log = File::options().create(true).append(true).open(path).map_err(at("opening", path))?;
    let said_before = log.metadata().map_err(at("reading", path))?.len();
    let mut command = cluster.postgres(log);
    process::shut_down_with_parent(&mut command);
    let mut child = command.spawn().map_err(at("running PostgreSQL in", &cluster.layout.root))?;
    match wait_until_ready(cluster, &mut child, said_before) {
        Ok(()) => Ok(child),
        Err(error) => {
            stop(&mut child, Signal::ImmediateShutdown);
            Err(error)
        }
    }
}

fn wait_until_ready(cluster: &Cluster, child: &mut Child, said_before: u64) -> Result<(), LaunchError> {
    let deadline = Instant::now() + READY_WITHIN;
    loop {
        if cluster.layout.runs_ready(Some(child.id())) {
            return Ok(());
        }
        if child.try_wait().is_ok_and(|status| status.is_some()) {
            return Err(LaunchError::Failed {
                program: "postgres",
                output: said_since(cluster, said_before),
            });
        }
        if Instant::now() >= deadline {
            return Err(LaunchError::NotReady {
                after: READY_WITHIN,
                output: said_since(cluster, said_before),
            });
        }
        thread::park_timeout(STEP);
    }
}

/// The last few lines of the log since `offset`.
fn said_since(cluster: &Cluster, offset: u64) -> String {
    let mut text = String::new();
    if let Ok(mut log) = File::open(&cluster.layout.log) {
        let read = log.seek(SeekFrom::Start(offset)).and_then(|_| log.read_to_string(&mut text));
        if let Err(error) = read {
            return format!("and {} cannot be read: {error}", cluster.layout.log.display());
        }
    }
    let lines: Vec<&str> = text.lines().collect();
    lines[lines.len().saturating_sub(12)..].join("\n")
}

/// Ends a postmaster and waits until it is gone.
pub fn stop(child: &mut Child, signal: Signal) {
    let deadline = Instant::now() + STOPPED_WITHIN;
    let mut sent = false;
    loop {
        match child.try_wait() {
            Ok(None) => {}
            Ok(Some(_)) => return,
            Err(error) => return tracing::error!(%error, "cannot wait for PostgreSQL"),
        }
        if !sent {
            process::send(child.id(), signal);
            sent = true;
        } else if Instant::now() >= deadline {
            tracing::warn!("PostgreSQL takes too long to shut down; ending it at once");
            process::send(child.id(), Signal::ImmediateShutdown);
        }
        thread::park_timeout(STEP);
    }
}
