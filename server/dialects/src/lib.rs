//! Callers' dialects that engines do not speak, mapped onto chat completions and back: OpenAI's Responses, Anthropic's
//! Messages; and OpenAI's moderations, made of a classifier's answer.
//!
//! Flow of a call: a dialect's request → `to_chat` → the chat request goes the way of every chat call → its answer,
//! whole or chunk by chunk, goes into the dialect's `Writer`, which writes what the caller expects.
//!
//! ```text
//! ResponsesRequest ─┐                            ┌─ responses::Writer ─ items, events
//!                   ├─ to_chat ─ … engine … ─ Assembly
//! MessagesRequest  ─┘                            └─ messages::Writer ── content blocks, events
//! ```
//!
//! Invariants
//! - Pure: no I/O, no clock, no randomness. Ids and times come in as [`Labels`]; ids of items are made of the answer's.
//! - What a caller sent reaches chat, is answered here (as `metadata`), or is refused by the name of its field. Fields
//!   that are not known pass through; so do those that chat lacks and some engine may know (`thinking`,
//!   `cache_control`), under the names that they came with.
//! - A stream's blocks come one after another: one is closed before the next opens, in both dialects, even when an
//!   engine's tool calls come interleaved. Indexes count up without gaps.
//! - No chunk can make a writer panic; one that cannot be read is left out.

mod answer;
mod assembly;
mod fields;
pub mod messages;
pub mod moderations;
mod passing;
mod refused;
pub mod responses;

pub use refused::{Refused, Unreadable};

/// What an answer is labelled with; the engine's own id and time are not shown.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Labels {
    /// Of the answer: `resp_…` or `msg_…`. The ids of its parts are made of it.
    pub id: String,
    /// Seconds since 1970.
    pub created: i64,
    /// The model as the caller knows it.
    pub model: String,
}

impl Labels {
    /// The id without its prefix, for making others.
    fn stem(&self) -> &str {
        self.id.split_once('_').map_or(self.id.as_str(), |(_, stem)| stem)
    }
}
