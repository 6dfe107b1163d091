//! Both dialects against golden fixtures, OpenAI's document, and what is true of any conversation.
#![expect(clippy::unwrap_used, reason = "tests")]

mod answers;
mod custom;
mod moderations;
mod refusals;
mod requests;
mod requests_kept;
mod spec;
mod streams_kept;
mod support;
