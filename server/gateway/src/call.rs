//! One call: the stages, one after the other.

use axum::{body::Body, response::Response};
use bytes::Bytes;
use dialects::responses::{Framing, ResponsesRequest};
use engines::{Labels, PrepareContext, TaskKind, engine};
use http::{HeaderValue, header};
use shared::UsageEventId;
use tracing::Instrument;
use uuid::Uuid;

use crate::{
    admit::{Admitted, Caller},
    arrival::Arrival,
    deferral,
    dialect::{
        self,
        responses::{Latest, Turn, no_previous},
    },
    dispatch::Answer,
    error::CallError,
    estimate,
    gateway::Shared,
    give_way::{Answered, Reached, Way},
    http::Shown,
    intake, memory,
    parsed::Parsed,
    plan::Target,
    relay::{Streaming, Tally, Voice, relay_stream, relay_whole},
    settle::{self, End, Tab, Who, durable},
    shadow,
    surface::Endpoint,
    trace::Stage,
    upstream::Outgoing,
    watch::Watch,
};

/// A known caller at an endpoint.
#[derive(Clone, Copy)]
pub(crate) struct Call<'a> {
    pub(crate) gateway: &'a Shared,
    pub(crate) arrival: &'a Arrival<'a>,
    pub(crate) caller: &'a Caller,
    pub(crate) endpoint: Endpoint,
    /// See [`Who::work`].
    pub(crate) work: Option<UsageEventId>,
}

/// A call that has its answer: whole and settled, or about to stream.
enum Served {
    Whole(Response),
    Stream(Box<Streaming>),
}

