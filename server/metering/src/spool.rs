//! What the callers and the writer thread share: the queue of records that wait to be written, and the state of the
//! disk behind it.

use std::{
    cell::RefCell,
    collections::HashSet,
    mem,
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
};

use parking_lot::{Condvar, Mutex};
use serde::Serialize;
use shared::UsageEventId;
use tokio::sync::watch;

use crate::{
    SpoolSettings,
    commit::{Commit, Group, MeterError},
    folder::{Folder, Position},
    frame::{self, Kind},
};

/// Room kept free for the end of every open call, so that an end always fits.
const END_RESERVE: u64 = 2 * 1024;
/// Records that wait in memory for a disk that does not answer.
const QUEUE_LIMIT: usize = 16 * 1024 * 1024;

thread_local! {
    static SCRATCH: RefCell<Vec<u8>> = RefCell::default();
}

/// A call can't be metered now, so it must not be served: answer 503 `metering_unavailable`.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum MeterFull {
    #[error("the usage spool holds its limit of {max_bytes} bytes that were not shipped yet")]
    Full { max_bytes: u64 },
    #[error("the disk of the usage spool does not keep up: {queued_bytes} bytes wait to be written")]
    Behind { queued_bytes: usize },
    #[error(transparent)]
    Failed(MeterError),
}

/// Records on their way to the writer.
#[derive(Debug, Default)]
pub(crate) struct Queue {
    pub(crate) pending: Vec<u8>,
    /// Who waits for the sync of `pending`.
    pub(crate) group: Arc<Group>,
    /// Ends in `pending`.
    pub(crate) ends: u64,
    /// Someone waits for the sync of `pending`.
    pub(crate) sync: bool,
    /// The writer sleeps until told.
    pub(crate) idle: bool,
    pub(crate) closed: bool,
    /// Why the disk can't be written now.
    pub(crate) fault: Option<MeterError>,
    /// Calls that have begun and not ended.
    pub(crate) open: HashSet<UsageEventId>,
}

/// What one round of the writer is about.
#[derive(Debug)]
pub(crate) struct Work {
    pub(crate) pending: Vec<u8>,
    pub(crate) ends: u64,
    pub(crate) sync: bool,
    pub(crate) group: Arc<Group>,
}

impl Queue {
    /// Takes what is queued; the queue goes on in an empty buffer.
    pub(crate) fn take(&mut self, buffer: Vec<u8>) -> Work {
        let sync = mem::take(&mut self.sync);
        Work {
            pending: mem::replace(&mut self.pending, buffer),
            ends: mem::take(&mut self.ends),
            sync,
            // Nobody waits for records that need no sync: their group goes on.
            group: if sync { mem::take(&mut self.group) } else { self.group.clone() },
        }
    }
}

#[derive(Debug)]
pub(crate) struct Spool {
    pub(crate) folder: Folder,
    pub(crate) settings: SpoolSettings,
    pub(crate) queue: Mutex<Queue>,
    pub(crate) wake: Condvar,
    /// How far the segments are synced.
    pub(crate) committed: watch::Sender<Position>,
    pub(crate) disk_bytes: AtomicU64,
    /// Ends that are synced and not shipped.
    pub(crate) unshipped: AtomicU64,
}

impl Spool {
    pub(crate) fn new(folder: Folder, settings: SpoolSettings) -> Self {
        Self {
            folder,
            settings,
            queue: Mutex::default(),
            wake: Condvar::new(),
            committed: watch::Sender::new(Position::default()),
            disk_bytes: AtomicU64::new(0),
            unshipped: AtomicU64::new(0),
        }
    }

    /// Queues the beginning of a call, unless the spool can't take its end too.
    pub(crate) fn begin<T: Serialize>(&self, id: UsageEventId, body: &T) -> Result<(), MeterFull> {
        self.encoded(Kind::Begin, id, body, |record, queue| {
            self.admit(queue, record.len())?;
            queue.open.insert(id);
            queue.pending.extend_from_slice(record);
            Ok(())
        })
        .unwrap_or_else(|error| Err(MeterFull::Failed(error)))
    }

    /// Queues the end of a call that may never have begun here.
    pub(crate) fn end<T: Serialize>(&self, id: UsageEventId, body: &T) -> Commit {
        self.encoded(Kind::End, id, body, |record, queue| {
            queue.open.remove(&id);
            queue.ends += 1;
            queue.sync = true;
            queue.pending.extend_from_slice(record);
            Commit::of(queue.group.clone())
        })
        .unwrap_or_else(Commit::failed)
    }

    /// Queues how far an open call came. Lost when the queue is over its limit: the next one tells the same and more.
    pub(crate) fn checkpoint<T: Serialize>(&self, id: UsageEventId, body: &T) {
        let queued = self.encoded(Kind::Checkpoint, id, body, |record, queue| {
            if queue.pending.len() + record.len() <= QUEUE_LIMIT {
                queue.pending.extend_from_slice(record);
            }
        });
        if let Err(error) = queued {
            tracing::warn!(event_id = %id, %error, "a usage checkpoint was not recorded");
        }
    }

    /// Queues copies of records whose segment is about to go, for those calls that are still open.
    pub(crate) fn carry(&self, records: &[(UsageEventId, Vec<u8>)]) -> Commit {
        let mut queue = self.queue.lock();
        for (id, record) in records {
            if queue.open.contains(id) {
                queue.pending.extend_from_slice(record);
            }
        }
        queue.sync = true;
        let commit = Commit::of(queue.group.clone());
        self.rouse(&mut queue);
        commit
    }

    /// Whether one more call fits, its end included.
    pub(crate) fn check_room(&self) -> Result<(), MeterFull> {
        self.admit(&self.queue.lock(), 0)
    }

    fn admit(&self, queue: &Queue, record: usize) -> Result<(), MeterFull> {
        if let Some(fault) = &queue.fault {
            return Err(MeterFull::Failed(fault.clone()));
        }
        if queue.closed {
            return Err(MeterFull::Failed(MeterError::Closed));
        }
        let queued_bytes = queue.pending.len();
        if queued_bytes + record > QUEUE_LIMIT {
            return Err(MeterFull::Behind { queued_bytes });
        }
        let reserved = (queue.open.len() as u64 + 1) * END_RESERVE;
        let used = self.disk_bytes.load(Ordering::Relaxed) + (queued_bytes + record) as u64;
        let max_bytes = self.settings.max_bytes;
        if used + reserved > max_bytes { Err(MeterFull::Full { max_bytes }) } else { Ok(()) }
    }

    /// Encodes outside the lock, into a buffer of the thread, then hands the record over under it.
    fn encoded<T: Serialize, R>(
        &self,
        kind: Kind,
        id: UsageEventId,
        body: &T,
        hand_over: impl FnOnce(&[u8], &mut Queue) -> R,
    ) -> Result<R, MeterError> {
        SCRATCH.with_borrow_mut(|scratch| {
            scratch.clear();
            frame::encode(scratch, kind, id, body)
                .map_err(|error| MeterError::Unencodable(error.to_string().into()))?;
            let mut queue = self.queue.lock();
            let done = hand_over(scratch, &mut queue);
            self.rouse(&mut queue);
            Ok(done)
        })
    }

    fn rouse(&self, queue: &mut Queue) {
        if mem::take(&mut queue.idle) {
            self.wake.notify_one();
        }
    }

    /// Ends the writer once it has written what is queued.
    pub(crate) fn close(&self) {
        self.queue.lock().closed = true;
        self.wake.notify_one();
    }
}
