//! One request to one engine, and what comes back of it.

use bytes::{Bytes, BytesMut};
use dialects::messages::MessagesRequest;
use engines::{Decoder, EngineError, Labels, Payload, PrepareContext, StreamEvent, Task, engine};
use http::{HeaderValue, Request, Response, StatusCode};
use http_body::Body as _;
use http_body_util::{BodyExt, Full, LengthLimitError, Limited};
use hyper::body::Incoming;
use tracing::Span;

use crate::{
    admit::Admitted, counters::Counters, dialect, failure::Failure, gateway::Core, plan::Target,
    trace::CallTrace,
};

/// An engine's error body beyond this is not read.
const ERROR_BODY: usize = 64 * 1024;

/// What every attempt of a call sends, whichever deployment it goes to.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Outgoing<'a> {
    /// With the model that was asked for first; another one that serves goes by its own name.
    pub(crate) labels: &'a Labels,
    pub(crate) request_id: &'a HeaderValue,
    pub(crate) trace: &'a CallTrace,
    pub(crate) span: &'a Span,
}

/// What is asked of an engine.
#[derive(Clone, Copy)]
struct Ask<'a> {
    task: Task<'a>,
    /// The request as it came, where it came in Anthropic's dialect.
    messages: Option<&'a MessagesRequest>,
}

impl<'a> Ask<'a> {
    fn of(call: &'a Admitted) -> Self {
        Self { task: call.parsed().request().task(), messages: call.parsed().messages() }
    }
}

impl Outgoing<'_> {
    /// What answers of a target are labelled with.
    pub(crate) fn labels(&self, target: &Target) -> Labels {
        Labels { model: target.model.model.name.clone(), ..self.labels.clone() }
    }

    /// The HTTP request for one deployment.
    fn to(&self, gateway: &Core, ask: Ask<'_>, target: &Target) -> Result<Request<Full<Bytes>>, Failure> {
        let (model, deployment) = (&target.model.model, &target.deployment);
        let tighter = |own: u32, limit: Option<u32>| limit.map_or(own, |limit| limit.min(own));
        let written = model.max_output_tokens.or(deployment.max_output_tokens);
        let context = PrepareContext {
            upstream_model: &deployment.upstream_model,
            context_length: Some(tighter(model.context_length, deployment.context_length)),
            max_output_tokens: written.map(|own| tighter(own, deployment.max_output_tokens)),
            request_id: self.request_id.to_str().ok(),
        };
        let prepared = match ask.messages {
            Some(asked) => dialect::messages::prepare(asked, ask.task, deployment, &context),
            None => engine(deployment.engine).prepare(ask.task, &context),
        };
        let prepared = prepared.map_err(Failure::unsupported)?;
        let misconfigured = |error: &dyn std::error::Error| {
            tracing::error!(deployment_id = %deployment.id, %error, "a deployment cannot be called");
            Failure::misconfigured()
        };
        let token = gateway
            .credentials
            .token(&gateway.configuration.load(), deployment)
            .map_err(|error| misconfigured(&error))?;
        let token = token.as_ref().map(|token| token.as_str());
        let mut request =
            prepared.into_http(&deployment.base_url, token).map_err(|error| misconfigured(&error))?;
        self.trace.inject(self.span, request.headers_mut());
        Ok(request)
    }

    /// Sends it; the response's head is 200.
    async fn send(
        &self,
        gateway: &Core,
        ask: Ask<'_>,
        target: &Target,
    ) -> Result<Response<Incoming>, Failure> {
        let deployment = &target.deployment;
        let request = self.to(gateway, ask, target)?;
        let response = gateway.client(deployment).send(request).await.map_err(|error| {
            tracing::debug!(deployment_id = %deployment.id, %error, "an attempt failed");
            Failure::egress(&error)
        })?;
        if response.status() == StatusCode::OK {
            return Ok(response);
        }
        let status = response.status();
        let body = Limited::new(response.into_body(), ERROR_BODY).collect().await;
        let body = body.map(|body| body.to_bytes()).unwrap_or_default();
        let error = engine(deployment.engine).error(status, &body);
        tracing::debug!(deployment_id = %deployment.id, status = status.as_u16(), kind = ?error.kind, "an engine refused");
        Err(Failure::engine(&error))
    }

    /// An answer that is not streamed, whole. Inputs beyond what the engine takes at once are asked one part after
    /// another.
    pub(crate) async fn whole(
        &self,
        gateway: &Core,
        call: &Admitted,
        target: &Target,
    ) -> Result<Payload, Failure> {
        self.answered(gateway, Ask::of(call), target).await
    }

    /// The same for a task that is not one call's.
    pub(crate) async fn task(
        &self,
        gateway: &Core,
        task: Task<'_>,
        target: &Target,
    ) -> Result<Payload, Failure> {
        self.answered(gateway, Ask { task, messages: None }, target).await
    }

    async fn answered(&self, gateway: &Core, ask: Ask<'_>, target: &Target) -> Result<Payload, Failure> {
        let Some(parts) = engines::split(engine(target.deployment.engine), ask.task) else {
            return self.one(gateway, ask, target, &self.labels(target)).await;
        };
        let labels = self.labels(target);
        let mut answers = Vec::with_capacity(parts.len());
        for part in &parts {
            let own = Labels::of(&part.task(), labels.id.clone(), labels.created, labels.model.clone());
            answers.push(self.one(gateway, Ask { task: part.task(), ..ask }, target, &own).await?);
        }
        engines::join(ask.task, &answers, &labels).map_err(|error| Failure::engine(&error))
    }

    async fn one(
        &self,
        gateway: &Core,
        ask: Ask<'_>,
        target: &Target,
        labels: &Labels,
    ) -> Result<Payload, Failure> {
        let response = self.send(gateway, ask, target).await?;
        let most = gateway.settings.max_answer_bytes;
        let body = Limited::new(response.into_body(), most).collect().await.map_err(|error| {
            if error.is::<LengthLimitError>() {
                tracing::warn!(deployment_id = %target.deployment.id, most, "an answer is too long");
                return Failure::engine(&EngineError::new(engines::EngineErrorKind::Malformed));
            }
            Failure::broke_off()
        })?;
        let read = engine(target.deployment.engine).whole(ask.task.kind(), body.to_bytes(), labels);
        read.map_err(|error| Failure::engine(&error))
    }

    /// A stream, read up to the first frame that begins the answer.
    pub(crate) async fn stream(
        &self,
        gateway: &Core,
        call: &Admitted,
        target: &Target,
    ) -> Result<Upstream, Failure> {
        let ask = Ask::of(call);
        let response = self.send(gateway, ask, target).await?;
        let decoder = engine(target.deployment.engine).decoder(ask.task.kind(), self.labels(target));
        let mut upstream = Upstream { body: response.into_body(), decoder, ended: false, first: Vec::new() };
        loop {
            match upstream.next(&gateway.counters).await? {
                Some(payload) => {
                    let begins = payload.summary.begins_answer();
                    upstream.first.push(payload);
                    if begins {
                        return Ok(upstream);
                    }
                }
                // An end before anything was said.
                None => return Err(Failure::broke_off()),
            }
        }
    }
}

