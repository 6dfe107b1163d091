//! A call for a model's work from its arrival to the moment its answer is known.

use std::{sync::Arc, time::Duration};

use axum::{
    Extension, RequestExt,
    extract::{FromRequest, OriginalUri, Request},
    response::{IntoResponse, Response},
};
use bytes::Bytes;
use http::{HeaderMap, header};
use tokio::time::Instant;

use crate::{
    compose::{self, Answer, Prompt},
    failure::{Cause, Failure, Input, Overflow, Wire},
    fault::{Fault, FaultKind},
    gate::Slot,
    models::ModelKind,
    options::Engine,
    socket::Breaker,
    state::{Found, Sim},
    stats::Counted,
    wrong::Wrong,
};

/// A request as it came in.
#[derive(Debug)]
pub struct Arrival {
    pub sim: Arc<Sim>,
    pub breaker: Breaker,
    pub path: String,
    pub headers: HeaderMap,
    pub body: Bytes,
}

impl FromRequest<Arc<Sim>> for Arrival {
    type Rejection = Response;

    async fn from_request(mut request: Request, sim: &Arc<Sim>) -> Result<Self, Response> {
        let missing = |error: axum::extract::rejection::ExtensionRejection| error.into_response();
        let Extension(breaker) = request.extract_parts::<Extension<Breaker>>().await.map_err(missing)?;
        let uri = request.extract_parts::<OriginalUri>().await;
        let path = uri.map(|OriginalUri(uri)| uri.path().to_owned()).unwrap_or_default();
        let headers = request.headers().clone();
        let body = Bytes::from_request(request, sim).await.map_err(IntoResponse::into_response)?;
        Ok(Self { sim: sim.clone(), breaker, path, headers, body })
    }
}

/// What a call needs before its work begins.
#[derive(Debug, Clone, Copy)]
pub struct Ask<'a> {
    pub model: &'a str,
    pub kind: ModelKind,
    pub input: Input,
    /// Prompt tokens.
    pub tokens: u64,
    /// Tokens asked for as an answer.
    pub limit: Option<u64>,
    pub context: u64,
    pub images: u64,
}

/// The model that does the work.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Admitted {
    pub model: String,
    pub lora: Option<String>,
}

/// Work under way.
#[derive(Debug)]
pub struct Call {
    pub sim: Arc<Sim>,
    pub wire: Wire,
    pub counted: Counted,
    pub breaker: Breaker,
    pub fault: Option<Fault>,
    started: Instant,
    /// Set once it is being answered.
    slot: Option<Slot>,
}

impl Call {
    /// Records the call and applies the fault that comes before an answer. The body is given back.
    pub async fn arrive(arrival: Arrival, wire: Wire) -> Result<(Self, Bytes), Failure> {
        let Arrival { sim, breaker, path, headers, body } = arrival;
        let counted = sim.count_call();
        let authorised = authorised(&sim, &headers);
        sim.stats.record(&path, headers, body.clone());
        let fault = sim.faults.take();
        let call = Self { sim, wire, counted, breaker, fault, started: Instant::now(), slot: None };
        if let Some(fault) = call.fault.clone()
            && let Some(failure) = before_answer(&fault, wire, &call.breaker).await
        {
            return Err(call.refuse(failure));
        }
        if authorised { Ok((call, body)) } else { Err(call.refuse(wire.voice().unauthorized())) }
    }

    /// Ends the call as failed.
    pub fn refuse(mut self, failure: Failure) -> Failure {
        self.counted.failed();
        failure
    }

    /// Ends the call as failed: the body is not what the route takes.
    pub fn refuse_body(self, message: String) -> Failure {
        let failure = self.wire.voice().bad_request(message);
        self.refuse(failure)
    }

    /// Ends the call as failed, in the engine's words for what is wrong.
    pub fn refuse_wrong(self, wrong: &Wrong) -> Failure {
        let failure = self.wire.voice().wrong(wrong);
        self.refuse(failure)
    }

    /// Checks the model and the context and waits for a slot.
    pub async fn admit(mut self, ask: Ask<'_>) -> Result<(Self, Admitted), Failure> {
        let admitted = match self.check(ask) {
            Ok(admitted) => admitted,
            Err(failure) => return Err(self.refuse(failure)),
        };
        let Ok(slot) = self.sim.gate.enter().await else {
            let failure = self.wire.voice().overloaded();
            return Err(self.refuse(failure));
        };
        self.slot = Some(slot);
        self.started = Instant::now();
        Ok((self, admitted))
    }

