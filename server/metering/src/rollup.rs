//! Hourly sums of events, as rows of `usage_hourly`.

use std::collections::BTreeMap;

use chrono::{DateTime, Utc};
use rust_decimal::Decimal;
use shared::{ApiKeyId, Currency, ProjectId, RouteId, TeamId, TenantId};

use crate::{
    event::{CallStatus, UsageEvent},
    latency::{LATENCY_BUCKETS, latency_bucket},
};

/// ISO 4217's code for what involves no currency: calls without a price.
const NO_CURRENCY: &str = "XXX";

/// What a row sums up. Ordered, so that every shipper locks rows in the same order.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct RollupKey<'a> {
    pub(crate) tenant_id: TenantId,
    /// The hour in which the calls began.
    pub(crate) hour: DateTime<Utc>,
    pub(crate) project_id: ProjectId,
    pub(crate) key_id: ApiKeyId,
    pub(crate) model: &'a str,
    currency: Option<Currency>,
    pub(crate) demo: bool,
}

impl RollupKey<'_> {
    pub(crate) fn currency(&self) -> &str {
        self.currency.as_ref().map_or(NO_CURRENCY, Currency::as_str)
    }
}

/// What is added to a row.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Rollup {
    pub(crate) team_id: Option<TeamId>,
    pub(crate) requests: i64,
    /// Calls that we or an engine failed: `error`, `upstream_abort`, `gateway_lost`.
    pub(crate) errors: i64,
    pub(crate) rejected: i64,
    pub(crate) aborted: i64,
    pub(crate) prompt_tokens: i64,
    pub(crate) cached_tokens: i64,
    pub(crate) completion_tokens: i64,
    pub(crate) reasoning_tokens: i64,
    pub(crate) amount: Decimal,
    /// Of answered calls: rejections are quick and lost calls have no end, so neither tells a latency.
    pub(crate) latency: [i64; LATENCY_BUCKETS],
    pub(crate) first_token: [i64; LATENCY_BUCKETS],
}

impl Rollup {
    fn new(team_id: Option<TeamId>) -> Self {
        Self {
            team_id,
            requests: 0,
            errors: 0,
            rejected: 0,
            aborted: 0,
            prompt_tokens: 0,
            cached_tokens: 0,
            completion_tokens: 0,
            reasoning_tokens: 0,
            amount: Decimal::ZERO,
            latency: [0; LATENCY_BUCKETS],
            first_token: [0; LATENCY_BUCKETS],
        }
    }

    /// The event's numbers were checked to be plausible, so no sum of a batch overflows.
    fn add(&mut self, event: &UsageEvent) {
        self.team_id = event.team_id;
        self.requests += 1;
        match event.status {
            CallStatus::Completed => {}
            CallStatus::Error | CallStatus::UpstreamAbort | CallStatus::GatewayLost => self.errors += 1,
            CallStatus::Rejected => self.rejected += 1,
            CallStatus::ClientAbort => self.aborted += 1,
        }
        self.prompt_tokens += event.tokens.prompt as i64;
        self.cached_tokens += event.tokens.cached as i64;
        self.completion_tokens += event.tokens.completion as i64;
        self.reasoning_tokens += event.tokens.reasoning as i64;
        self.amount += stored_amount(event);
        if !matches!(event.status, CallStatus::Rejected | CallStatus::GatewayLost) {
            self.latency[latency_bucket(event.total_ms)] += 1;
        }
        if let Some(ms) = event.first_token_ms {
            self.first_token[latency_bucket(ms)] += 1;
        }
    }
}

/// The amount as the columns hold it, so that the sum of the rows is the sum of the events.
pub(crate) fn stored_amount(event: &UsageEvent) -> Decimal {
    event.amount.round_dp(18)
}

/// Sums events up by what a row is about.
pub(crate) fn aggregate<'a>(
    events: impl IntoIterator<Item = &'a UsageEvent>,
) -> BTreeMap<RollupKey<'a>, Rollup> {
    let mut rows = BTreeMap::new();
    for event in events {
        let key = RollupKey {
            tenant_id: event.tenant_id,
            hour: hour_of(event.started_at),
            project_id: event.project_id,
            key_id: event.key_id,
            model: event.rollup_model(),
            currency: event.currency,
            demo: event.demo,
        };
        rows.entry(key).or_insert_with(|| Rollup::new(event.team_id)).add(event);
    }
    rows
}

/// What a row of `route_arm_hourly` sums up.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct ArmKey<'a> {
    pub(crate) tenant_id: TenantId,
    pub(crate) hour: DateTime<Utc>,
    pub(crate) route_id: RouteId,
    pub(crate) version: u32,
    pub(crate) arm: &'a str,
    currency: Option<Currency>,
    pub(crate) demo: bool,
}

impl ArmKey<'_> {
    pub(crate) fn currency(&self) -> &str {
        self.currency.as_ref().map_or(NO_CURRENCY, Currency::as_str)
    }
}

/// What is added to a row of `route_arm_hourly`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct ArmRollup<'a> {
    pub(crate) sums: Rollup,
    /// Calls by reason.
    pub(crate) finish_reasons: BTreeMap<&'a str, i64>,
}

/// Sums up those that went by a route.
pub(crate) fn by_arm<'a>(
    events: impl IntoIterator<Item = &'a UsageEvent>,
) -> BTreeMap<ArmKey<'a>, ArmRollup<'a>> {
    let mut rows = BTreeMap::new();
    for event in events {
        let Some(taken) = &event.taken else { continue };
        let key = ArmKey {
            tenant_id: event.tenant_id,
            hour: hour_of(event.started_at),
            route_id: taken.route_id,
            version: taken.version,
            arm: &taken.arm,
            currency: event.currency,
            demo: event.demo,
        };
        let new = || ArmRollup { sums: Rollup::new(event.team_id), finish_reasons: BTreeMap::new() };
        let row: &mut ArmRollup<'_> = rows.entry(key).or_insert_with(new);
        row.sums.add(event);
        if let Some(reason) = &event.finish_reason {
            *row.finish_reasons.entry(reason).or_default() += 1;
        }
    }
    rows
}

fn hour_of(at: DateTime<Utc>) -> DateTime<Utc> {
    let seconds = at.timestamp();
    DateTime::from_timestamp(seconds - seconds.rem_euclid(3600), 0).unwrap_or(at)
}
