//! Reading a segment, record by record, past whatever is damaged.

use std::{
    fs::File,
    io::{self, Read, Seek, SeekFrom},
    path::Path,
};

use shared::UsageEventId;

use crate::{
    folder::HEADER,
    frame::{self, Kind, Parsed},
};

const CHUNK: usize = 256 * 1024;

/// What stands at a place in a segment.
#[derive(Debug)]
pub(crate) enum Item<'a> {
    Record {
        at: u64,
        kind: Kind,
        id: UsageEventId,
        body: &'a [u8],
        size: usize,
    },
    /// No record: damage in the middle, or what a crash tore off at the end (`tail`).
    Damaged {
        at: u64,
        bytes: &'a [u8],
        tail: bool,
    },
}

/// Reads one segment from its beginning, in chunks.
#[derive(Debug)]
pub(crate) struct SegmentReader {
    file: File,
    /// Bytes read but not yet told, and where in the file they begin.
    window: Vec<u8>,
    cursor: usize,
    window_at: u64,
}

impl SegmentReader {
    pub(crate) fn open(path: &Path) -> io::Result<Self> {
        let mut file = File::open(path)?;
        let mut header = [0; HEADER.len()];
        let sound = file.read_exact(&mut header).is_ok() && &header == HEADER;
        // Behind a damaged header there may be good records: they are looked for from the first byte.
        let window_at = if sound { HEADER.len() as u64 } else { 0 };
        file.seek(SeekFrom::Start(window_at))?;
        Ok(Self { file, window: Vec::new(), cursor: 0, window_at })
    }

    /// The segment's length now.
    pub(crate) fn length(&self) -> io::Result<u64> {
        self.file.metadata().map(|file| file.len())
    }

    /// Where the next item begins.
    pub(crate) fn at(&self) -> u64 {
        self.window_at + self.cursor as u64
    }

    /// The next item that ends by `limit`; None when there is no more. What is left before `limit` and is no record
    /// counts as damaged, so `limit` must be the end of a record, or the file's.
    pub(crate) fn next(&mut self, limit: u64) -> io::Result<Option<Item<'_>>> {
        loop {
            let whole = self.window_at + self.window.len() as u64 >= limit;
            let rest = &self.window[self.cursor..];
            if rest.is_empty() && whole {
                return Ok(None);
            }
            let short = match frame::parse(rest) {
                Parsed::Frame(frame) => return Ok(Some(self.record(frame.kind, frame.id, frame.size))),
                Parsed::Short => true,
                Parsed::Bad => false,
            };
            if !short || whole {
                let next = rest.get(1..).and_then(frame::next_good).map(|found| found + 1);
                if next.is_some() || whole {
                    let size = next.unwrap_or(rest.len());
                    return Ok(Some(self.damaged(size, next.is_none())));
                }
            }
            self.fill(limit)?;
        }
    }

    fn record(&mut self, kind: Kind, id: UsageEventId, size: usize) -> Item<'_> {
        let at = self.at();
        let start = self.cursor;
        self.cursor += size;
        let body = &self.window[start + frame::BODY_AT..start + size];
        Item::Record { at, kind, id, body, size }
    }

    fn damaged(&mut self, size: usize, tail: bool) -> Item<'_> {
        let at = self.at();
        let start = self.cursor;
        self.cursor += size;
        Item::Damaged { at, bytes: &self.window[start..start + size], tail }
    }

    /// Reads one more chunk, never past `limit`.
    fn fill(&mut self, limit: u64) -> io::Result<()> {
        self.window.drain(..self.cursor);
        self.window_at += self.cursor as u64;
        self.cursor = 0;
        let end = self.window_at + self.window.len() as u64;
        let wanted = limit.saturating_sub(end).min(CHUNK as u64);
        let read = Read::by_ref(&mut self.file).take(wanted).read_to_end(&mut self.window)?;
        if read == 0 && wanted > 0 {
            return Err(io::Error::new(
                io::ErrorKind::UnexpectedEof,
                "a segment is shorter than what was written to it",
            ));
        }
        Ok(())
    }
}