impl Call<'_> {
    const fn who(&self) -> Who<'_> {
        Who { caller: self.caller, arrival: self.arrival, endpoint: self.endpoint, work: self.work }
    }

    /// Reads the body and answers it.
    pub(crate) async fn answer(&self, body: &mut Body, shown: &mut Shown) -> Result<Response, CallError> {
        let stage = self.arrival.trace().stage(Stage::Intake);
        let reading = async {
            let headers = self.arrival.headers();
            let body = intake::body(headers, body, self.gateway.settings.max_body_bytes).await?;
            let parsed = self.parse(&body).await?;
            Ok(if deferral::accepts(headers) { parsed.with_body(body) } else { parsed })
        };
        let parsed = reading.instrument(stage).await;
        self.answer_parsed(parsed, shown).await
    }

    pub(crate) async fn parse(&self, body: &Bytes) -> Result<Parsed, CallError> {
        match self.endpoint {
            Endpoint::Messages => dialect::messages::read(body),
            Endpoint::CountTokens => dialect::count::messages(body),
            Endpoint::InputTokens => dialect::count::responses(body),
            Endpoint::Moderations => dialect::moderations::read(self.gateway, self.caller, body),
            Endpoint::Responses => {
                let request = intake::json(body, "`model` and `input`")?;
                self.turn(request, Framing::Sse, None).await
            }
            endpoint => Parsed::read(endpoint, body),
        }
    }

    /// A response asked for, with what it goes on from.
    pub(crate) async fn turn(
        &self,
        request: ResponsesRequest,
        framing: Framing,
        latest: Option<Latest>,
    ) -> Result<Parsed, CallError> {
        let mut history = Vec::new();
        if let Some(id) = request.previous_response_id.as_deref() {
            let here = latest.as_ref().and_then(|latest| latest.lock().clone()).filter(|kept| kept.id == id);
            let kept = match here {
                Some(kept) => Some(kept),
                None => memory::recall(self.gateway, self.caller.entry(), id).await?,
            };
            history = kept.ok_or_else(|| no_previous(id))?.items;
        }
        let turn = Turn { request, framing, history, latest, at: self.arrival.at().timestamp() };
        turn.parse(&self.caller.entry().project)
    }

    /// Admits and serves what was read. What was refused is recorded too.
    pub(crate) async fn answer_parsed(
        &self,
        parsed: Result<Parsed, CallError>,
        shown: &mut Shown,
    ) -> Result<Response, CallError> {
        let refused = match parsed {
            Err(error) => (None, error),
            Ok(parsed) => match Admitted::admit(self.gateway, self.caller, self.arrival.headers(), parsed) {
                Ok(admitted) => return self.answer_admitted(admitted, shown).await,
                Err(refused) => {
                    let (parsed, error) = *refused;
                    (Some(parsed), error)
                }
            },
        };
        let error = refused.1.at(self.endpoint);
        // Not recorded is no reason to answer otherwise: it was refused and cost nothing.
        let recorded = settle::refused(self.gateway, &self.who(), refused.0.as_ref(), &error);
        let _ = durable(recorded).await;
        Err(error)
    }

    async fn answer_admitted(&self, admitted: Admitted, shown: &mut Shown) -> Result<Response, CallError> {
        let mut tab = Tab::open(self.gateway, &self.who(), &admitted)?;
        shown.generation = tab.id();
        shown.model = HeaderValue::from_str(&admitted.model().model.name).ok();
        let header = |text: String| HeaderValue::from_str(&text).ok();
        shown.route = admitted.routed().and_then(|routed| header(routed.to_string()));
        shown.task = admitted.auto().and_then(|auto| header(format!("{}; {}", auto.task.as_str(), auto.why)));
        match self.serve(admitted, &mut tab, shown).await {
            Ok(Served::Whole(response)) => Ok(response),
            Ok(Served::Stream(streaming)) => Ok(relay_stream(self.gateway, *streaming, tab)),
            Err(error) => {
                let error = error.at(self.endpoint);
                durable(tab.close(End::Failed(&error))).await?;
                Err(error)
            }
        }
    }

    async fn serve(&self, admitted: Admitted, tab: &mut Tab, shown: &mut Shown) -> Result<Served, CallError> {
        let (gateway, arrival) = (self.gateway, self.arrival);
        if self.endpoint.counts() && !tokenised_by_an_engine(&admitted) {
            return self.count(&admitted, tab, shown).await.map(Served::Whole);
        }
        let labels = self.labels(&admitted);
        let mut watch = Watch::over(gateway, self.caller);
        let span = arrival.trace().stage(Stage::Dispatch);
        let outgoing = Outgoing {
            labels: &labels,
            request_id: arrival.request_id(),
            trace: arrival.trace(),
            span: &span,
        };
        let reached = Way { call: self, outgoing, tab: &mut *tab, watch: &mut watch }.go(admitted).await;
        shown.queue_ms = tab.queue_ms();
        let Answered { attempted, mut planned, deadline, degraded } = match reached? {
            Reached::Answer(answered) => *answered,
            Reached::Deferred(response) => {
                shown.degraded = Some("batch");
                durable(tab.close(End::Deferred)).await?;
                return Ok(Served::Whole(response));
            }
        };
        shown.degraded = degraded;
        shadow::cast(gateway, &planned, arrival, &labels);
        let target = attempted.target().clone();
        self.show(&target, shown);

        let labels = outgoing.labels(&target);
        let writer = planned.admitted_mut().parsed_mut().take_road().writer(&labels);
        let parsed = planned.admitted().parsed();
        let request = parsed.request();
        let (answer, mut held) = attempted.into_parts();
        // The prompt's text is looked at only where the engine does not count.
        let told = match &answer {
            Answer::Whole(payload) => payload.summary.usage.is_some(),
            Answer::Stream(upstream) => upstream.tells_usage(),
        };
        let prompt = if told { 0 } else { parsed.prompt_tokens() };
        let tally = Tally::new(prompt, request.generates());
        match answer {
            Answer::Whole(payload) => {
                if let Some(tokens) = payload.summary.usage {
                    held.told(tokens);
                }
                let span = arrival.trace().stage(Stage::Settle);
                let model = engines::json_text(&labels.model);
                let voice = Voice { model, counted: self.endpoint.is_counted(), writer };
                let relayed = relay_whole(gateway, self.caller.entry(), payload, voice, tally, tab);
                relayed.instrument(span).await.map(Served::Whole)
            }
            Answer::Stream(upstream) => Ok(Served::Stream(Box::new(Streaming {
                upstream,
                deployment: target.deployment.id,
                held,
                watch,
                tally,
                labels,
                writer,
                owner: self.caller.entry().clone(),
                text: parsed.kind() == TaskKind::Completion,
                wants_usage: request.wants_stream_usage(),
                answers: request.answers(),
                deadline,
                _span: arrival.trace().stage(Stage::Relay),
            }))),
        }
    }

    /// Tells how many tokens a conversation has without an engine.
    async fn count(
        &self,
        admitted: &Admitted,
        tab: &mut Tab,
        shown: &mut Shown,
    ) -> Result<Response, CallError> {
        let (messages, tools) = admitted.parsed().request().messages();
        let tokenizers = &self.gateway.tokenizers;
        let model = &admitted.model().model;
        let tokens = tokenizers.with(model, |count| estimate::conversation(messages, tools, count));
        shown.counted_by = Some(if tokenizers.has(model) { "tokenizer" } else { "estimate" });
        let answer = dialect::count::answer(self.endpoint, tokens)?;
        durable(tab.close(End::Completed)).await?;
        let mut response = Response::new(Body::from(answer));
        response.headers_mut().insert(header::CONTENT_TYPE, HeaderValue::from_static("application/json"));
        Ok(response)
    }

    /// What the response's headers tell of who served. Only a key that may see how its calls are routed is told where
    /// this one went.
    fn show(&self, target: &Target, shown: &mut Shown) {
        shown.model = HeaderValue::from_str(&target.model.model.name).ok();
        shown.external = target.deployment.external;
        if self.caller.explains_routing() {
            shown.deployment = HeaderValue::from_str(&target.deployment.name).ok();
        }
    }

    fn labels(&self, admitted: &Admitted) -> Labels {
        Labels::of(
            &admitted.parsed().request().task(),
            format!("{}{}", self.endpoint.id_prefix(), Uuid::now_v7().simple()),
            self.arrival.at().timestamp(),
            admitted.model().model.name.clone(),
        )
    }
}

/// Whether an engine that may be asked counts the tokens of this conversation itself: some have no route for it, some
/// take a bare prompt alone.
fn tokenised_by_an_engine(admitted: &Admitted) -> bool {
    let task = admitted.parsed().request().task();
    let mut deployments = admitted.models().iter().flat_map(|model| &model.deployments);
    deployments.any(|deployment| {
        let context = PrepareContext {
            upstream_model: &deployment.upstream_model,
            context_length: None,
            max_output_tokens: None,
            request_id: None,
        };
        engine(deployment.engine).prepare(task, &context).is_ok()
    })
}
