//! An answer that is not streamed.

use axum::{body::Body, response::Response};
use bytes::Bytes;
use engines::{Payload, Rewrite, UsageRewrite};
use http::{HeaderValue, header};
use shared::ErrorCode;
use snapshot::KeyEntry;

use super::{Tally, finish_text};
use crate::{
    billed,
    error::CallError,
    gateway::Core,
    memory::Memory,
    road::{Bill, Writer},
    settle::{End, Tab, durable},
    upstream,
};

/// How a whole answer is written.
#[derive(Debug)]
pub(crate) struct Voice {
    /// The model that served, as JSON.
    pub(crate) model: Bytes,
    /// Whether the answer tells what it took.
    pub(crate) counted: bool,
    /// Where the caller speaks another dialect than the engine.
    pub(crate) writer: Option<Box<dyn Writer>>,
}

/// Settles the call, then hands the answer over.
pub(crate) async fn relay_whole(
    gateway: &Core,
    owner: &KeyEntry,
    payload: Payload,
    voice: Voice,
    mut tally: Tally,
    tab: &mut Tab,
) -> Result<Response, CallError> {
    tally.add(&payload.summary);
    let (tokens, estimated) = if voice.counted { tally.counts() } else { Default::default() };
    tab.tokens(tokens, estimated);
    if let Some(finish) = payload.summary.finish {
        tab.finish_reason(finish_text(finish));
    }
    let answer = match voice.writer {
        None => {
            let mut out = upstream::buffer();
            let usage = || billed::usage(Some(payload.json()), tokens, tally.generates(), tab.cost());
            let usage = if voice.counted { UsageRewrite::Replace(usage()) } else { UsageRewrite::Keep };
            payload.write(&Rewrite { model: Some(voice.model), usage, id: None }, &mut out);
            out.freeze()
        }
        // What can't be written in the caller's dialect is a failure, and not a call that was served.
        Some(mut writer) => {
            let usage = billed::usage(Some(payload.json()), tokens, tally.generates(), None);
            let mut out = upstream::buffer();
            payload.write(
                &Rewrite { usage: UsageRewrite::Replace(usage.clone()), ..Rewrite::default() },
                &mut out,
            );
            let bill = Bill { usage, cost: tab.cost().map(billed::members) };
            let answer = writer.whole(&out, &bill)?;
            remember(gateway, owner, writer.memory(&bill, &mut upstream::buffer())).await?;
            answer
        }
    };
    durable(tab.close(End::Completed)).await?;

    let mut response = Response::new(Body::from(answer));
    response.headers_mut().insert(header::CONTENT_TYPE, HeaderValue::from_static("application/json"));
    Ok(response)
}

/// The answer says that it is stored: it is not given when that would not be true.
async fn remember(gateway: &Core, owner: &KeyEntry, memory: Option<Memory>) -> Result<(), CallError> {
    let Some(memory) = memory else { return Ok(()) };
    memory.keep(gateway, owner).await.map_err(|error| {
        tracing::warn!(%error, "a response could not be stored");
        CallError::field(
            ErrorCode::Unavailable,
            "store",
            "The response could not be stored. Try again shortly, or send `store: false`.",
        )
    })
}
