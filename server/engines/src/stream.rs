//! From an upstream's bytes to events.

use std::{collections::VecDeque, fmt};

use bytes::Bytes;

use crate::{
    Asked, EngineError, Payload, Task,
    framing::{Cut, Lines, MAX_PAYLOAD, Sse},
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
    pub asked: Asked,
}

impl Labels {
    pub fn of(task: &Task<'_>, id: String, created: i64, model: String) -> Self {
        Self { id, created, model, asked: Asked::of(task) }
    }
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
pub struct Decoder {
    frames: Frames,
    dialect: Box<dyn Dialect>,
    /// Events read and not yet taken.
    ready: VecDeque<StreamEvent>,
}

#[derive(Debug)]
enum Frames {
    Sse(Sse),
    Lines(Lines),
}

/// What an engine's frames say: the state of one stream.
pub(crate) trait Dialect: fmt::Debug + Send + Sync {
    /// Reads a frame and adds what it says.
    fn read(&mut self, frame: Cut, ready: &mut VecDeque<StreamEvent>);
}

impl Decoder {
    /// A stream of server-sent events.
    pub(crate) fn sse(dialect: impl Dialect + 'static) -> Self {
        Self::new(Frames::Sse(Sse::new(MAX_PAYLOAD)), dialect)
    }

    /// A stream of lines.
    pub(crate) fn lines(dialect: impl Dialect + 'static) -> Self {
        Self::new(Frames::Lines(Lines::new(MAX_PAYLOAD)), dialect)
    }

    fn new(frames: Frames, dialect: impl Dialect + 'static) -> Self {
        Self { frames, dialect: Box::new(dialect), ready: VecDeque::new() }
    }

    pub fn push(&mut self, bytes: Bytes) {
        match &mut self.frames {
            Frames::Sse(sse) => sse.push(bytes),
            Frames::Lines(lines) => lines.push(bytes),
        }
    }

    /// The next event; None until more bytes come.
    #[expect(
        clippy::should_implement_trait,
        reason = "None is not an end: it means that more bytes are needed"
    )]
    pub fn next(&mut self) -> Option<StreamEvent> {
        loop {
            if let Some(event) = self.ready.pop_front() {
                return Some(event);
            }
            let frame = match &mut self.frames {
                Frames::Sse(sse) => sse.take(),
                Frames::Lines(lines) => lines.take(),
            };
            self.dialect.read(frame?, &mut self.ready);
        }
    }

    /// Events left once the upstream has ended: call until there are none.
    pub fn end(&mut self) -> Option<StreamEvent> {
        loop {
            if let Some(event) = self.next() {
                return Some(event);
            }
            let frame = match &mut self.frames {
                Frames::Sse(sse) => sse.rest(),
                Frames::Lines(lines) => lines.rest(),
            };
            self.dialect.read(frame?, &mut self.ready);
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
