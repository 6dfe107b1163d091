//! A streamed answer: frames pass as they come, their end waits for the usage to be durable.

use std::{pin::Pin, time::Duration};

use axum::{body::Body, response::Response};
use bytes::{BufMut, Bytes, BytesMut};
use engines::{EngineError, EngineErrorKind, Finish, Labels, Payload, Rewrite, UsageRewrite, json_text};
use futures::stream;
use http::{HeaderName, HeaderValue, header};
use routing::AttemptResult;
use serde::Deserialize;
use shared::{DeploymentId, ErrorCode};
use shared_chat::{ChatChunk, ChunkChoice, CompletionChoice, CompletionChunk, DONE, finish_reason};
use snapshot::KeyEntry;
use tokio::time::{Instant, Sleep, sleep_until};
use tracing::Span;

use super::{Tally, finish_text};
use crate::{
    billed,
    dispatch::Held,
    error::CallError,
    failure::Failure,
    gateway::Shared,
    road::{Bill, Writer},
    settle::{End, Tab, durable},
    upstream::{self, Ready, Upstream},
    watch::Watch,
};

/// How long the frames after the last words (usage, the end mark) are waited for.
const AFTERWORD: Duration = Duration::from_secs(2);

/// What a streamed call brings along.
#[derive(Debug)]
pub(crate) struct Streaming {
    pub(crate) upstream: Upstream,
    pub(crate) deployment: DeploymentId,
    pub(crate) held: Held,
    pub(crate) watch: Watch,
    pub(crate) tally: Tally,
    pub(crate) labels: Labels,
    /// Where the caller speaks another dialect than the engine.
    pub(crate) writer: Option<Box<dyn Writer>>,
    /// Whose call it is.
    pub(crate) owner: KeyEntry,
    /// A plain stream is one of text completions, not of chat.
    pub(crate) text: bool,
    /// The caller asked for a last chunk that carries the usage.
    pub(crate) wants_usage: bool,
    /// Answers asked for: each says its own `finish_reason`.
    pub(crate) answers: u32,
    /// The whole call's end.
    pub(crate) deadline: Instant,
    /// Open for as long as the stream.
    pub(crate) _span: Span,
}

/// Why a stream ends.
#[derive(Debug)]
enum Ending {
    Complete,
    /// The engine or the connection to it failed, or a clock ran out.
    Broken(Failure),
    /// The caller may no longer call.
    Gone(CallError),
}

/// The response's body. Whoever drops it (a caller that left) drops the upstream with it.
struct Relay {
    gateway: Shared,
    tab: Tab,
    call: Streaming,
    rewrite: Rewrite,
    /// The latest frame, for what an error chunk must repeat of it.
    last: Bytes,
    /// The chunk that carries the usage alone, as the engine sent it.
    usage: Option<Payload>,
    /// The last words and what follows them, until the usage is durable.
    parting: BytesMut,
    finished: u32,
    /// When patience with the upstream ends, and what then.
    until: Instant,
    /// Fires at `until` or before; set anew only when it fires, not at each frame.
    alarm: Pin<Box<Sleep>>,
    begun: bool,
    over: bool,
}

/// Commits the 200 and passes the stream on.
pub(crate) fn relay_stream(gateway: &Shared, call: Streaming, mut tab: Tab) -> Response {
    tab.first_token();
    let rewrite =
        Rewrite { model: Some(json_text(&call.labels.model)), usage: UsageRewrite::Strip, id: None };
    let until = call.deadline.min(Instant::now() + gateway.settings.timeouts.between_tokens);
    let relay = Relay {
        gateway: gateway.clone(),
        tab,
        call,
        rewrite,
        last: Bytes::new(),
        usage: None,
        parting: BytesMut::new(),
        finished: 0,
        until,
        alarm: Box::pin(sleep_until(until)),
        begun: false,
        over: false,
    };
    let frames = stream::unfold(relay, |mut relay| async move {
        let bytes = relay.next().await?;
        Some((Ok::<_, std::convert::Infallible>(bytes), relay))
    });
    let mut response = Response::new(Body::from_stream(frames));
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("text/event-stream; charset=utf-8"));
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-cache"));
    // Tells proxies of nginx's kind not to gather frames.
    headers.insert(HeaderName::from_static("x-accel-buffering"), HeaderValue::from_static("no"));
    response
}

