//! The lines of an input file, one after another, in bounded memory.

use bytes::{Bytes, BytesMut};
use futures::TryStreamExt;
use objects::{ObjectBytes, ObjectError};

/// One line that is not blank.
#[derive(Debug, PartialEq, Eq)]
pub struct Line {
    /// From 1, blank lines counted.
    pub number: u32,
    /// None when it is longer than is accepted.
    pub content: Option<Bytes>,
}

/// Reads JSONL.
pub struct Lines {
    stream: ObjectBytes,
    buffer: BytesMut,
    /// How much of the buffer is known to hold no end of line.
    searched: usize,
    number: u32,
    most: usize,
    /// Within a line that is too long already.
    skipping: bool,
    ended: bool,
}

impl Lines {
    /// Lines of more than `most` bytes are told as such, and not kept.
    pub fn new(stream: ObjectBytes, most: usize) -> Self {
        Self { stream, buffer: BytesMut::new(), searched: 0, number: 0, most, skipping: false, ended: false }
    }

    /// The next line that is not blank; None at the end.
    pub async fn next(&mut self) -> Result<Option<Line>, ObjectError> {
        loop {
            let Some((number, content)) = self.any().await? else { return Ok(None) };
            let blank = content.as_ref().is_some_and(|line| line.trim_ascii().is_empty());
            if !blank {
                return Ok(Some(Line { number, content }));
            }
        }
    }

    async fn any(&mut self) -> Result<Option<(u32, Option<Bytes>)>, ObjectError> {
        loop {
            if let Some(end) = memchr::memchr(b'\n', &self.buffer[self.searched..]) {
                let line = self.buffer.split_to(self.searched + end + 1);
                return Ok(Some(self.told(line.freeze())));
            }
            self.searched = self.buffer.len();
            if self.searched > self.most {
                self.skipping = true;
                self.buffer.clear();
                self.searched = 0;
            }
            if self.ended {
                let rest = self.buffer.split();
                let nothing = rest.is_empty() && !self.skipping;
                return Ok(if nothing { None } else { Some(self.told(rest.freeze())) });
            }
            match self.stream.try_next().await? {
                Some(more) => self.buffer.extend_from_slice(&more),
                None => self.ended = true,
            }
        }
    }

    fn told(&mut self, line: Bytes) -> (u32, Option<Bytes>) {
        self.number += 1;
        self.searched = 0;
        let too_long = std::mem::take(&mut self.skipping) || line.len() > self.most;
        // Files from some editors begin with a byte order mark.
        let content =
            if self.number == 1 && line.starts_with(b"\xef\xbb\xbf") { line.slice(3..) } else { line };
        (self.number, (!too_long).then_some(content))
    }
}

#[cfg(test)]
mod tests {
    use futures::{StreamExt, stream};

    use super::*;

    async fn read(pieces: &'static [&'static str], most: usize) -> Vec<(u32, Option<String>)> {
        let stream = stream::iter(pieces).map(|piece| Ok(Bytes::from_static(piece.as_bytes()))).boxed();
        let mut lines = Lines::new(stream, most);
        let mut read = Vec::new();
        while let Some(line) = lines.next().await.unwrap() {
            let text = line.content.map(|content| String::from_utf8(content.trim_ascii().to_vec()).unwrap());
            read.push((line.number, text));
        }
        read
    }

    fn line(number: u32, text: &str) -> (u32, Option<String>) {
        (number, Some(text.to_owned()))
    }

    #[tokio::test]
    async fn lines_are_whole_however_the_pieces_fall_and_blank_ones_only_count() {
        let read = read(&["\u{feff}on", "e\r\n", "\n  \n", "four\nfi", "ve"], 100).await;
        assert_eq!(read, [line(1, "one"), line(4, "four"), line(5, "five")]);
    }

    #[tokio::test]
    async fn a_line_that_is_too_long_is_told_and_those_after_it_are_read() {
        let read = read(&["ok\n0123", "45678901", "23456\nok\n", "9999999999999"], 8).await;
        assert_eq!(read, [line(1, "ok"), (2, None), line(3, "ok"), (4, None)]);
    }

    #[tokio::test]
    async fn an_empty_file_has_no_lines() {
        assert_eq!(read(&[], 8).await, []);
        assert_eq!(read(&["\n\n"], 8).await, []);
    }
}
