//! Usage by a route's arm, and copies of calls kept apart.

use metering::{CallStatus, TakenArm, UsageEvent};
use serde_json::{Value, json};
use shared::{ApiKeyId, RouteId, UsageEventId};
use sqlx::Row;
use uuid::Uuid;

use crate::support::{call, count, drain, event, open, rollups, start, stored};

fn taken(arm: &str) -> TakenArm {
    TakenArm { route_id: RouteId::from_uuid(Uuid::from_u128(5)), version: 3, arm: arm.to_owned() }
}

#[tokio::test]
async fn what_an_arm_did_is_summed_by_the_hour_and_stored_twice_counts_once() {
    let (database, folder) = (testkit::database().await, tempfile::tempdir().unwrap());
    let (tenant, key) = (testkit::tenant(&database, "acme").await, ApiKeyId::generate());
    let meter = open(folder.path());
    for (number, arm) in ["stable", "stable", "canary"].into_iter().enumerate() {
        let mut call = call(&tenant, key);
        call.taken = Some(taken(arm));
        let status = if number == 1 { CallStatus::Error } else { CallStatus::Completed };
        let reason = Some(if number == 2 { "length" } else { "stop" }.to_owned());
        let event = UsageEvent { finish_reason: reason, ..event(&call, status) };
        meter.append(event.clone()).unwrap().await.unwrap();
        meter.append(event).unwrap().await.unwrap();
    }
    drain(start(&meter, &database)).await;
    let statement = "
        select jsonb_build_object('arm', arm, 'requests', requests, 'errors', errors, 'tokens', completion_tokens,
          'first_tokens', (select sum(n) from unnest(first_token_counts) n), 'reasons', finish_reasons)
        from route_arm_hourly where version = 3 order by arm";
    let rows = sqlx::query(statement).fetch_all(&mut database.superuser().await).await.unwrap();
    let told: Vec<Value> = rows.iter().map(|row| row.get(0)).collect();
    let arm = |arm: &str, requests: u32, errors: u32, tokens: u32, reasons: Value| {
        json!({"arm": arm, "requests": requests, "errors": errors, "tokens": tokens, "first_tokens": requests,
            "reasons": reasons})
    };
    let expected =
        [arm("canary", 1, 0, 20, json!({"length": 1})), arm("stable", 2, 1, 40, json!({"stop": 2}))];
    assert_eq!(told, expected);
    assert_eq!(
        count(&database, "select count(*) from usage_events where arm = 'stable' and route_version = 3")
            .await,
        2
    );
}

#[tokio::test]
async fn a_shadow_is_in_no_table_that_a_tenant_sees_or_pays() {
    let (database, folder) = (testkit::database().await, tempfile::tempdir().unwrap());
    let (tenant, key) = (testkit::tenant(&database, "acme").await, ApiKeyId::generate());
    let meter = open(folder.path());
    let mut call = call(&tenant, key);
    (call.taken, call.shadow) = (Some(taken("stable")), true);
    // One that was served, and one that was cut off.
    meter.append(event(&call, CallStatus::Completed)).unwrap().await.unwrap();
    call.id = UsageEventId::generate();
    let record = meter.begin(call).unwrap();
    let cut_off = record.event(CallStatus::ClientAbort, 499);
    record.finish(cut_off).await.unwrap();
    drain(start(&meter, &database)).await;
    assert_eq!(count(&database, "select count(*) from shadow_events").await, 2);
    assert_eq!(stored(&database).await, 0);
    assert_eq!(rollups(&database).await.requests, 0);
    assert_eq!(count(&database, "select count(*) from route_arm_hourly").await, 0);
}
