//! An answer that is not streamed.

use axum::{body::Body, response::Response};
use bytes::Bytes;
use engines::{Payload, Rewrite, UsageRewrite};
use http::{HeaderValue, header};

use super::{Tally, finish_text};
use crate::{
    billed,
    error::CallError,
    road::Writer,
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

/// Settles the call, then hands the answer over: the response, and what the body holds.
pub(crate) async fn relay_whole(
    payload: Payload,
    voice: Voice,
    mut tally: Tally,
    tab: &mut Tab,
) -> Result<(Response, Bytes), CallError> {
    tally.add(&payload.summary);
    let (tokens, estimated) = if voice.counted { tally.counts() } else { Default::default() };
    tab.tokens(tokens, estimated);
    if let Some(finish) = payload.summary.finish {
        tab.finish_reason(finish_text(finish));
    }
    let usage = if voice.counted {
        UsageRewrite::Replace(billed::usage(Some(payload.json()), tokens, tally.generates(), tab.cost()))
    } else {
        UsageRewrite::Keep
    };
    let mut out = upstream::buffer();
    payload.write(&Rewrite { model: Some(voice.model), usage, id: None }, &mut out);
    let answer = match voice.writer {
        None => out.freeze(),
        // What can't be written in the caller's dialect is a failure, and not a call that was served.
        Some(mut writer) => writer.whole(&out)?,
    };
    durable(tab.close(End::Completed)).await?;

    let mut response = Response::new(Body::from(answer.clone()));
    response.headers_mut().insert(header::CONTENT_TYPE, HeaderValue::from_static("application/json"));
    Ok((response, answer))
}
