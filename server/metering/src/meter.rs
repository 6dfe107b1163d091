//! The handle that the gateway meters calls with.

use std::{path::Path, sync::Arc, thread::JoinHandle, time::Duration};

use parking_lot::Mutex;

use crate::{
    call_record::CallRecord,
    commit::Commit,
    event::{AdmittedCall, UsageEvent},
    folder::{Folder, SpoolError},
    recovery::{self, Recovered},
    spool::{MeterFull, Spool},
    writer::Writer,
};

/// How a spool is kept.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct SpoolSettings {
    /// Bytes that the spool may take on disk; above it new calls are refused. At least four segments.
    pub max_bytes: u64,
    /// While calls keep ending, the time between two syncs. An end after a pause is synced at once.
    pub commit_interval: Duration,
    /// A segment is followed by the next once it is that long, and deleted once it is shipped. At least 4 KiB.
    pub segment_bytes: u64,
}

impl Default for SpoolSettings {
    /// 8 GiB hold about ten million calls.
    fn default() -> Self {
        Self { max_bytes: 8 << 30, commit_interval: Duration::from_millis(2), segment_bytes: 16 << 20 }
    }
}

impl SpoolSettings {
    fn check(&self) -> Result<(), SpoolError> {
        let wrong = |name, given: u64, expected| {
            Err(SpoolError::Setting { name, given: given.to_string(), expected })
        };
        if self.segment_bytes < 4096 {
            return wrong("segment_bytes", self.segment_bytes, "at least 4096");
        }
        if self.max_bytes < self.segment_bytes.saturating_mul(4) {
            return wrong("max_bytes", self.max_bytes, "at least four times segment_bytes");
        }
        if self.commit_interval > Duration::from_secs(1) {
            return wrong("commit_interval", self.commit_interval.as_millis() as u64, "at most 1000 ms");
        }
        Ok(())
    }
}

/// A cheap handle on the process's spool. The last one dropped (records, commits aside) writes what is queued, ends the
/// writer and gives up the folder's lock; that waits for one sync.
#[derive(Debug, Clone)]
pub struct Meter(Arc<Owner>);

#[derive(Debug)]
struct Owner {
    spool: Arc<Spool>,
    writer: Mutex<Option<JoinHandle<()>>>,
}

impl Drop for Owner {
    fn drop(&mut self) {
        self.spool.close();
        if let Some(writer) = self.writer.get_mut().take()
            && writer.join().is_err()
        {
            tracing::error!("the writer of the usage spool panicked");
        }
    }
}

impl Meter {
    /// Opens the spool in a folder, made where it is missing, and recovers what a dead process left there: calls
    /// without an end get one, `gateway_lost`, durable when this returns. Reads the whole spool; blocks while it does.
    ///
    /// # Errors
    /// [`SpoolError::Locked`] while another process holds the folder; an I/O error; a setting out of range.
    pub fn open(folder: impl AsRef<Path>, settings: SpoolSettings) -> Result<(Self, Recovered), SpoolError> {
        settings.check()?;
        let folder = Folder::open(folder.as_ref())?;
        let path = folder.path().to_owned();
        let wrong = |source| SpoolError::Io { path: path.clone(), source };
        let spool = Arc::new(Spool::new(folder, settings));
        let (recovered, lost, next) = recovery::replay(&spool).map_err(wrong)?;
        let mut writer = Writer::new(spool.clone(), next).map_err(wrong)?;
        for event in lost {
            drop(spool.end(event.id, &event));
        }
        writer.flush().map_err(wrong)?;
        let thread = std::thread::Builder::new().name("usage-spool".to_owned());
        let writer = thread.spawn(move || writer.run()).map_err(wrong)?;
        Ok((Self(Arc::new(Owner { spool, writer: Mutex::new(Some(writer)) })), recovered))
    }

    /// Records that a call is admitted. The record is queued when this returns and written at once by the writer
    /// thread; it is not waited for.
    ///
    /// # Errors
    /// [`MeterFull`] where the call's end might not be recorded: refuse it with 503 `metering_unavailable`.
    pub fn begin(&self, mut call: AdmittedCall) -> Result<CallRecord, MeterFull> {
        call.clip();
        self.0.spool.begin(call.id, &call)?;
        Ok(CallRecord::new(self.clone(), call))
    }

    /// Records a call that ended as it began, such as one that was refused: its end only. The event is not charged
    /// here.
    ///
    /// # Errors
    /// As [`begin`](Self::begin).
    pub fn append(&self, mut event: UsageEvent) -> Result<Commit, MeterFull> {
        self.0.spool.check_room()?;
        event.clip();
        Ok(self.0.spool.end(event.id, &event))
    }

    /// Whether a call would be admitted now; for readiness.
    pub fn ready(&self) -> Result<(), MeterFull> {
        self.0.spool.check_room()
    }

    pub(crate) fn spool(&self) -> &Arc<Spool> {
        &self.0.spool
    }
}
