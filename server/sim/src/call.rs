//! A chat call from its arrival to the moment its answer is known.

use std::{sync::Arc, time::Duration};

use bytes::Bytes;
use http::{HeaderMap, header};
use tokio::time::Instant;

use crate::{
    answer::{self, Answer},
    failure::{Cause, Failure, Wire},
    fault::{Fault, FaultKind},
    gate::Slot,
    prompt::Prompt,
    socket::Breaker,
    state::Sim,
    stats::Counted,
};

/// An answer under way.
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
    /// Records the call and applies the fault that comes before an answer.
    pub async fn arrive(
        sim: Arc<Sim>,
        wire: Wire,
        breaker: Breaker,
        (path, headers, body): (&str, HeaderMap, Bytes),
    ) -> Result<Self, Failure> {
        let counted = sim.count_call();
        let authorised = authorised(&sim, &headers);
        sim.stats.record(path, headers, body);
        let fault = sim.faults.take();
        let call = Self { sim, wire, counted, breaker, fault, started: Instant::now(), slot: None };
        if let Some(fault) = call.fault.clone()
            && let Some(failure) = before_answer(&fault, wire, &call.breaker).await
        {
            return Err(call.refuse(failure));
        }
        if authorised {
            Ok(call)
        } else {
            Err(call.refuse(Failure::new(Cause::Unauthorized, "Unauthorized")))
        }
    }

    /// Ends the call as failed.
    pub fn refuse(mut self, failure: Failure) -> Failure {
        self.counted.failed();
        failure
    }

    /// Checks the model and the context, waits for a slot and composes the answer.
    pub async fn answer(
        mut self,
        model: &str,
        prompt: &Prompt,
        context: u64,
    ) -> Result<(Self, Answer), Failure> {
        if !self.sim.serves(model) {
            let failure = self.wire.model_not_found(model);
            return Err(self.refuse(failure));
        }
        let mut tokens = prompt.tokens();
        if self.wire == Wire::Ollama {
            // It drops the oldest of a history that does not fit, and says nothing.
            tokens = tokens.min(context.saturating_sub(1));
        } else if tokens + prompt.limit.unwrap_or(1) > context {
            let failure = self.wire.context_overflow(context, tokens, prompt.limit);
            return Err(self.refuse(failure));
        }
        let Ok(slot) = self.sim.gate.enter().await else {
            let failure = self.wire.overloaded();
            return Err(self.refuse(failure));
        };
        self.slot = Some(slot);
        self.started = Instant::now();
        let cached = self.sim.cached_tokens(prompt);
        self.sim.stats.prompt(tokens, cached);
        let answer = answer::compose(prompt, tokens, cached, context.saturating_sub(tokens));
        Ok((self, answer))
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

/// Whether the key that was set is sent.
pub fn authorised(sim: &Sim, headers: &HeaderMap) -> bool {
    let Some(key) = &sim.options.api_key else { return true };
    let sent = headers.get(header::AUTHORIZATION).and_then(|value| value.to_str().ok());
    sent.and_then(|value| value.strip_prefix("Bearer ")) == Some(key)
}

/// What a fault makes of a request before anything is answered.
pub async fn before_answer(fault: &Fault, wire: Wire, breaker: &Breaker) -> Option<Failure> {
    let mut failure = match fault.kind {
        FaultKind::Refuse => {
            breaker.reset();
            Failure::new(Cause::Internal, "refused")
        }
        FaultKind::Hang => std::future::pending().await,
        FaultKind::Http429 => Failure::new(Cause::RateLimited, "Too many requests, please slow down"),
        FaultKind::Http500 => Failure::new(Cause::Internal, "EngineCore encountered an issue."),
        FaultKind::Http503 => wire.overloaded(),
        FaultKind::Oom => wire.out_of_memory(),
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
