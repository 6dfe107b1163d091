//! `POST /v1/chat/completions`: the stages, one after the other.

use axum::{
    body::Body,
    extract::{Request, State},
    response::{IntoResponse, Response},
};
use engines::Labels;
use http::HeaderValue;
use shared::DeploymentId;
use tokio::time::Instant;
use tracing::Instrument;
use uuid::Uuid;

use super::Shown;
use crate::{
    admit::{Admitted, Caller},
    arrival::Arrival,
    dispatch::{Answer, dispatch},
    error::CallError,
    gateway::Shared,
    intake::{self, Parsed},
    plan::Planned,
    relay::{Streaming, Tally, relay_stream, relay_whole},
    reserve::Reserved,
    settle::{self, End, Tab, durable},
    trace::Stage,
    upstream::Outgoing,
    watch::Watch,
};

/// POST …/v1/chat/completions
pub(crate) async fn create(State(gateway): State<Shared>, request: Request) -> Response {
    let (parts, mut body) = request.into_parts();
    let arrival = Arrival::of(&gateway, &parts);
    let mut shown = Shown::default();
    let answered = answer(&gateway, &arrival, &mut body, &mut shown).await;
    if answered.is_err() {
        intake::discard(&mut body).await;
    }
    let mut response = answered.unwrap_or_else(IntoResponse::into_response);
    shown.apply(response.headers_mut());
    arrival.stamp(response)
}

async fn answer(
    gateway: &Shared,
    arrival: &Arrival<'_>,
    body: &mut Body,
    shown: &mut Shown,
) -> Result<Response, CallError> {
    let caller = Caller::identify(gateway, arrival)?;
    let admitted = match admitted(gateway, arrival, &caller, body).await {
        Ok(admitted) => admitted,
        Err((parsed, error)) => {
            let request = parsed.as_ref().map(Parsed::request);
            // Not recorded is no reason to answer otherwise: it was refused and cost nothing.
            let _ = durable(settle::refused(gateway, &caller, arrival, request, &error)).await;
            return Err(error);
        }
    };
    shown.model = HeaderValue::from_str(&admitted.model().model.name).ok();
    let mut tab = Tab::open(gateway, &caller, arrival, admitted.parsed().request(), admitted.model())?;
    shown.generation = tab.id();
    let call = Call { gateway, arrival, caller: &caller };
    match call.serve(admitted, &mut tab, shown).await {
        Ok(Served::Whole(response)) => Ok(response),
        Ok(Served::Stream(streaming)) => Ok(relay_stream(gateway, *streaming, tab)),
        Err(error) => {
            durable(tab.close(End::Failed(&error))).await?;
            Err(error)
        }
    }
}

/// Reads the body and admits what it asks for; else what was read, and why not.
async fn admitted(
    gateway: &Shared,
    arrival: &Arrival<'_>,
    caller: &Caller,
    body: &mut Body,
) -> Result<Admitted, (Option<Parsed>, CallError)> {
    let reading = Parsed::read(arrival.headers(), body, gateway.settings.max_body_bytes);
    let parsed =
        reading.instrument(arrival.trace().stage(Stage::Intake)).await.map_err(|error| (None, error))?;
    Admitted::admit(gateway, caller, parsed).map_err(|refused| {
        let (parsed, error) = *refused;
        (Some(parsed), error)
    })
}

/// A call that has its answer: whole and settled, or about to stream.
enum Served {
    Whole(Response),
    Stream(Box<Streaming>),
}

struct Call<'a> {
    gateway: &'a Shared,
    arrival: &'a Arrival<'a>,
    caller: &'a Caller,
}

impl Call<'_> {
    async fn serve(&self, admitted: Admitted, tab: &mut Tab, shown: &mut Shown) -> Result<Served, CallError> {
        let (gateway, arrival) = (self.gateway, self.arrival);
        let planned = arrival
            .trace()
            .stage(Stage::Plan)
            .in_scope(|| Planned::plan(gateway, admitted, arrival.at(), rand::random()))?;
        let reserved = Reserved::reserve(gateway, planned)?;

        let labels = self.labels(reserved.planned());
        let deadline = Instant::from_std(arrival.started()) + gateway.settings.timeouts.total;
        let mut watch = Watch::over(gateway, self.caller);
        let span = arrival.trace().stage(Stage::Dispatch);
        let outgoing = Outgoing {
            labels: &labels,
            request_id: arrival.request_id(),
            trace: arrival.trace(),
            span: &span,
        };
        let tried =
            dispatch(gateway, reserved, outgoing, tab, &mut watch, deadline).instrument(span.clone()).await;
        shown.queue_ms = tab.queue_ms();
        let (attempted, planned) = tried?;
        self.show_deployment(&planned, attempted.deployment(), shown);

        let request = planned.admitted().parsed().request();
        let (wants_usage, answers) = (request.wants_stream_usage(), request.n.unwrap_or(1).max(1));
        let (answer, deployment, held) = attempted.into_parts();
        // The prompt's text is looked at only where the engine does not count.
        let told = match &answer {
            Answer::Whole(payload) => payload.summary.usage.is_some(),
            Answer::Stream(upstream) => upstream.tells_usage(),
        };
        let tally = Tally::new(if told { 0 } else { planned.admitted().parsed().prompt_tokens() });
        match answer {
            Answer::Whole(payload) => {
                let span = arrival.trace().stage(Stage::Settle);
                let model = engines::json_text(&labels.model);
                relay_whole(payload, model, tally, tab).instrument(span).await.map(Served::Whole)
            }
            Answer::Stream(upstream) => {
                let span = arrival.trace().stage(Stage::Relay);
                Ok(Served::Stream(Box::new(Streaming {
                    upstream,
                    deployment,
                    _held: held,
                    watch,
                    tally,
                    labels,
                    wants_usage,
                    answers,
                    deadline,
                    _span: span,
                })))
            }
        }
    }

    /// Only a key that may see how its calls are routed is told where this one went.
    fn show_deployment(&self, planned: &Planned, id: DeploymentId, shown: &mut Shown) {
        if self.caller.explains_routing() {
            let mut deployments = planned.deployments();
            let name = deployments.find(|deployment| deployment.id == id).map(|deployment| &deployment.name);
            shown.deployment = name.and_then(|name| HeaderValue::from_str(name).ok());
        }
    }

    fn labels(&self, planned: &Planned) -> Labels {
        Labels {
            id: format!("chatcmpl-{}", Uuid::now_v7().simple()),
            created: self.arrival.at().timestamp(),
            model: planned.model().model.name.clone(),
        }
    }
}
