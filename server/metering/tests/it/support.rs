//! Calls, events, and what the database holds of them.

use std::{path::Path, sync::Arc, time::Duration};

use metering::{
    AdmittedCall, CallStatus, Meter, Operation, Shipper, ShipperSettings, SpoolSettings, UsageEvent,
};
use rust_decimal::Decimal;
use shared::{ApiKeyId, Clock, Currency, ModelId, PriceId, UsageEventId};
use snapshot::{Price, TokenCounts};
use sqlx::Row;
use testkit::{TenantRows, TestDatabase};
use uuid::Uuid;

pub const PATIENCE: Duration = Duration::from_mins(1);

pub fn open(folder: &Path) -> Meter {
    let settings = SpoolSettings { segment_bytes: 64 * 1024, ..SpoolSettings::default() };
    Meter::open(folder, settings).unwrap().0
}

pub fn start(meter: &Meter, database: &TestDatabase) -> Shipper {
    let settings =
        ShipperSettings { interval: Duration::from_millis(10), batch: 100, ..ShipperSettings::default() };
    Shipper::start(meter, (**database).clone(), settings)
}

/// Ships all that the spool has.
pub async fn drain(shipper: Shipper) {
    tokio::time::timeout(PATIENCE, shipper.drain()).await.expect("the spool is shipped in time");
}

pub fn call(tenant: &TenantRows, key: ApiKeyId) -> AdmittedCall {
    let model_id = ModelId::from_uuid(Uuid::from_u128(9));
    AdmittedCall {
        id: UsageEventId::generate(),
        tenant_id: tenant.id,
        team_id: Some(tenant.team),
        project_id: tenant.project,
        cost_centre: Some("CC-100".to_owned()),
        key_id: key,
        end_user: None,
        model_asked: "llama".to_owned(),
        model_id: Some(model_id),
        operation: Operation::ChatCompletion,
        streamed: true,
        started_at: Clock::system().now(),
        trace_id: None,
        price: Some(Arc::new(Price {
            id: PriceId::from_uuid(Uuid::from_u128(8)),
            model_id,
            valid_from: Clock::system().now(),
            currency: Currency::EUR,
            prompt: "0.0000000125".parse().unwrap(),
            cached_prompt: Decimal::ZERO,
            completion: Decimal::new(2, 6),
            request: Decimal::ZERO,
        })),
        demo: false,
        taken: None,
        shadow: false,
    }
}

/// 100 prompt and 20 completion tokens, 300 ms, the first token after 40: 0.00004125 EUR.
pub fn event(call: &AdmittedCall, status: CallStatus) -> UsageEvent {
    let mut event = UsageEvent::of(call, status, 200);
    event.tokens = TokenCounts { prompt: 100, cached: 0, completion: 20, reasoning: 0 };
    (event.total_ms, event.first_token_ms) = (300, Some(40));
    event.charge(call.price.as_deref());
    event
}

/// Sums of `usage_hourly` over everything.
#[derive(Debug, PartialEq)]
pub struct Sums {
    pub requests: i64,
    pub errors: i64,
    pub prompt_tokens: i64,
    pub amount: Decimal,
    pub latencies: i64,
    pub first_tokens: i64,
}

pub async fn rollups(database: &TestDatabase) -> Sums {
    let statement = "
        select coalesce(sum(requests), 0)::bigint, coalesce(sum(errors), 0)::bigint,
          coalesce(sum(prompt_tokens), 0)::bigint, coalesce(sum(amount), 0),
          coalesce(sum((select sum(n) from unnest(latency_counts) n)), 0)::bigint,
          coalesce(sum((select sum(n) from unnest(first_token_counts) n)), 0)::bigint
        from usage_hourly";
    let row = sqlx::query(statement).fetch_one(&mut database.superuser().await).await.unwrap();
    Sums {
        requests: row.get(0),
        errors: row.get(1),
        prompt_tokens: row.get(2),
        amount: row.get(3),
        latencies: row.get(4),
        first_tokens: row.get(5),
    }
}

pub async fn count(database: &TestDatabase, statement: &'static str) -> i64 {
    sqlx::query_scalar(statement).fetch_one(&mut database.superuser().await).await.unwrap()
}

pub async fn stored(database: &TestDatabase) -> i64 {
    count(database, "select count(*) from usage_events").await
}
