//! Usage reports against the events that they were made of.

use chrono::{DateTime, TimeDelta, Utc};
use http::{Method, StatusCode};
use metering::{AdmittedCall, CallStatus, Operation, UsageEvent};
use rust_decimal::Decimal;
use serde_json::Value;
use shared::{ApiKeyId, Clock, Currency, Role, UsageEventId};
use snapshot::TokenCounts;

use crate::world::{Actor, World};

const VIEWER: Actor = Actor::Member(Role::Viewer);

fn event(
    world: &World,
    at: DateTime<Utc>,
    model: &str,
    tokens: u64,
    amount: &str,
    status: CallStatus,
) -> UsageEvent {
    let call = AdmittedCall {
        id: UsageEventId::generate(),
        tenant_id: world.id("tenant_id"),
        team_id: None,
        project_id: world.id("default_project_id"),
        cost_centre: None,
        key_id: world.id("key_id"),
        end_user: None,
        model_asked: model.to_owned(),
        model_id: Some(world.id("model_id")),
        operation: Operation::ChatCompletion,
        streamed: false,
        started_at: at,
        trace_id: None,
        price: None,
        demo: false,
        taken: None,
        shadow: false,
    };
    let mut event = UsageEvent::of(&call, status, 200);
    event.tokens = TokenCounts { prompt: tokens, cached: 0, completion: 1, reasoning: 0 };
    event.amount = amount.parse().unwrap();
    event.currency = Some(Currency::USD);
    event.total_ms = 100;
    event
}

async fn with_usage() -> (World, DateTime<Utc>) {
    let world = World::new().await;
    let now = Clock::system().now();
    let ago = |hours| now - TimeDelta::hours(hours);
    let events = vec![
        event(&world, ago(1), "sim-8b", 10, "0.0000000125", CallStatus::Completed),
        event(&world, ago(1), "sim-8b", 20, "0.0000000125", CallStatus::Completed),
        event(&world, ago(26), "other", 40, "0.5", CallStatus::Error),
        // In the week before the one that is asked for.
        event(&world, ago(24 * 9), "sim-8b", 1000, "7", CallStatus::Completed),
    ];
    metering::insert_demo_events(&world.database(), &events).await.unwrap();
    (world, now)
}

async fn report(world: &World, query: &str) -> Value {
    let (status, report) =
        world.send(VIEWER, Method::GET, &format!("/tenants/{{tenant_id}}/usage{query}"), None).await;
    assert_eq!(status, StatusCode::OK, "{report}");
    report
}

#[tokio::test]
async fn a_report_adds_up_to_the_last_digit() {
    let (world, _) = with_usage().await;
    let report = report(&world, "").await;
    let totals = &report["totals"];
    assert_eq!(
        (&totals["requests"], &totals["errors"], &totals["prompt_tokens"]),
        (&3.into(), &1.into(), &70.into())
    );
    assert_eq!(totals["amount"], "0.500000025");
    assert_eq!(report["previous"]["amount"], "7");
    let series = report["series"].as_array().unwrap();
    let sum: Decimal =
        series.iter().map(|b| b["totals"]["amount"].as_str().unwrap().parse::<Decimal>().unwrap()).sum();
    assert_eq!(sum.to_string(), "0.500000025");
    assert_eq!(series.len(), 8, "a week by the day, days without calls included");
    assert_eq!(report["groups"][0]["id"], "other", "dearest first");
    assert!(totals["latency_p95_ms"].as_u64().is_some_and(|ms| (70..=100).contains(&ms)), "{totals}");
}

#[tokio::test]
async fn filters_and_groups_narrow_the_same_sums() {
    let (world, _) = with_usage().await;
    assert_eq!(report(&world, "?model=sim-8b").await["totals"]["prompt_tokens"], 30);
    let by_key = report(&world, "?group_by=key").await;
    assert_eq!(
        (&by_key["groups"][0]["name"], &by_key["groups"][0]["totals"]["requests"]),
        (&"first".into(), &3.into())
    );
    let other = ApiKeyId::generate();
    assert_eq!(report(&world, &format!("?key_id={other}")).await["totals"]["requests"], 0);
}

#[tokio::test]
async fn the_export_has_the_same_numbers() {
    let (world, _) = with_usage().await;
    let text = world.text(VIEWER, "/tenants/{tenant_id}/usage.csv?bucket=hour").await;
    let mut lines = text.lines();
    assert!(lines.next().unwrap().starts_with("start,project,cost_centre,key,model,requests"));
    let rows: Vec<_> = lines.collect();
    assert_eq!(rows.len(), 2, "{text}");
    assert!(
        rows.iter().any(|row| row.contains(",sim-8b,2,0,30,") && row.contains("0.000000025,USD")),
        "{text}"
    );
}

#[tokio::test]
async fn a_question_that_cannot_be_answered_is_refused_by_field() {
    let world = World::new().await;
    for (query, says) in [
        ("?bucket=minute", "bucket"),
        ("?from=2020-01-01T00:00:00Z&bucket=hour", "at most 1000"),
        ("?from=2026-02-01T00:00:00Z&to=2026-01-01T00:00:00Z", "before `to`"),
        ("?project_id=acme", "proj_"),
        ("?colour=red", "colour"),
    ] {
        let path = format!("/tenants/{{tenant_id}}/usage{query}");
        let (status, problem) = world.send(VIEWER, Method::GET, &path, None).await;
        assert_eq!(status, StatusCode::BAD_REQUEST, "{query}: {problem}");
        assert!(problem["detail"].as_str().unwrap().contains(says), "{query}: {problem}");
    }
}

#[tokio::test]
async fn calls_are_listed_newest_first_page_by_page() {
    let (world, _) = with_usage().await;
    let first = world.send(VIEWER, Method::GET, "/tenants/{tenant_id}/usage/calls?limit=3", None).await.1;
    assert_eq!((first["data"].as_array().unwrap().len(), &first["has_more"]), (3, &true.into()));
    let next = first["next"].as_str().unwrap();
    let path = format!("/tenants/{{tenant_id}}/usage/calls?limit=3&after={next}");
    let second = world.send(VIEWER, Method::GET, &path, None).await.1;
    assert_eq!((second["data"].as_array().unwrap().len(), &second["has_more"]), (1, &false.into()));
    assert_eq!(second["data"][0]["amount"], "7");
}
