//! What a dead process left in its spool.

use std::{collections::HashMap, fs::OpenOptions, io, sync::atomic::Ordering};

use shared::UsageEventId;

use crate::{
    checkpoint::Checkpoint,
    event::{AdmittedCall, CallStatus, UsageEvent},
    folder::Position,
    frame::Kind,
    segment::{Item, SegmentReader},
    spool::Spool,
};

/// What opening a spool found.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Recovered {
    /// Calls without an end; each has one now.
    pub lost_calls: u64,
    /// Ends that wait to be shipped, those of the lost calls included.
    pub unshipped: u64,
    /// Damaged places in the middle. The shipper puts them in quarantine.
    pub damaged: u64,
    /// Bytes at the very end that a crash tore off.
    pub torn_bytes: u64,
}

/// The calls that are open at a place in the spool.
#[derive(Debug, Default)]
struct Replay {
    open: HashMap<UsageEventId, (AdmittedCall, Checkpoint)>,
    found: Recovered,
    acknowledged: Position,
}

impl Replay {
    fn record(&mut self, at: Position, kind: Kind, id: UsageEventId, body: &[u8]) {
        match kind {
            Kind::Begin => match postcard::from_bytes(body) {
                // A copy of a record that was carried over changes nothing.
                Ok(call) => _ = self.open.entry(id).or_insert((call, Checkpoint::default())),
                Err(error) => self.unreadable(id, &error),
            },
            Kind::Checkpoint => match (postcard::from_bytes(body), self.open.get_mut(&id)) {
                (Ok(checkpoint), Some((_, last))) => *last = checkpoint,
                (Ok(_), None) => {}
                (Err(error), _) => self.unreadable(id, &error),
            },
            Kind::End => {
                self.open.remove(&id);
                self.found.unshipped += u64::from(at >= self.acknowledged);
            }
        }
    }

    fn unreadable(&mut self, id: UsageEventId, error: &postcard::Error) {
        self.found.damaged += 1;
        tracing::error!(event_id = %id, %error, "a usage record has a good checksum but can't be read");
    }
}

/// Reads all segments. Gives what was found, the events of the calls that have no end, and the next free number. A torn
/// end of the last segment is cut off, so that it is not taken for damage later.
pub(crate) fn replay(spool: &Spool) -> io::Result<(Recovered, Vec<UsageEvent>, u64)> {
    let folder = &spool.folder;
    let segments = folder.segments()?;
    let mut replay = Replay { acknowledged: folder.acknowledged(), ..Replay::default() };
    for number in &segments {
        let path = folder.segment_path(*number);
        let mut reader = SegmentReader::open(&path)?;
        let length = reader.length()?;
        let mut cut = None;
        while let Some(item) = reader.next(length)? {
            match item {
                Item::Record { at, kind, id, body, .. } => {
                    replay.record(Position { segment: *number, offset: at }, kind, id, body);
                }
                Item::Damaged { at, bytes, tail: true } if Some(number) == segments.last() => {
                    replay.found.torn_bytes += bytes.len() as u64;
                    cut = Some(at);
                }
                Item::Damaged { at, bytes, .. } => {
                    replay.found.damaged += 1;
                    tracing::error!(segment = number, at, bytes = bytes.len(), "a usage spool is damaged");
                }
            }
        }
        if let Some(at) = cut {
            OpenOptions::new().write(true).open(&path)?.set_len(at)?;
        }
    }
    let lost: Vec<_> = replay.open.into_values().map(|(call, last)| lost_event(&call, &last)).collect();
    let mut found = replay.found;
    spool.unshipped.store(found.unshipped, Ordering::Relaxed);
    spool.disk_bytes.store(folder.bytes()?, Ordering::Relaxed);
    found.lost_calls = lost.len() as u64;
    found.unshipped += found.lost_calls;
    // Never a number that was acknowledged before, even where its segment is gone.
    let last = segments.last().copied().unwrap_or_default().max(replay.acknowledged.segment);
    Ok((found, lost, last + 1))
}

fn lost_event(call: &AdmittedCall, last: &Checkpoint) -> UsageEvent {
    let mut event = last.event(call, CallStatus::GatewayLost, 500);
    event.error_code = Some("gateway_lost".to_owned());
    event.charge(last.price_in_force(call).map(AsRef::as_ref));
    event
}
