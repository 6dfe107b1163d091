//! Lines ending in LF or CRLF. A line that lies whole in one chunk is a slice of it; only a broken one is copied.

use bytes::{Buf, Bytes, BytesMut};

use super::Cut;

#[derive(Debug)]
pub struct Lines {
    /// The beginning of a line whose end has not come.
    carry: BytesMut,
    /// Not looked at yet.
    chunk: Bytes,
    limit: usize,
    /// Bytes of a line too long that were thrown away so far.
    skipped: usize,
}

impl Lines {
    pub fn new(limit: usize) -> Self {
        Self { carry: BytesMut::new(), chunk: Bytes::new(), limit, skipped: 0 }
    }

    /// Adds bytes. Cheapest when all lines so far were taken.
    pub fn push(&mut self, chunk: Bytes) {
        if self.chunk.is_empty() {
            self.chunk = chunk;
        } else {
            let mut both = BytesMut::with_capacity(self.chunk.len() + chunk.len());
            both.extend_from_slice(&self.chunk);
            both.extend_from_slice(&chunk);
            self.chunk = both.freeze();
        }
    }

    /// The next line without its end; None until more bytes come.
    pub fn take(&mut self) -> Option<Cut> {
        match memchr::memchr(b'\n', &self.chunk) {
            Some(end) if self.carry.is_empty() && self.skipped == 0 && end <= self.limit => {
                let line = self.chunk.split_to(end);
                self.chunk.advance(1);
                Some(Cut::Payload(without_cr(line)))
            }
            Some(end) => {
                let part = self.chunk.split_to(end);
                self.chunk.advance(1);
                self.keep(&part);
                Some(self.line())
            }
            None => {
                let part = std::mem::take(&mut self.chunk);
                self.keep(&part);
                None
            }
        }
    }

    /// What is left when no more bytes come: a last line without an end.
    pub fn rest(&mut self) -> Option<Cut> {
        let part = std::mem::take(&mut self.chunk);
        self.keep(&part);
        (!self.carry.is_empty() || self.skipped > 0).then(|| self.line())
    }

    fn keep(&mut self, part: &[u8]) {
        if self.skipped > 0 || self.carry.len() + part.len() > self.limit {
            self.skipped += self.carry.len() + part.len();
            self.carry.clear();
        } else {
            self.carry.extend_from_slice(part);
        }
    }

    fn line(&mut self) -> Cut {
        match std::mem::take(&mut self.skipped) {
            0 => Cut::Payload(without_cr(self.carry.split().freeze())),
            skipped => Cut::TooLong(skipped),
        }
    }
}

fn without_cr(mut line: Bytes) -> Bytes {
    if line.last() == Some(&b'\r') {
        line.truncate(line.len() - 1);
    }
    line
}
