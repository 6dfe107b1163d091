//! Sending an answer at its pace, with the fault that comes during it.

use std::{time::Duration, vec};

use axum::{
    body::Body,
    response::{IntoResponse, Response},
};
use bytes::Bytes;
use futures::stream;
use http::header;

use crate::{
    call::Call,
    failure::{Failure, Wire},
    fault::FaultKind,
};

/// One write of a stream.
#[derive(Debug)]
pub struct Frame {
    pub bytes: Bytes,
    /// Tokens it carries; a frame with none is sent along with the one after or before it.
    pub tokens: u64,
}

impl Frame {
    pub fn plain(bytes: impl Into<Bytes>) -> Self {
        Self { bytes: bytes.into(), tokens: 0 }
    }
}

fn failure_inside(call: &Call) -> Failure {
    let mut failure = call.wire.voice().internal();
    if let Some(message) = call.fault.as_ref().and_then(|fault| fault.message.clone()) {
        failure.message = message;
    }
    failure
}

/// Refuses a stream inside a 200, as some engines do.
pub fn refused(wire: Wire, failure: &Failure) -> Response {
    ([(header::CONTENT_TYPE, wire.stream_type())], wire.error_frames(failure)).into_response()
}

/// Streams frames.
pub async fn streamed(call: Call, frames: Vec<Frame>) -> Response {
    let content_type = [(header::CONTENT_TYPE, call.wire.stream_type())];
    if call.wire.voice().waits_for_first_token() {
        call.pace(0).await;
    }
    let total = frames.iter().map(|frame| frame.tokens).sum();
    let run = Run { call, frames: frames.into_iter(), held: None, sent: 0, total, struck: false };
    let body = Body::from_stream(stream::unfold(Some(run), |run| async move { run?.next().await }));
    (content_type, body).into_response()
}

/// The connection was broken on order.
#[derive(Debug, thiserror::Error)]
#[error("broken on order")]
struct Broken;

struct Run {
    call: Call,
    frames: vec::IntoIter<Frame>,
    /// A frame that a fault pushed back.
    held: Option<Frame>,
    /// Tokens sent.
    sent: u64,
    total: u64,
    /// The fault has happened.
    struck: bool,
}

type Step = Option<(Result<Bytes, Broken>, Option<Run>)>;

impl Run {
    async fn next(mut self) -> Step {
        let Some(frame) = self.held.take().or_else(|| self.frames.next()) else {
            self.call.counted.completed();
            return None;
        };
        if let Some(kind) = self.strikes_before(&frame) {
            self.struck = true;
            self.held = Some(frame);
            return self.strike(kind).await;
        }
        if self.sent == 0 || frame.tokens > 0 {
            self.call.pace(self.sent + frame.tokens.saturating_sub(1)).await;
        }
        self.sent += frame.tokens;
        self.call.counted.tokens(frame.tokens);
        Some((Ok(frame.bytes), Some(self)))
    }

    fn strikes_before(&self, frame: &Frame) -> Option<FaultKind> {
        let fault = self.call.fault.as_ref().filter(|_| !self.struck)?;
        let reached = self.sent >= fault.onset().min(self.total);
        // What comes before the first token is let through, but for an error as the very first frame.
        let begun = frame.tokens > 0 || self.sent > 0 || fault.kind == FaultKind::ErrorIn200;
        (reached && begun).then_some(fault.kind)
    }

    async fn strike(mut self, kind: FaultKind) -> Step {
        match kind {
            FaultKind::Stall => std::future::pending().await,
            FaultKind::Reset => {
                // What was sent so far must be on its way before the connection breaks.
                tokio::time::sleep(Duration::from_millis(10)).await;
                self.call.breaker.reset();
                self.call.counted.failed();
                Some((Err(Broken), None))
            }
            FaultKind::Truncate => {
                self.call.counted.failed();
                None
            }
            FaultKind::MalformedChunk => Some((Ok(self.call.wire.broken().into()), Some(self))),
            FaultKind::ErrorIn200 => {
                self.call.counted.failed();
                let frames = self.call.wire.error_frames(&failure_inside(&self.call));
                Some((Ok(frames.into()), None))
            }
            // These come before the answer, or only slow it.
            _ => {
                let frame = self.held.take().map(|frame| frame.bytes).unwrap_or_default();
                Some((Ok(frame), Some(self)))
            }
        }
    }
}

/// Sends an answer of `tokens` in one body once its last token is due.
pub async fn whole(mut call: Call, body: String, tokens: u64) -> Response {
    call.pace(tokens.saturating_sub(1)).await;
    let json = [(header::CONTENT_TYPE, call.wire.json_type())];
    let half = || body.chars().take(body.chars().count() / 2).collect::<String>();
    let body = match call.fault.as_ref().map(|fault| fault.kind) {
        Some(FaultKind::Stall) => std::future::pending().await,
        Some(FaultKind::Reset) => {
            call.breaker.reset();
            String::new()
        }
        Some(FaultKind::Truncate | FaultKind::MalformedChunk) => half(),
        Some(FaultKind::ErrorIn200) => call.wire.voice().body(&failure_inside(&call)).to_string(),
        _ => {
            call.counted.tokens(tokens);
            call.counted.completed();
            return (json, body).into_response();
        }
    };
    call.counted.failed();
    (json, body).into_response()
}
