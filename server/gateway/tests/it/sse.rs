//! A streamed answer, read as a client reads it.

use std::time::Duration;

use reqwest::Response;
use serde_json::Value;

/// What came of a stream.
#[derive(Debug, Default)]
pub struct Stream {
    pub chunks: Vec<Value>,
    /// The end mark came.
    pub done: bool,
    buffer: Vec<u8>,
}

impl Stream {
    /// Reads until the stream ends.
    pub async fn read(mut response: Response) -> Self {
        let mut stream = Self::default();
        while stream.more(&mut response).await {}
        stream
    }

    /// Takes what comes next; false at the end.
    pub async fn more(&mut self, response: &mut Response) -> bool {
        let piece = tokio::time::timeout(Duration::from_secs(20), response.chunk()).await;
        let Some(piece) = piece.expect("a stream that goes on or ends").expect("an unbroken connection")
        else {
            return false;
        };
        self.buffer.extend_from_slice(&piece);
        while let Some(end) = self.buffer.windows(2).position(|two| two == b"\n\n") {
            let frame: Vec<u8> = self.buffer.drain(..end + 2).collect();
            let text = std::str::from_utf8(&frame).unwrap().trim();
            let data = text.strip_prefix("data: ").expect("a data frame");
            assert!(!self.done, "nothing follows the end mark");
            if data == "[DONE]" {
                self.done = true;
            } else {
                self.chunks.push(serde_json::from_str(data).expect("a chunk of JSON"));
            }
        }
        true
    }

    /// All text of the first choice.
    pub fn text(&self) -> String {
        let deltas = self.chunks.iter().filter_map(|chunk| chunk["choices"][0]["delta"]["content"].as_str());
        deltas.collect()
    }

    pub fn finish_reason(&self) -> Option<&str> {
        self.chunks.iter().rev().find_map(|chunk| chunk["choices"][0]["finish_reason"].as_str())
    }

    pub fn error_code(&self) -> Option<&str> {
        self.chunks.last()?["error"]["code"].as_str()
    }

    pub fn usage(&self) -> Option<&Value> {
        self.chunks.last().map(|chunk| &chunk["usage"]).filter(|usage| !usage.is_null())
    }
}
