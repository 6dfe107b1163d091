use metering::{CallStatus, LATENCY_BUCKETS, latency_bucket};
use rust_decimal::Decimal;
use shared::ApiKeyId;
use sqlx::Row;

use crate::support::{Sums, call, count, drain, event, open, rollups, start, stored};

#[tokio::test]
async fn an_event_is_stored_and_summed_up_with_every_column() {
    let (database, place) = (testkit::database().await, tempfile::tempdir().unwrap());
    let tenant = testkit::tenant(&database, "acme").await;
    let meter = open(place.path());
    let shipper = start(&meter, &database);
    let key = ApiKeyId::generate();
    for status in [CallStatus::Completed, CallStatus::Error, CallStatus::Rejected] {
        let record = meter.begin(call(&tenant, key)).unwrap();
        let event = event(record.call(), status);
        record.finish(event).await.unwrap();
    }
    drain(shipper).await;

    let mut superuser = database.superuser().await;
    let row =
        sqlx::query("select * from usage_events where status = 'completed'").fetch_one(&mut superuser).await;
    let row = row.unwrap();
    assert_eq!(row.get::<uuid::Uuid, _>("tenant_id"), tenant.id.uuid());
    assert_eq!(row.get::<String, _>("operation"), "chat_completion");
    assert_eq!(row.get::<Decimal, _>("amount"), "0.00004125".parse().unwrap());
    assert_eq!(row.get::<Option<String>, _>("currency").as_deref(), Some("EUR"));
    assert_eq!(row.get::<Option<i32>, _>("first_token_ms"), Some(40));

    let row = sqlx::query("select * from usage_hourly").fetch_all(&mut superuser).await.unwrap();
    assert_eq!(row.len(), 1, "one tenant, hour, project, key, model and currency");
    let of = |name: &str| row[0].get::<i64, _>(name);
    assert_eq!((of("requests"), of("errors"), of("rejected"), of("aborted")), (3, 1, 1, 0));
    let latency: Vec<i64> = row[0].get("latency_counts");
    assert_eq!(latency.len(), LATENCY_BUCKETS);
    assert_eq!(latency[latency_bucket(300)], 2, "a rejection tells no latency");
}

#[tokio::test]
async fn what_is_delivered_twice_counts_once() {
    let (database, place) = (testkit::database().await, tempfile::tempdir().unwrap());
    let tenant = testkit::tenant(&database, "acme").await;
    let keys = [ApiKeyId::generate(), ApiKeyId::generate()];
    let meter = open(place.path());
    for n in 0..250 {
        meter.append(event(&call(&tenant, keys[n % 2]), CallStatus::Completed)).unwrap().await.unwrap();
    }
    drain(start(&meter, &database)).await;
    let once = rollups(&database).await;
    let amount = Decimal::from(250) * "0.00004125".parse::<Decimal>().unwrap();
    let expected =
        Sums { requests: 250, errors: 0, prompt_tokens: 25_000, amount, latencies: 250, first_tokens: 250 };
    assert_eq!(once, expected);
    drop(meter);

    // The acknowledgement is lost, as after a crash behind the commit: everything is shipped again, with some new.
    std::fs::remove_file(place.path().join("ack")).unwrap();
    let meter = open(place.path());
    meter.append(event(&call(&tenant, keys[0]), CallStatus::Error)).unwrap().await.unwrap();
    drain(start(&meter, &database)).await;
    assert_eq!(stored(&database).await, 251);
    let twice = rollups(&database).await;
    assert_eq!((twice.requests, twice.errors, twice.prompt_tokens), (251, 1, 25_100));
}

#[tokio::test]
async fn events_outlast_a_database_that_stops_and_starts() {
    let (database, place) = (testkit::database().await, tempfile::tempdir().unwrap());
    let tenant = testkit::tenant(&database, "acme").await;
    let key = ApiKeyId::generate();
    let meter = open(place.path());
    let shipper = start(&meter, &database);
    for round in 0..3 {
        for n in 0..200 {
            let record = meter.begin(call(&tenant, key)).unwrap();
            let event = event(record.call(), CallStatus::Completed);
            record.finish(event).await.unwrap();
            if n == 60 + 40 * round {
                database.cluster().kill();
            }
        }
        database.cluster().restart().unwrap();
    }
    drain(shipper).await;
    assert_eq!(stored(&database).await, 600);
    assert_eq!(rollups(&database).await.requests, 600);
    drop(meter);
    assert_eq!(std::fs::read_dir(place.path()).unwrap().count(), 3, "lock, ack and one segment stay");
}

