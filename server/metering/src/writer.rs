//! The one thread that writes the spool: many records in one write, one sync for all the ends among them.
//!
//! Idle, it writes and syncs at once. Busy, it looks at the queue every `commit_interval`, so that the cost of a sync
//! is shared, and callers need not wake it.
//!
//! A failed sync may have dropped pages that a second sync would call clean, so nothing of that segment is trusted
//! behind its last good sync: the records since then are kept in memory and written to a new segment.

use std::{
    fs::File,
    io::{self, Write},
    mem,
    sync::{Arc, atomic::Ordering},
    time::{Duration, Instant},
};

use crate::{
    commit::{Group, MeterError},
    folder::{HEADER, Position},
    spool::{Spool, Work},
};

/// Between attempts to write to a disk that failed.
const HEAL_INTERVAL: Duration = Duration::from_millis(500);
/// Begun calls are synced too once so many bytes were written without an end among them.
const UNSYNCED_LIMIT: usize = 1024 * 1024;

#[derive(Debug)]
pub(crate) struct Writer {
    spool: Arc<Spool>,
    number: u64,
    file: File,
    length: u64,
    /// Written since the last good sync.
    unsynced: Vec<u8>,
    /// Ends among `unsynced`.
    ends: u64,
    spare: Vec<u8>,
}

impl Writer {
    /// Begins a new segment behind all others.
    pub(crate) fn new(spool: Arc<Spool>, number: u64) -> io::Result<Self> {
        let file = spool.folder.create(number)?;
        spool.disk_bytes.fetch_add(HEADER.len() as u64, Ordering::Relaxed);
        let length = HEADER.len() as u64;
        let writer = Self { spool, number, file, length, unsynced: Vec::new(), ends: 0, spare: Vec::new() };
        writer.publish();
        Ok(writer)
    }

    /// Writes and syncs what is in the queue now.
    pub(crate) fn flush(&mut self) -> io::Result<()> {
        let spool = self.spool.clone();
        let work = spool.queue.lock().take(Vec::new());
        self.ends += work.ends;
        self.write(work.pending)?;
        self.sync()
    }

    /// Until the spool is closed and the queue empty.
    pub(crate) fn run(mut self) {
        while let Some(work) = self.wait() {
            let woken = Instant::now();
            match self.commit(work.pending, work.ends, work.sync) {
                Ok(()) if work.sync => work.group.resolve(&Ok(())),
                Ok(()) => {}
                Err(error) => {
                    if !self.heal(&error, &work.group) {
                        return;
                    }
                }
            }
            self.pace(woken);
        }
        if !self.unsynced.is_empty()
            && let Err(error) = self.sync()
        {
            tracing::error!(%error, "the last records of the usage spool could not be synced");
        }
    }

    /// Sleeps until there is something to write. None: closed.
    fn wait(&mut self) -> Option<Work> {
        let spool = self.spool.clone();
        let mut queue = spool.queue.lock();
        while queue.pending.is_empty() && !queue.sync {
            if queue.closed {
                return None;
            }
            queue.idle = true;
            spool.wake.wait(&mut queue);
        }
        queue.idle = false;
        Some(queue.take(mem::take(&mut self.spare)))
    }

    fn commit(&mut self, pending: Vec<u8>, ends: u64, sync: bool) -> io::Result<()> {
        self.ends += ends;
        self.write(pending)?;
        if sync || self.unsynced.len() > UNSYNCED_LIMIT {
            self.sync()?;
        }
        if self.length >= self.spool.settings.segment_bytes {
            self.rotate()?;
        }
        Ok(())
    }

    fn write(&mut self, mut pending: Vec<u8>) -> io::Result<()> {
        // Kept first: what can't be written is written later.
        self.unsynced.extend_from_slice(&pending);
        let written = self.file.write_all(&pending);
        self.length += pending.len() as u64;
        self.spool.disk_bytes.fetch_add(pending.len() as u64, Ordering::Relaxed);
        pending.clear();
        self.spare = pending;
        written
    }