impl Relay {
    /// The next bytes for the caller: all frames that are there, or the end. None when that was given.
    async fn next(&mut self) -> Option<Bytes> {
        if self.over {
            return None;
        }
        let mut out = upstream::buffer();
        if !self.begun {
            self.begun = true;
            if let Some(writer) = &mut self.call.writer {
                writer.begin(&mut out);
            }
        }
        for payload in self.call.upstream.take_first() {
            self.pass(&payload, &mut out);
        }
        let ending = loop {
            if let Some(ending) = self.drain(&mut out) {
                break ending;
            }
            if !out.is_empty() {
                let (tokens, estimated) = self.call.tally.counts();
                self.tab.tokens(tokens, estimated);
                return Some(out.freeze());
            }
            tokio::select! {
                biased;
                filled = self.call.upstream.fill() => {
                    if let Err(failure) = filled {
                        break self.cut(failure);
                    }
                }
                () = self.alarm.as_mut() => {
                    if Instant::now() >= self.until {
                        break self.late();
                    }
                    self.alarm.as_mut().reset(self.until);
                }
                error = self.call.watch.gone() => break Ending::Gone(error),
            }
        };
        self.over = true;
        self.end(ending, &mut out).await;
        Some(out.freeze())
    }

    /// Takes what is there without waiting.
    fn drain(&mut self, out: &mut BytesMut) -> Option<Ending> {
        loop {
            match self.call.upstream.ready(&self.gateway.counters) {
                Ready::Payload(payload) if payload.summary.finish == Some(Finish::Error) => {
                    let failed = EngineError::new(EngineErrorKind::Internal);
                    return Some(Ending::Broken(Failure::engine(&failed)));
                }
                Ready::Payload(payload) => self.pass(&payload, out),
                Ready::Done => return Some(Ending::Complete),
                Ready::Error(error) => return Some(Ending::Broken(Failure::engine(&error))),
                Ready::Ended => return Some(self.cut(Failure::broke_off())),
                Ready::Nothing => return None,
            }
        }
    }

    /// One frame: counted, rewritten, passed on or held for the end.
    fn pass(&mut self, payload: &Payload, out: &mut BytesMut) {
        let summary = payload.summary;
        self.call.tally.add(&summary);
        if summary.is_usage_only() {
            self.usage = Some(payload.clone());
            return;
        }
        self.last = payload.json().clone();
        let now = Instant::now();
        if let Some(finish) = summary.finish {
            self.finished += 1;
            self.tab.finish_reason(finish_text(finish));
            if self.finished >= self.call.answers {
                self.until = self.call.deadline.min(now + AFTERWORD);
                self.alarm.as_mut().reset(self.until);
            }
        } else if self.finished < self.call.answers {
            self.until = self.call.deadline.min(now + self.gateway.settings.timeouts.between_tokens);
        }
        let held = self.finished >= self.call.answers;
        let out = if held { &mut self.parting } else { out };
        match &mut self.call.writer {
            None => payload.write_frame(&self.rewrite, out),
            Some(writer) => writer.chunk(payload.json(), out),
        }
    }

    /// An upstream that ended: complete once all was said, whether or not it marked the end.
    fn cut(&self, failure: Failure) -> Ending {
        if self.finished >= self.call.answers { Ending::Complete } else { Ending::Broken(failure) }
    }

    fn late(&self) -> Ending {
        let timeouts = &self.gateway.settings.timeouts;
        let failure = if Instant::now() >= self.call.deadline {
            Failure::timeout(ErrorCode::TotalTimeout, timeouts.total)
        } else {
            Failure::timeout(ErrorCode::BetweenTokensTimeout, timeouts.between_tokens)
        };
        self.cut(failure)
    }

