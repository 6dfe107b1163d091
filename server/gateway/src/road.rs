//! How an answer goes back in the dialect of its caller.
//!
//! Engines' answers are chat completions, as bytes. Where the caller speaks that, they pass through; where it speaks
//! another dialect, a [`Writer`] turns them into it, frame by frame.

use std::fmt;

use bytes::{Bytes, BytesMut};
use engines::Labels;

use crate::error::CallError;

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

/// Writes one answer in a dialect. Streams: `begin`, `chunk` for each, then `end` or `error`.
pub(crate) trait Writer: fmt::Debug + Send + Sync {
    /// A whole answer, from the engine's.
    fn whole(&mut self, json: &[u8]) -> Result<Bytes, CallError>;

    fn begin(&mut self, out: &mut BytesMut);

    fn chunk(&mut self, json: &[u8], out: &mut BytesMut);

    /// `usage` is JSON in OpenAI's form, with the cost.
    fn end(&mut self, usage: &[u8], out: &mut BytesMut);

    fn error(&mut self, error: &CallError, out: &mut BytesMut);
}

impl Road {
    pub(crate) fn writer(self, labels: &Labels) -> Option<Box<dyn Writer>> {
        match self {
            Self::Plain => None,
            Self::Converted(convert) => Some(convert.writer(labels)),
        }
    }
}
