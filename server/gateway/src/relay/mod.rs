//! Stage 7: the answer on its way to the caller.
//!
//! The end is held back until the call's usage is durable: a whole answer wholly, a stream from its last words on.

mod stream;
mod tally;
mod whole;

use engines::Finish;

pub(crate) use stream::{Streaming, relay_stream};
pub(crate) use tally::Tally;
pub(crate) use whole::{Voice, relay_whole};

/// As usage events and error chunks write it.
pub(crate) const fn finish_text(finish: Finish) -> &'static str {
    match finish {
        Finish::Stop => "stop",
        Finish::Length => "length",
        Finish::ToolCalls => "tool_calls",
        Finish::ContentFilter => "content_filter",
        Finish::Error => "error",
        Finish::Other => "other",
    }
}
