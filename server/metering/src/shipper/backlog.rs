//! What is committed and not shipped, read in order; and which segments are done with.

use std::{
    collections::HashMap,
    fs::{self, File},
    io,
    os::unix::fs::FileExt,
    sync::{Arc, atomic::Ordering},
};

use shared::UsageEventId;

use crate::{
    event::UsageEvent,
    folder::Position,
    frame::Kind,
    segment::{Item, SegmentReader},
    spool::Spool,
    store::Strange,
};

/// Events to ship together.
#[derive(Debug, Default)]
pub(crate) struct Batch {
    pub(crate) events: Vec<UsageEvent>,
    pub(crate) strange: Vec<Strange>,
    /// Ends among the records, readable or not.
    pub(crate) ends: u64,
    /// All before it is shipped once the batch is.
    pub(crate) upto: Position,
    /// The batch is full: there may be more at once.
    pub(crate) more: bool,
}

/// Where a record stands.
#[derive(Debug, Clone, Copy)]
struct Place {
    at: Position,
    size: usize,
}

/// An open call's records.
#[derive(Debug, Clone, Copy)]
struct OpenCall {
    begin: Place,
    checkpoint: Option<Place>,
}

#[derive(Debug)]
pub(crate) struct Backlog {
    spool: Arc<Spool>,
    reading: Option<(u64, SegmentReader)>,
    /// The next segment to read is this one, or the first behind it.
    next: u64,
    acknowledged: Position,
    /// Calls without an end among what was read. It is read from the oldest segment on, acknowledged or not, so that
    /// none is missed.
    open: HashMap<UsageEventId, OpenCall>,
    /// Segments read to their end, rising.
    finished: Vec<u64>,
}

impl Backlog {
    pub(crate) fn new(spool: Arc<Spool>) -> Self {
        let acknowledged = spool.folder.acknowledged();
        Self { spool, reading: None, next: 0, acknowledged, open: HashMap::new(), finished: Vec::new() }
    }

    pub(crate) fn spool(&self) -> Arc<Spool> {
        self.spool.clone()
    }

    /// The next events, `most` at most.
    pub(crate) fn read(&mut self, most: usize) -> io::Result<Batch> {
        let committed = *self.spool.committed.borrow();
        let mut batch = Batch { upto: self.acknowledged, ..Batch::default() };
        while let Some((number, mut reader)) = self.segment(committed.segment)? {
            let limit = if number < committed.segment { reader.length()? } else { committed.offset };
            let ended = loop {
                if batch.events.len() + batch.strange.len() >= most {
                    break false;
                }
                match reader.next(limit)? {
                    Some(item) => self.note(number, &item, &mut batch),
                    None => break true,
                }
            };
            let place = Position { segment: number, offset: reader.at() };
            batch.upto = batch.upto.max(place);
            batch.more = !ended;
            if ended && number < committed.segment {
                self.finished.push(number);
                self.next = number + 1;
                continue;
            }
            self.reading = Some((number, reader));
            break;
        }
        Ok(batch)
    }

    /// The segment that is being read, or the next one up to `last`.
    fn segment(&mut self, last: u64) -> io::Result<Option<(u64, SegmentReader)>> {
        if let Some(reading) = self.reading.take() {
            return Ok(Some(reading));
        }
        let next = self.spool.folder.segments()?.into_iter().find(|number| *number >= self.next);
        match next {
            Some(number) if number <= last => {
                Ok(Some((number, SegmentReader::open(&self.spool.folder.segment_path(number))?)))
            }
            _ => Ok(None),
        }
    }

    fn note(&mut self, segment: u64, item: &Item<'_>, batch: &mut Batch) {
        match *item {
            Item::Record { at, kind, id, body, size } => {
                let at = Position { segment, offset: at };
                self.record(Place { at, size }, kind, id, body, batch);
            }
            Item::Damaged { at, bytes, .. } => {
                if (Position { segment, offset: at }) >= self.acknowledged {
                    batch.strange.push(Strange::damage(segment, at, bytes));
                }
            }
        }
    }

    fn record(&mut self, place: Place, kind: Kind, id: UsageEventId, body: &[u8], batch: &mut Batch) {
        match kind {
            Kind::Begin => _ = self.open.insert(id, OpenCall { begin: place, checkpoint: None }),
            Kind::Checkpoint => {
                if let Some(call) = self.open.get_mut(&id) {
                    call.checkpoint = Some(place);
                }
            }
            Kind::End => {
                self.open.remove(&id);
                if place.at < self.acknowledged {
                    return;
                }
                batch.ends += 1;
                match postcard::from_bytes(body) {
                    Ok(event) => batch.events.push(event),
                    Err(error) => batch.strange.push(Strange::unreadable(id.uuid(), body, &error)),
                }
            }
        }
    }

    /// All before `upto`, with so many ends, is shipped.
    pub(crate) fn acknowledge(&mut self, upto: Position, ends: u64) -> io::Result<()> {
        if upto > self.acknowledged {
            self.spool.folder.acknowledge(upto)?;
            self.acknowledged = upto;
            self.spool.unshipped.fetch_sub(ends, Ordering::Relaxed);
        }
        Ok(())
    }

    /// Copies of the records of calls that are open in segments that are done with: they must stand elsewhere before
    /// those go.
    pub(crate) fn open_in_finished(&mut self) -> io::Result<Vec<(UsageEventId, Vec<u8>)>> {
        let Some(last) = self.finished.last().copied() else { return Ok(Vec::new()) };
        let mut records = Vec::new();
        for (id, call) in self.open.iter().filter(|(_, call)| call.begin.at.segment <= last) {
            let mut record = self.bytes(call.begin)?;
            if let Some(checkpoint) = call.checkpoint {
                record.extend(self.bytes(checkpoint)?);
            }
            records.push((*id, record));
        }
        Ok(records)
    }

    fn bytes(&self, place: Place) -> io::Result<Vec<u8>> {
        let mut bytes = vec![0; place.size];
        let file = File::open(self.spool.folder.segment_path(place.at.segment))?;
        file.read_exact_at(&mut bytes, place.at.offset)?;
        Ok(bytes)
    }

    /// Deletes the segments that are done with, oldest first. Their open calls were carried over: their new records
    /// are met further on.
    pub(crate) fn free_finished(&mut self) -> io::Result<()> {
        while let Some(number) = self.finished.first().copied() {
            let path = self.spool.folder.segment_path(number);
            let bytes = fs::metadata(&path)?.len();
            fs::remove_file(&path)?;
            self.finished.remove(0);
            self.open.retain(|_, call| call.begin.at.segment > number);
            self.spool.disk_bytes.fetch_sub(bytes, Ordering::Relaxed);
        }
        Ok(())
    }
}