    fn sync(&mut self) -> io::Result<()> {
        self.file.sync_data()?;
        self.unsynced.clear();
        self.spool.unshipped.fetch_add(mem::take(&mut self.ends), Ordering::Relaxed);
        self.publish();
        Ok(())
    }

    fn publish(&self) {
        self.spool.committed.send_replace(Position { segment: self.number, offset: self.length });
    }

    fn rotate(&mut self) -> io::Result<()> {
        if !self.unsynced.is_empty() {
            self.sync()?;
        }
        // A number is never used twice, even where its file could not be made whole.
        self.number += 1;
        self.file = self.spool.folder.create(self.number)?;
        self.length = HEADER.len() as u64;
        self.spool.disk_bytes.fetch_add(self.length, Ordering::Relaxed);
        self.publish();
        Ok(())
    }

    /// Tells those who wait, refuses new calls, and tries until the disk takes the records again. False: closed first.
    fn heal(&mut self, error: &io::Error, group: &Group) -> bool {
        let fault = MeterError::Disk(error.to_string().into());
        tracing::error!(%error, "the usage spool can't be written; new calls are refused");
        metrics::counter!("switchyard_metering_spool_faults_total").increment(1);
        let spool = self.spool.clone();
        group.resolve(&Err(fault.clone()));
        let synced = self.length - self.unsynced.len() as u64;
        self.discard_behind(synced);
        {
            let mut queue = spool.queue.lock();
            queue.group.resolve(&Err(fault.clone()));
            queue.fault = Some(fault);
        }
        loop {
            {
                let mut queue = spool.queue.lock();
                if !queue.closed {
                    spool.wake.wait_for(&mut queue, HEAL_INTERVAL);
                }
            }
            match self.rewrite() {
                Ok(()) => {
                    let mut queue = spool.queue.lock();
                    queue.fault = None;
                    queue.group = Arc::default();
                    tracing::info!("the usage spool can be written again");
                    return true;
                }
                Err(error) if spool.queue.lock().closed => {
                    tracing::error!(%error, lost_bytes = self.unsynced.len(), "the usage spool ends unwritten");
                    return false;
                }
                Err(error) => tracing::warn!(%error, "the usage spool still can't be written"),
            }
        }
    }

    /// Cuts off what was written since the last good sync: it is written again elsewhere. Where even that fails, it
    /// stays, and is stored once all the same, by its ids.
    fn discard_behind(&mut self, synced: u64) {
        if self.file.set_len(synced).is_ok() {
            self.spool.disk_bytes.fetch_sub(self.length - synced, Ordering::Relaxed);
            self.length = synced;
        }
    }

    /// Writes what is not synced, and what came since, to a new segment.
    fn rewrite(&mut self) -> io::Result<()> {
        let spool = self.spool.clone();
        {
            let mut queue = spool.queue.lock();
            self.unsynced.append(&mut queue.pending);
            self.ends += mem::take(&mut queue.ends);
            queue.sync = false;
        }
        self.number += 1;
        let mut file = spool.folder.create(self.number)?;
        let written = file.write_all(&self.unsynced).and_then(|()| file.sync_data());
        if let Err(error) = written {
            spool.folder.discard(self.number);
            return Err(error);
        }
        self.file = file;
        self.length = (HEADER.len() + self.unsynced.len()) as u64;
        spool.disk_bytes.fetch_add(self.length, Ordering::Relaxed);
        self.unsynced.clear();
        spool.unshipped.fetch_add(mem::take(&mut self.ends), Ordering::Relaxed);
        self.publish();
        Ok(())
    }

    /// Rests until the next commit is due, unless the spool is closed.
    fn pace(&self, woken: Instant) {
        let due = woken + self.spool.settings.commit_interval;
        let mut queue = self.spool.queue.lock();
        while !queue.closed && !self.spool.wake.wait_until(&mut queue, due).timed_out() {}
    }
}

impl Drop for Writer {
    /// Nobody may wait for a writer that is no more.
    fn drop(&mut self) {
        if std::thread::panicking() {
            let fault = MeterError::Disk("the writer of the usage spool panicked".into());
            let mut queue = self.spool.queue.lock();
            queue.group.resolve(&Err(fault.clone()));
            queue.fault = Some(fault);
        }
    }
}
