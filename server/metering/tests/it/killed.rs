use std::{
    collections::HashSet,
    path::Path,
    process::{Command, Stdio},
    time::Duration,
};

use metering::{AdoptError, Meter, SpoolError, SpoolSettings};
use tokio::io::{AsyncBufReadExt, BufReader};
use uuid::Uuid;

use crate::support::{PATIENCE, drain, open, rollups, start, stored};

/// What a hammer told before it ended.
#[derive(Debug, Default)]
struct Told {
    seen: HashSet<Uuid>,
    unsure: HashSet<Uuid>,
    refused: usize,
}

impl Told {
    fn hear(&mut self, line: &str) {
        match line.split_once(' ') {
            Some(("seen", id)) => _ = self.seen.insert(id.parse().unwrap()),
            Some(("unsure", id)) => _ = self.unsure.insert(id.parse().unwrap()),
            Some(("refused", _)) => self.refused += 1,
            _ => {}
        }
    }
}

/// Runs a command until it ends, or until it has told of so many calls and is killed.
async fn run(command: Command, kill_after: usize) -> Told {
    let mut child = tokio::process::Command::from(command)
        .stdout(Stdio::piped())
        .kill_on_drop(true)
        .spawn()
        .expect("the hammer starts");
    let mut lines = BufReader::new(child.stdout.take().unwrap()).lines();
    let mut told = Told::default();
    while let Ok(Some(line)) = lines.next_line().await {
        told.hear(&line);
        if told.seen.len() == kill_after {
            // SIGKILL. Lines that were written before it arrived are still heard.
            child.start_kill().unwrap();
        }
    }
    child.wait().await.unwrap();
    told
}

fn hammer(folder: &Path, calls: usize) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_metering-hammer"));
    command.arg(folder).arg(calls.to_string());
    command
}

/// Returns once nobody holds the spool: a task that was aborted lets go a little later.
async fn released(folder: &Path) {
    while let Err(SpoolError::Locked(_)) = Meter::open(folder, SpoolSettings::default()) {
        tokio::time::sleep(Duration::from_millis(1)).await;
    }
}

async fn in_database(database: &testkit::TestDatabase) -> HashSet<Uuid> {
    let ids: Vec<Uuid> = sqlx::query_scalar("select id from usage_events")
        .fetch_all(&mut database.superuser().await)
        .await
        .unwrap();
    let unique: HashSet<_> = ids.iter().copied().collect();
    assert_eq!(unique.len(), ids.len(), "an event is stored twice");
    unique
}

#[tokio::test]
async fn every_end_that_a_caller_saw_is_metered_once_through_kills_and_outages() {
    let (database, place) = (testkit::database().await, tempfile::tempdir().unwrap());
    let mut seen = HashSet::new();
    for (round, kill_after) in [1, 700, 37, 1500, 2, 3000].into_iter().enumerate() {
        released(place.path()).await;
        let told = run(hammer(place.path(), usize::MAX >> 4), kill_after).await;
        assert!(told.seen.len() >= kill_after);
        seen.extend(told.seen);
        let meter = open(place.path());
        let shipper = start(&meter, &database);
        if round % 2 == 0 {
            // The shipper is killed too, in the middle of its work.
            tokio::time::timeout(Duration::from_millis(3 * kill_after as u64 % 200), shipper.drain())
                .await
                .ok();
            database.cluster().kill();
            database.cluster().restart().unwrap();
        } else {
            drain(shipper).await;
        }
    }
    released(place.path()).await;
    drain(start(&open(place.path()), &database)).await;
    let stored = in_database(&database).await;
    let missing = seen.difference(&stored).count();
    assert_eq!(missing, 0, "of {} calls whose end was seen", seen.len());
    assert!(seen.len() > 5000);
    assert_eq!(rollups(&database).await.requests, stored.len() as i64);
}

#[tokio::test]
async fn a_disk_that_refuses_writes_stops_admission_and_loses_nothing() {
    let (database, place) = (testkit::database().await, tempfile::tempdir().unwrap());
    // No file may grow beyond 256 KiB (in units of 512 bytes), far below a segment, so writes fail now and then.
    let mut command = Command::new("sh");
    command.arg("-c").arg("trap '' XFSZ; ulimit -S -f 512; exec \"$@\"").arg("sh");
    let hammer = hammer(place.path(), 1500);
    command.arg(hammer.get_program()).args(hammer.get_args());
    let told = run(command, usize::MAX).await;
    assert!(told.refused > 0, "calls are refused while the disk fails");
    assert!(!told.unsure.is_empty(), "those who waited are told");
    assert_eq!(told.seen.len() + told.unsure.len(), 1500);

    drain(start(&open(place.path()), &database)).await;
    let stored = in_database(&database).await;
    let all: HashSet<_> = told.seen.union(&told.unsure).copied().collect();
    assert_eq!(stored, all, "the ends that could not be written at once were written later");
    assert_eq!(rollups(&database).await.requests, 1500);
}

#[tokio::test]
async fn the_spool_of_a_dead_process_is_adopted_and_that_of_a_living_one_is_not() {
    let (database, place) = (testkit::database().await, tempfile::tempdir().unwrap());
    let meter = open(place.path());
    let adopt = || metering::adopt(place.path(), (*database).clone(), SpoolSettings::default(), PATIENCE);
    assert!(matches!(adopt().await, Err(AdoptError::Spool(SpoolError::Locked(_)))));
    drop(meter);

    let told = run(hammer(place.path(), usize::MAX >> 4), 500).await;
    let recovered = adopt().await.unwrap();
    assert!(recovered.unshipped >= 500);
    let stored_once = stored(&database).await;
    assert!(told.seen.is_subset(&in_database(&database).await));
    assert_eq!(adopt().await.unwrap().unshipped, 0);
    assert_eq!(stored(&database).await, stored_once);
}
