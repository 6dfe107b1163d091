use metering::{CallStatus, UsageEvent};
use shared::ApiKeyId;

use crate::support::{call, count, drain, event, open, rollups, start, stored};

#[tokio::test]
async fn what_can_t_be_stored_goes_into_quarantine_and_blocks_nobody() {
    let (database, place) = (testkit::database().await, tempfile::tempdir().unwrap());
    let tenant = testkit::tenant(&database, "acme").await;
    let meter = open(place.path());
    let good = || event(&call(&tenant, ApiKeyId::generate()), CallStatus::Completed);
    // Before PostgreSQL's calendar.
    let ancient = UsageEvent { started_at: "-100000-01-01T00:00:00Z".parse().unwrap(), ..good() };
    let mut greedy = good();
    greedy.tokens.prompt = u64::MAX;
    let mut negative = good();
    negative.amount.set_sign_negative(true);
    let strange = [ancient.id, greedy.id, negative.id];
    let events = (0..20).map(|_| good()).chain([ancient]).chain((0..9).map(|_| good())).chain([
        greedy,
        negative,
        good(),
    ]);
    for event in events {
        meter.append(event).unwrap().await.unwrap();
    }
    drain(start(&meter, &database)).await;
    assert_eq!(stored(&database).await, 30);
    assert_eq!(rollups(&database).await.requests, 30);
    let mut kept: Vec<uuid::Uuid> = sqlx::query_scalar("select id from usage_quarantine")
        .fetch_all(&mut database.superuser().await)
        .await
        .unwrap();
    kept.sort_unstable();
    assert_eq!(kept, strange.map(|id| id.uuid()));
    let reasons = "select count(*) from usage_quarantine where reason = '' or record->>'id' is null";
    assert_eq!(count(&database, reasons).await, 0);
}

#[tokio::test]
async fn a_nul_in_a_callers_text_evades_no_bill() {
    let (database, place) = (testkit::database().await, tempfile::tempdir().unwrap());
    let tenant = testkit::tenant(&database, "acme").await;
    let meter = open(place.path());
    let mut call = call(&tenant, ApiKeyId::generate());
    call.end_user = Some("ann\0".to_owned());
    (call.model_asked, call.model_id) = ("no\0such".to_owned(), None);
    meter.append(event(&call, CallStatus::Rejected)).unwrap().await.unwrap();
    drain(start(&meter, &database)).await;
    let shown = "select count(*) from usage_events where end_user = 'ann' || chr(65533)";
    assert_eq!(count(&database, shown).await, 1);
    assert_eq!(count(&database, "select count(*) from usage_hourly where model = 'unknown'").await, 1);
}

#[tokio::test]
async fn damage_in_the_spool_is_kept_for_people_and_the_rest_is_shipped() {
    use std::os::unix::fs::FileExt;

    let (database, place) = (testkit::database().await, tempfile::tempdir().unwrap());
    let tenant = testkit::tenant(&database, "acme").await;
    let meter = open(place.path());
    for _ in 0..10 {
        let call = call(&tenant, ApiKeyId::generate());
        meter.append(event(&call, CallStatus::Completed)).unwrap().await.unwrap();
    }
    drop(meter);
    let segment = std::fs::read_dir(place.path())
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .find(|path| path.extension().is_some_and(|kind| kind == "spool"))
        .unwrap();
    let file = std::fs::OpenOptions::new().write(true).open(&segment).unwrap();
    file.write_all_at(&[0; 20], file.metadata().unwrap().len() / 2).unwrap();

    drain(start(&open(place.path()), &database)).await;
    assert_eq!(stored(&database).await, 9);
    assert_eq!(count(&database, "select count(*) from usage_quarantine where record->>'hex' <> ''").await, 1);
}
