//! How an answer goes back in the dialect of its caller.
//!
//! Engines' answers are chat completions, as bytes. Where the caller speaks that, they pass through; where it speaks
//! another dialect, a [`Writer`] turns them into it, frame by frame.

use std::fmt;

use bytes::{Bytes, BytesMut};
use engines::Labels;

use crate::{error::CallError, memory::Memory};

/// The way back of a request, before it is known who serves it.
#[derive(Debug)]
pub(crate) enum Road {
    /// The engine's dialect is the caller's.
    Plain,
    Converted(Box<dyn Convert>),
}

/// What of a request its answer repeats.
pub(crate) trait Convert: fmt::Debug + Send + Sync {
    fn writer(self: Box<Self>, labels: &Labels) -> Box<dyn Writer>;
}

/// What an answer took, as it is told to the caller.
#[derive(Debug, Clone)]
pub(crate) struct Bill {
    /// JSON in OpenAI's form, without the cost.
    pub(crate) usage: Bytes,
    /// As members of a JSON object, in plain digits: a float would not hold it.
    pub(crate) cost: Option<String>,
}

/// Writes one answer in a dialect. Streams: `begin`, `chunk` for each, then `end` or `error`.
pub(crate) trait Writer: fmt::Debug + Send + Sync {
    /// A whole answer, from the engine's.
    fn whole(&mut self, json: &[u8], bill: &Bill) -> Result<Bytes, CallError>;

    fn begin(&mut self, _out: &mut BytesMut) {}

    fn chunk(&mut self, _json: &[u8], _out: &mut BytesMut) {}

    fn end(&mut self, _bill: &Bill, _out: &mut BytesMut) {}

    fn error(&mut self, _error: &CallError, _out: &mut BytesMut) {}

    /// What is to be remembered of an answer that is said but for its end. A stream's last words before that are added.
    fn memory(&mut self, _bill: &Bill, _out: &mut BytesMut) -> Option<Memory> {
        None
    }

    /// It could not be remembered after all.
    fn forgotten(&mut self) {}
}

impl Road {
    pub(crate) fn writer(self, labels: &Labels) -> Option<Box<dyn Writer>> {
        match self {
            Self::Plain => None,
            Self::Converted(convert) => Some(convert.writer(labels)),
        }
    }
}