    fn check(&self, ask: Ask<'_>) -> Result<Admitted, Failure> {
        let voice = self.wire.voice();
        let (served, lora) = match self.sim.find(ask.model, ask.kind) {
            Found::Model { served, lora } => (served, lora),
            Found::Unknown => return Err(voice.model_not_found(ask.model, &self.sim.names())),
            Found::UnknownLora(lora) => {
                let message = format!("The following requested LoRA adapters are not loaded: {lora}");
                return Err(Failure::new(Cause::BadRequest, message));
            }
        };
        // Ollama embeds with any model.
        let fits = served.kind == ask.kind
            || self.sim.options.engine == Engine::Ollama && ask.kind == ModelKind::Embedding;
        if !fits {
            return Err(voice.wrong_kind(ask.model, ask.kind));
        }
        if ask.images > 0 && !self.sim.options.vision {
            return Err(voice.no_vision(ask.model));
        }
        let answer = match self.sim.options.engine {
            _ if ask.input == Input::Texts => 0,
            // It generates until the context is full.
            Engine::Llamacpp => 1,
            _ => ask.limit.unwrap_or(1),
        };
        // Ollama drops the oldest of a history that does not fit, and says nothing.
        if self.sim.options.engine != Engine::Ollama && ask.tokens + answer > ask.context {
            return Err(voice.overflow(Overflow {
                context: ask.context,
                prompt: ask.tokens,
                limit: ask.limit,
                input: ask.input,
            }));
        }
        Ok(Admitted { model: served.name, lora })
    }

    /// Admits a chat or completion and composes its answer.
    pub async fn answer(
        self,
        model: &str,
        prompt: &Prompt,
        input: Input,
        context: u64,
    ) -> Result<(Self, Answer), Failure> {
        let tokens = match self.sim.options.engine {
            Engine::Ollama => prompt.tokens().min(context.saturating_sub(1)),
            _ => prompt.tokens(),
        };
        let ask = Ask {
            model,
            kind: ModelKind::Chat,
            input,
            tokens,
            limit: prompt.limit,
            context,
            images: prompt.images,
        };
        let (call, admitted) = self.admit(ask).await?;
        let answer = call.compose(prompt, &admitted, tokens, context);
        Ok((call, answer))
    }

    /// Composes an answer to a prompt of an admitted call.
    pub fn compose(&self, prompt: &Prompt, admitted: &Admitted, tokens: u64, context: u64) -> Answer {
        let cached = self.sim.cached_tokens(prompt);
        self.sim.stats.prompt(tokens, cached);
        let guard = admitted.model.to_lowercase().contains("guard");
        let room = context.saturating_sub(tokens);
        if guard || admitted.lora.is_some() {
            let prompt = Prompt { guard, lora: admitted.lora.clone(), ..prompt.clone() };
            return compose::compose(&prompt, tokens, cached, room);
        }
        compose::compose(prompt, tokens, cached, room)
    }

    /// Sleeps until token `index` is due.
    pub async fn pace(&self, index: u64) {
        let options = &self.sim.options;
        let delay = self.fault.as_ref().map_or(Duration::ZERO, Fault::delay);
        if options.ttft_ms == 0 && options.tokens_per_s == 0.0 && delay.is_zero() {
            return;
        }
        let index = index as f64;
        let rate = options.tokens_per_s;
        let generating = if rate > 0.0 { Duration::from_secs_f64(index / rate) } else { Duration::ZERO };
        let due = Duration::from_millis(options.ttft_ms) + generating + delay.mul_f64(index + 1.0);
        tokio::time::sleep_until(self.started + due).await;
    }
}

/// Whether the key that was set is sent, the engine's way.
pub fn authorised(sim: &Sim, headers: &HeaderMap) -> bool {
    let Some(key) = &sim.options.api_key else { return true };
    let text = |name: header::HeaderName| headers.get(name).and_then(|value| value.to_str().ok());
    if sim.options.engine == Engine::Anthropic {
        return text(header::HeaderName::from_static("x-api-key")) == Some(key);
    }
    text(header::AUTHORIZATION).and_then(|value| value.strip_prefix("Bearer ")) == Some(key)
}

/// What a fault makes of a request before anything is answered.
pub async fn before_answer(fault: &Fault, wire: Wire, breaker: &Breaker) -> Option<Failure> {
    let voice = wire.voice();
    let mut failure = match fault.kind {
        FaultKind::Refuse => {
            breaker.reset();
            Failure::new(Cause::Internal, "refused")
        }
        FaultKind::Hang => std::future::pending().await,
        FaultKind::Http429 => voice.rate_limited(),
        FaultKind::Http500 => voice.internal(),
        FaultKind::Http503 => voice.overloaded(),
        FaultKind::Oom => voice.out_of_memory(),
        FaultKind::Loading => voice.loading(),
        _ => return None,
    };
    if let Some(message) = &fault.message {
        failure.message.clone_from(message);
    }
    if let Some(status) = fault.http_status() {
        failure.status = status;
    }
    Some(failure)
}
