//! Server-sent events: the data of each, fields other than `data` and comments left out.
//!
//! Source: the WHATWG HTML standard, 9.2. A lone CR does not end a line here: no engine sends one.

use bytes::{Buf, Bytes, BytesMut};

use super::{Cut, Lines};

#[derive(Debug)]
pub struct Sse {
    lines: Lines,
    limit: usize,
    /// Data of the event that is being read.
    data: Option<Bytes>,
    /// Bytes of an event too long that were thrown away so far.
    skipped: usize,
}

impl Sse {
    pub fn new(limit: usize) -> Self {
        Self { lines: Lines::new(limit), limit, data: None, skipped: 0 }
    }

    pub fn push(&mut self, chunk: Bytes) {
        self.lines.push(chunk);
    }

    /// The data of the next event; None until more bytes come.
    pub fn take(&mut self) -> Option<Cut> {
        loop {
            match self.lines.take()? {
                Cut::Payload(line) if line.is_empty() => {
                    if let Some(event) = self.dispatch() {
                        return Some(event);
                    }
                }
                Cut::Payload(line) => self.field(line),
                Cut::TooLong(bytes) => self.skip(bytes),
            }
        }
    }

    /// What is left when no more bytes come. Servers that forget the last blank line are forgiven.
    pub fn rest(&mut self) -> Option<Cut> {
        match self.lines.rest() {
            Some(Cut::Payload(line)) => self.field(line),
            Some(Cut::TooLong(bytes)) => self.skip(bytes),
            None => {}
        }
        self.dispatch()
    }

    fn dispatch(&mut self) -> Option<Cut> {
        let data = self.data.take();
        match std::mem::take(&mut self.skipped) {
            0 => data.filter(|data| !data.is_empty()).map(Cut::Payload),
            skipped => Some(Cut::TooLong(skipped)),
        }
    }

    fn field(&mut self, mut line: Bytes) {
        if !line.starts_with(b"data") {
            return;
        }
        match line.get(4) {
            None => line.clear(),
            Some(b':') => line.advance(if line.get(5) == Some(&b' ') { 6 } else { 5 }),
            // Another field whose name begins alike.
            Some(_) => return,
        }
        let Some(before) = self.data.take() else {
            self.data = Some(line);
            return;
        };
        if before.len() + line.len() >= self.limit {
            self.skip(before.len() + line.len());
            return;
        }
        let mut joined = BytesMut::with_capacity(before.len() + 1 + line.len());
        joined.extend_from_slice(&before);
        joined.extend_from_slice(b"\n");
        joined.extend_from_slice(&line);
        self.data = Some(joined.freeze());
    }

    fn skip(&mut self, bytes: usize) {
        self.skipped += bytes + self.data.take().map_or(0, |data| data.len());
    }
}