/// A stream under way. Dropped, it closes the connection, which cancels the engine's work.
#[derive(Debug)]
pub(crate) struct Upstream {
    body: Incoming,
    decoder: Decoder,
    /// The body has no more bytes.
    ended: bool,
    /// Read before the answer was given to the caller; to be taken first.
    first: Vec<Payload>,
}

/// What a stream has ready without waiting.
#[derive(Debug)]
pub(crate) enum Ready {
    Payload(Payload),
    /// The engine said that it is done.
    Done,
    /// The engine broke off in its own words.
    Error(EngineError),
    /// The connection has ended, with all read.
    Ended,
    /// Bytes are needed: see [`Upstream::fill`].
    Nothing,
}

impl Upstream {
    /// The frames read so far, the last of which begins the answer.
    pub(crate) fn take_first(&mut self) -> Vec<Payload> {
        std::mem::take(&mut self.first)
    }

    /// Whether the engine counts tokens as it goes.
    pub(crate) fn tells_usage(&self) -> bool {
        self.first.iter().any(|payload| payload.summary.usage.is_some())
    }

    /// The next event that is there. Frames that could not be read are counted and passed over.
    pub(crate) fn ready(&mut self, counters: &Counters) -> Ready {
        loop {
            let event = if self.ended { self.decoder.end() } else { self.decoder.next() };
            match event {
                Some(StreamEvent::Chunk(payload)) => return Ready::Payload(payload),
                Some(StreamEvent::Done) => return Ready::Done,
                Some(StreamEvent::Error(error)) => return Ready::Error(error),
                Some(StreamEvent::Malformed { bytes }) => {
                    counters.malformed_chunk();
                    tracing::warn!(bytes, "a frame of an engine's stream could not be read and is left out");
                }
                None if self.ended => return Ready::Ended,
                None => return Ready::Nothing,
            }
        }
    }

    /// Waits for bytes. An error: the connection broke. May be dropped and called again.
    pub(crate) async fn fill(&mut self) -> Result<(), Failure> {
        match self.body.frame().await {
            Some(Ok(frame)) => {
                if let Ok(bytes) = frame.into_data() {
                    self.decoder.push(bytes);
                }
                self.ended = self.body.is_end_stream();
                Ok(())
            }
            Some(Err(_)) => Err(Failure::broke_off()),
            None => {
                self.ended = true;
                Ok(())
            }
        }
    }

    /// The next payload, waited for; None at a clean end.
    async fn next(&mut self, counters: &Counters) -> Result<Option<Payload>, Failure> {
        loop {
            match self.ready(counters) {
                Ready::Payload(payload) => return Ok(Some(payload)),
                Ready::Done | Ready::Ended => return Ok(None),
                Ready::Error(error) => return Err(Failure::engine(&error)),
                Ready::Nothing => self.fill().await?,
            }
        }
    }
}

/// Room for a frame and what is added to it.
pub(crate) fn buffer() -> BytesMut {
    BytesMut::with_capacity(1024)
}
