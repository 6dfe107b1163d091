//! Server-sent events (WHATWG HTML, "Server-sent events") cut out of the bytes that a fetch reads. The browser's own
//! `EventSource` sends no body, so it cannot be asked.

/// Bytes that are no whole line yet.
#[derive(Debug, Default)]
pub struct Events {
    rest: Vec<u8>,
    data: Vec<u8>,
}

impl Events {
    /// Takes what was read and hands each event's data to `each`.
    pub fn feed(&mut self, bytes: &[u8], mut each: impl FnMut(&[u8])) {
        self.rest.extend_from_slice(bytes);
        let mut from = 0;
        while let Some(length) = self.rest[from..].iter().position(|byte| *byte == b'\n') {
            let line = &self.rest[from..from + length];
            let line = line.strip_suffix(b"\r").unwrap_or(line);
            if line.is_empty() {
                if !self.data.is_empty() {
                    each(&self.data);
                    self.data.clear();
                }
            } else if let Some(data) = line.strip_prefix(b"data:") {
                if !self.data.is_empty() {
                    self.data.push(b'\n');
                }
                self.data.extend_from_slice(data.strip_prefix(b" ").unwrap_or(data));
            }
            from += length + 1;
        }
        self.rest.drain(..from);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn events_are_whole_however_the_bytes_are_cut() {
        let stream = ": hello\r\ndata: {\"a\":\"é\"}\r\n\r\nevent: x\ndata:1\ndata: 2\n\ndata: [DONE]\n\n";
        for size in 1..stream.len() {
            let (mut events, mut seen) = (Events::default(), Vec::new());
            for piece in stream.as_bytes().chunks(size) {
                events.feed(piece, |data| seen.push(String::from_utf8(data.to_vec()).unwrap()));
            }
            assert_eq!(seen, ["{\"a\":\"é\"}", "1\n2", "[DONE]"], "{size}");
        }
    }
}
