//! Cutting a stream of bytes into payloads.

mod lines;
mod sse;

pub use lines::Lines;
pub use sse::Sse;

/// The longest payload accepted, in bytes.
pub const MAX_PAYLOAD: usize = 1 << 20;

/// A payload, or how many bytes were thrown away because one was too long.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Cut {
    Payload(bytes::Bytes),
    TooLong(usize),
}
