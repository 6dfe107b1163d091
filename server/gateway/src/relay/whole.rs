//! An answer that is not streamed.

use axum::{body::Body, response::Response};
use bytes::Bytes;
use engines::{Payload, Rewrite, UsageRewrite};
use http::{HeaderValue, header};

use super::{Tally, finish_text};
use crate::{
    billed,
    error::CallError,
    settle::{End, Tab, durable},
    upstream,
};

/// Settles the call, then hands the answer over.
pub(crate) async fn relay_whole(
    payload: Payload,
    model: Bytes,
    mut tally: Tally,
    tab: &mut Tab,
) -> Result<Response, CallError> {
    tally.add(&payload.summary);
    let (tokens, estimated) = tally.counts();
    tab.tokens(tokens, estimated);
    if let Some(finish) = payload.summary.finish {
        tab.finish_reason(finish_text(finish));
    }
    let usage = billed::usage(Some(payload.json()), tokens, tab.cost());
    durable(tab.close(End::Completed)).await?;

    let mut out = upstream::buffer();
    let rewrite = Rewrite { model: Some(model), usage: UsageRewrite::Replace(usage), id: None };
    payload.write(&rewrite, &mut out);
    let mut response = Response::new(Body::from(out.freeze()));
    response.headers_mut().insert(header::CONTENT_TYPE, HeaderValue::from_static("application/json"));
    Ok(response)
}