#[tokio::test]
async fn two_replicas_grow_the_same_rows() {
    let database = testkit::database().await;
    let tenant = testkit::tenant(&database, "acme").await;
    let keys: Vec<_> = (0..5).map(|_| ApiKeyId::generate()).collect();
    let places = [tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap()];
    let meters = places.each_ref().map(|place| open(place.path()));
    let shippers = meters.each_ref().map(|meter| start(meter, &database));
    let mut ends = Vec::new();
    for n in 0..300 {
        for meter in &meters {
            ends.push(meter.append(event(&call(&tenant, keys[n % 5]), CallStatus::Completed)).unwrap());
        }
        tokio::task::yield_now().await;
    }
    // What is not on disk yet is not shipped.
    for end in ends {
        end.await.unwrap();
    }
    for shipper in shippers {
        drain(shipper).await;
    }
    assert_eq!(stored(&database).await, 600);
    assert_eq!(rollups(&database).await.requests, 600);
}

#[tokio::test]
async fn a_key_s_last_use_is_noted_at_most_once_a_minute() {
    let (database, place) = (testkit::database().await, tempfile::tempdir().unwrap());
    let tenant = testkit::tenant(&database, "acme").await;
    let key = ApiKeyId::generate();
    sqlx::query(
        "insert into api_keys (tenant_id, id, project_id, name, created_by, created_at, display_prefix, last_four)
         values ($1, $2, $3, 'Key', 'ann', now(), 'sy_live_abcd', 'wxyz')",
    )
    .bind(tenant.id.uuid())
    .bind(key.uuid())
    .bind(tenant.project.uuid())
    .execute(&mut database.superuser().await)
    .await
    .unwrap();
    let meter = open(place.path());
    let first = call(&tenant, key);
    let mut soon = call(&tenant, key);
    soon.started_at = first.started_at + chrono::TimeDelta::seconds(30);
    let mut later = call(&tenant, key);
    later.started_at = first.started_at + chrono::TimeDelta::seconds(90);
    let mut noted = Vec::new();
    for call in [&first, &soon, &later] {
        meter.append(event(call, CallStatus::Completed)).unwrap().await.unwrap();
        drain(start(&meter, &database)).await;
        let statement = "select last_used_at from api_keys";
        let at: chrono::DateTime<chrono::Utc> =
            sqlx::query_scalar(statement).fetch_one(&mut database.superuser().await).await.unwrap();
        noted.push((at - first.started_at).as_seconds_f64().round() as i64);
    }
    assert_eq!(noted, [0, 0, 90]);
}

#[tokio::test]
async fn a_month_gets_its_partition_and_a_wrong_clock_the_default_one() {
    let (database, place) = (testkit::database().await, tempfile::tempdir().unwrap());
    let tenant = testkit::tenant(&database, "acme").await;
    let meter = open(place.path());
    let now = call(&tenant, ApiKeyId::generate());
    let mut late = call(&tenant, now.key_id);
    late.started_at = now.started_at - chrono::Months::new(7);
    let mut wrong = call(&tenant, now.key_id);
    wrong.started_at = now.started_at + chrono::Months::new(500);
    for call in [&now, &late, &wrong] {
        meter.append(event(call, CallStatus::Completed)).unwrap().await.unwrap();
    }
    drain(start(&meter, &database)).await;
    assert_eq!(stored(&database).await, 3);
    assert_eq!(count(&database, "select count(*) from usage_events_default").await, 1);
}

#[tokio::test]
async fn made_up_usage_is_marked_and_written_once() {
    let database = testkit::database().await;
    let tenant = testkit::tenant(&database, "acme").await;
    let mut calls: Vec<_> = (0..40).map(|_| call(&tenant, ApiKeyId::generate())).collect();
    for (hours, call) in calls.iter_mut().enumerate() {
        call.started_at -= chrono::TimeDelta::hours(hours as i64 * 30);
    }
    let events: Vec<_> = calls.iter().map(|call| event(call, CallStatus::Completed)).collect();
    assert_eq!(metering::insert_demo_events(&database, &events).await.unwrap(), 40);
    assert_eq!(metering::insert_demo_events(&database, &events).await.unwrap(), 0);
    assert_eq!(rollups(&database).await.requests, 40);
    assert_eq!(count(&database, "select count(*) from usage_hourly where not demo").await, 0);
    assert_eq!(count(&database, "select count(*) from usage_events_default").await, 0);
}
