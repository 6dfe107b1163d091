//! From an upstream's bytes to events.

use bytes::Bytes;

use crate::{
    EngineError, Payload,
    framing::{Cut, Lines, MAX_PAYLOAD, Sse},
    ollama, openai,
};

/// What a stream's frames are labelled with, where the engine's dialect has nothing of the kind.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Labels {
    /// For example `chatcmpl-…`.
    pub id: String,
    /// Seconds since 1970.
    pub created: i64,
    /// The model as the caller knows it.
    pub model: String,
}

/// One thing that a stream said. Comments and keep-alives say nothing.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum StreamEvent {
    Chunk(Payload),
    /// The engine's own end: no more will come.
    Done,
    /// The engine's error, inside a 200.
    Error(EngineError),
    /// A frame that could not be read; those after it may be sound.
    Malformed {
        bytes: usize,
    },
}

/// An incremental reader: push what comes, take events until there are none, and so on; [`Decoder::end`] at the end.
#[derive(Debug)]
pub struct Decoder(Dialect);

#[derive(Debug)]
enum Dialect {
    Openai(Sse),
    Ollama { lines: Lines, stream: Box<ollama::Stream> },
}

impl Decoder {
    pub(crate) fn openai() -> Self {
        Self(Dialect::Openai(Sse::new(MAX_PAYLOAD)))
    }

    pub(crate) fn ollama(labels: Labels) -> Self {
        Self(Dialect::Ollama {
            lines: Lines::new(MAX_PAYLOAD),
            stream: Box::new(ollama::Stream::new(labels)),
        })
    }

    pub fn push(&mut self, bytes: Bytes) {
        match &mut self.0 {
            Dialect::Openai(sse) => sse.push(bytes),
            Dialect::Ollama { lines, .. } => lines.push(bytes),
        }
    }

    /// The next event; None until more bytes come.
    #[expect(
        clippy::should_implement_trait,
        reason = "None is not an end: it means that more bytes are needed"
    )]
    pub fn next(&mut self) -> Option<StreamEvent> {
        match &mut self.0 {
            Dialect::Openai(sse) => sse.take().map(openai::event),
            Dialect::Ollama { lines, stream } => loop {
                if let Some(event) = stream.next() {
                    return Some(event);
                }
                stream.line(lines.take()?);
            },
        }
    }

    /// Events left once the upstream has ended: call until there are none.
    pub fn end(&mut self) -> Option<StreamEvent> {
        if let Some(event) = self.next() {
            return Some(event);
        }
        match &mut self.0 {
            Dialect::Openai(sse) => sse.rest().map(openai::event),
            Dialect::Ollama { lines, stream } => {
                if let Some(line) = lines.rest() {
                    stream.line(line);
                }
                stream.next()
            }
        }
    }
}

/// A cut that is not to be read further.
pub(crate) fn unread(cut: &Cut) -> StreamEvent {
    match cut {
        Cut::Payload(payload) => StreamEvent::Malformed { bytes: payload.len() },
        Cut::TooLong(bytes) => StreamEvent::Malformed { bytes: *bytes },
    }
}