    /// Settles, then says the end.
    async fn end(&mut self, ending: Ending, out: &mut BytesMut) {
        let (tokens, estimated) = self.call.tally.counts();
        self.tab.tokens(tokens, estimated);
        if !estimated {
            self.call.held.told(tokens);
        }
        let cost = self.tab.cost();
        let error = match ending {
            Ending::Complete => durable(self.tab.close(End::Completed)).await.err(),
            Ending::Broken(failure) => {
                self.blame(failure.result);
                let settled = durable(self.tab.close(End::Broken(&failure.error))).await;
                Some(settled.err().unwrap_or(failure.error))
            }
            Ending::Gone(error) => {
                let settled = durable(self.tab.close(End::Revoked(&error))).await;
                Some(settled.err().unwrap_or(error))
            }
        };
        if let Some(error) = error {
            self.write_error(&error, out);
            return;
        }
        out.put_slice(&self.parting);
        let json = self.usage.as_ref().map(|payload| payload.json().as_ref()).or(Some(&self.last));
        let generates = self.call.tally.generates();
        if let Some(mut writer) = self.call.writer.take() {
            let usage = billed::usage(json, tokens, generates, None);
            let bill = Bill { usage, cost: cost.map(billed::members) };
            self.remember(writer.as_mut(), &bill, out).await;
            writer.end(&bill, out);
            return;
        }
        if self.call.wants_usage {
            self.write_usage(billed::usage(json, tokens, generates, cost), out);
        }
        out.put_slice(format!("data: {DONE}\n\n").as_bytes());
    }

    /// Keeps what is to be kept before the end says so.
    async fn remember(&self, writer: &mut dyn Writer, bill: &Bill, out: &mut BytesMut) {
        if let Some(memory) = writer.memory(bill, out)
            && let Err(error) = memory.keep(&self.gateway, &self.call.owner).await
        {
            tracing::warn!(%error, "a response could not be stored");
            writer.forgotten();
        }
    }

    /// The attempt counted as a success when its answer began; that it broke counts now.
    fn blame(&self, result: AttemptResult) {
        self.gateway.counters.attempt(result);
        if let Some(pass) = self.gateway.fleet.attempt(self.call.deployment) {
            pass.end(result);
        }
    }

    fn write_usage(&self, usage: Bytes, out: &mut BytesMut) {
        if let Some(payload) = &self.usage {
            let rewrite = Rewrite { usage: UsageRewrite::Replace(usage), ..self.rewrite.clone() };
            payload.write_frame(&rewrite, out);
            return;
        }
        let json = if self.call.text {
            serde_json::to_vec(&self.text_chunk())
        } else {
            serde_json::to_vec(&self.chunk())
        };
        if let Ok(mut json) = json
            && json.pop() == Some(b'}')
        {
            out.put_slice(b"data: ");
            out.put_slice(&json);
            out.put_slice(b",\"usage\":");
            out.put_slice(&usage);
            out.put_slice(b"}\n\n");
        }
    }

    /// The typed end of a stream that broke. No end mark follows: it never looks complete.
    fn write_error(&mut self, error: &CallError, out: &mut BytesMut) {
        if let Some(writer) = &mut self.call.writer {
            writer.error(error, out);
            return;
        }
        let ended = Some(finish_reason::ERROR.to_owned());
        let json = if self.call.text {
            let mut chunk = self.text_chunk();
            chunk.choices.push(CompletionChoice { finish_reason: ended, ..CompletionChoice::default() });
            chunk.error = Some(error.object());
            serde_json::to_vec(&chunk)
        } else {
            let mut chunk = self.chunk();
            chunk.choices.push(ChunkChoice { finish_reason: ended, ..ChunkChoice::default() });
            chunk.error = Some(error.object());
            serde_json::to_vec(&chunk)
        };
        if let Ok(json) = json {
            out.put_slice(b"data: ");
            out.put_slice(&json);
            out.put_slice(b"\n\n");
        }
    }

    /// A chunk of ours, labelled as the stream's others.
    fn chunk(&self) -> ChatChunk {
        let (id, created, model) = self.seen();
        ChatChunk::new(id, created, model)
    }

    fn text_chunk(&self) -> CompletionChunk {
        let (id, created, model) = self.seen();
        CompletionChunk::new(id, created, model)
    }

    /// The labels of the stream's other chunks.
    fn seen(&self) -> (String, i64, &str) {
        #[derive(Deserialize)]
        struct Seen {
            id: Option<String>,
            created: Option<i64>,
        }
        let seen: Option<Seen> = serde_json::from_slice(&self.last).ok();
        let (id, created) = seen.map_or((None, None), |seen| (seen.id, seen.created));
        let labels = &self.call.labels;
        (id.unwrap_or_else(|| labels.id.clone()), created.unwrap_or(labels.created), &labels.model)
    }
}
