//! What is recorded of a call: who made it, how far it came, how it ended. Never its content.

use std::sync::Arc;

use chrono::{DateTime, Utc};
use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};
use shared::{
    ApiKeyId, Currency, DeploymentId, ModelId, PoolId, PriceId, ProjectId, RouteId, TeamId, TenantId,
    UsageEventId,
};
pub use snapshot::Operation;
use snapshot::{EngineKind, Price, TokenCounts};

use crate::wire;

/// How a call ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum CallStatus {
    Completed,
    /// No answer: every deployment failed, or a fault of ours.
    Error,
    /// The caller left before the end.
    ClientAbort,
    /// The engine broke off after the first token.
    UpstreamAbort,
    /// Refused by us: limits, policy, a bad request.
    Rejected,
    /// The gateway died while the call ran; written by recovery.
    GatewayLost,
}

impl CallStatus {
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Completed => "completed",
            Self::Error => "error",
            Self::ClientAbort => "client_abort",
            Self::UpstreamAbort => "upstream_abort",
            Self::Rejected => "rejected",
            Self::GatewayLost => "gateway_lost",
        }
    }
}

/// The arm of a route that a call took.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct TakenArm {
    pub route_id: RouteId,
    pub version: u32,
    pub arm: String,
}

/// What is known of a call when it is admitted.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct AdmittedCall {
    /// The idempotency key of the call everywhere.
    pub id: UsageEventId,
    pub tenant_id: TenantId,
    pub team_id: Option<TeamId>,
    pub project_id: ProjectId,
    pub cost_centre: Option<String>,
    pub key_id: ApiKeyId,
    /// The caller's own tag of its user (`user` in the body).
    pub end_user: Option<String>,
    /// As the caller wrote it, known or not.
    pub model_asked: String,
    /// The catalog's model of that name. None: there is no such model.
    pub model_id: Option<ModelId>,
    pub operation: Operation,
    pub streamed: bool,
    #[serde(with = "wire::time")]
    pub started_at: DateTime<Utc>,
    pub trace_id: Option<String>,
    /// In force at `started_at`. None: the call costs nothing.
    #[serde(with = "wire::price")]
    pub price: Option<Arc<Price>>,
    /// Of a demo tenant's made-up past.
    pub demo: bool,
    /// Where it went by a route.
    pub taken: Option<TakenArm>,
    /// A copy of a call, made besides: kept apart, never billed, never shown to the tenant.
    pub shadow: bool,
}

/// Who serves a call.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Serving {
    /// The catalog's name of the model that answers: what dashboards group by.
    pub model: String,
    pub deployment_id: DeploymentId,
    pub pool_id: PoolId,
    pub region: Option<String>,
    pub engine: EngineKind,
}

/// One call, whatever its end: a row of `usage_events`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct UsageEvent {
    pub id: UsageEventId,
    pub tenant_id: TenantId,
    #[serde(with = "wire::time")]
    pub started_at: DateTime<Utc>,
    pub team_id: Option<TeamId>,
    pub project_id: ProjectId,
    pub cost_centre: Option<String>,
    pub key_id: ApiKeyId,
    pub end_user: Option<String>,
    pub model_asked: String,
    pub model_id: Option<ModelId>,
    /// None: the call reached no engine.
    pub serving: Option<Serving>,
    pub operation: Operation,
    pub streamed: bool,
    pub status: CallStatus,
    /// What the caller saw, or would have: 499 when it left first.
    pub http_status: u16,
    pub error_code: Option<String>,
    pub finish_reason: Option<String>,
    pub tokens: TokenCounts,
    /// Counted by the gateway, since the engine said nothing.
    pub tokens_estimated: bool,
    pub queue_ms: u32,
    pub first_token_ms: Option<u32>,
    pub total_ms: u32,
    /// Requests sent to engines.
    pub tries: u16,
    /// Tries that went to another deployment than the one before.
    pub fallbacks: u16,
    pub price_id: Option<PriceId>,
    pub currency: Option<Currency>,
    /// List amount in the currency's unit.
    #[serde(with = "wire::decimal")]
    pub amount: Decimal,
    pub trace_id: Option<String>,
    pub demo: bool,
    pub taken: Option<TakenArm>,
    pub shadow: bool,
}

impl UsageEvent {
    /// The event of an admitted call that had no tokens, no engine and took no time yet.
    pub fn of(call: &AdmittedCall, status: CallStatus, http_status: u16) -> Self {
        Self {
            id: call.id,
            tenant_id: call.tenant_id,
            started_at: call.started_at,
            team_id: call.team_id,
            project_id: call.project_id,
            cost_centre: call.cost_centre.clone(),
            key_id: call.key_id,
            end_user: call.end_user.clone(),
            model_asked: call.model_asked.clone(),
            model_id: call.model_id,
            serving: None,
            operation: call.operation,
            streamed: call.streamed,
            status,
            http_status,
            error_code: None,
            finish_reason: None,
            tokens: TokenCounts::default(),
            tokens_estimated: false,
            queue_ms: 0,
            first_token_ms: None,
            total_ms: 0,
            tries: 0,
            fallbacks: 0,
            price_id: None,
            currency: None,
            amount: Decimal::ZERO,
            trace_id: call.trace_id.clone(),
            demo: call.demo,
            taken: call.taken.clone(),
            shadow: call.shadow,
        }
    }

    /// Sets the amount that the tokens cost at a price. Call it once the tokens are final. A call without a price,
    /// rejected, or without any token costs nothing; an amount beyond a decimal is left at zero and logged.
    pub fn charge(&mut self, price: Option<&Price>) {
        let Some(price) = price else { return };
        self.price_id = Some(price.id);
        self.currency = Some(price.currency);
        let free = self.status == CallStatus::Rejected || self.tokens == TokenCounts::default();
        self.amount = if free {
            Decimal::ZERO
        } else {
            price.rate(self.tokens).unwrap_or_else(|| {
                tracing::error!(event_id = %self.id, price_id = %price.id, "the amount of a call does not fit a decimal");
                Decimal::ZERO
            })
        };
    }

    /// What dashboards group by: the model that answered, else the known one that was asked for. Names that no
    /// catalog knows are one group, so that a caller can't grow the rollups with invented names.
    pub fn rollup_model(&self) -> &str {
        match (&self.serving, self.model_id) {
            (Some(serving), _) => &serving.model,
            (None, Some(_)) => &self.model_asked,
            (None, None) => "unknown",
        }
    }
}

/// Above any honest value; a record must stay small whatever a caller sends.
const LONGEST_TEXT: usize = 512;

fn clip(text: &mut String) {
    if text.len() > LONGEST_TEXT {
        text.truncate(text.floor_char_boundary(LONGEST_TEXT));
    }
}

impl AdmittedCall {
    /// Cuts texts that are too long to be recorded.
    pub(crate) fn clip(&mut self) {
        clip(&mut self.model_asked);
        [&mut self.cost_centre, &mut self.end_user, &mut self.trace_id].into_iter().flatten().for_each(clip);
    }
}

impl UsageEvent {
    /// Cuts texts that are too long to be recorded.
    pub(crate) fn clip(&mut self) {
        clip(&mut self.model_asked);
        [
            &mut self.cost_centre,
            &mut self.end_user,
            &mut self.error_code,
            &mut self.finish_reason,
            &mut self.trace_id,
        ]
        .into_iter()
        .flatten()
        .for_each(clip);
        if let Some(serving) = &mut self.serving {
            clip(&mut serving.model);
            serving.region.iter_mut().for_each(clip);
        }
        if let Some(taken) = &mut self.taken {
            clip(&mut taken.arm);
        }
    }
}
