use chrono::TimeDelta;
use serde_json::json;

use crate::{
    app::{App, line},
    runner::TestRunner,
};

#[tokio::test]
async fn a_cancelled_batch_keeps_what_was_done() {
    let app = App::new().await;
    let (_, caller) = app.tenant("acme").await;
    let lines: Vec<_> = (0..100).map(|n| line(&format!("line-{n:03}"), "m")).collect();
    let id = app.batch(caller, &lines).await;
    let runner = TestRunner::letting(20);
    let _worker = app.worker(runner.clone());
    app.until(caller, &id, |batch| batch["request_counts"]["completed"] == 20).await;
    let asked = app.post(caller, &format!("/batches/{id}/cancel"), json!({})).await.expect(200);
    assert_eq!(asked["status"], "cancelling");
    assert!(asked["cancelling_at"].is_i64() && asked.get("cancelled_at").is_none(), "{asked}");
    assert!(asked.get("output_file_id").is_none(), "{asked}");
    // Asking twice is as good as once.
    app.post(caller, &format!("/batches/{id}/cancel"), json!({})).await.expect(200);
    runner.gate.add_permits(1000);
    let batch = app.until_status(caller, &id, "cancelled").await;
    let completed = batch["request_counts"]["completed"].as_u64().unwrap();
    // Calls under way came to their end; the worker looks twice a second.
    assert!((20..100).contains(&completed), "{batch}");
    let output = app.results(caller, &batch["output_file_id"]).await;
    assert_eq!(output.len() as u64, completed);
    assert_eq!(batch["request_counts"]["total"], 100);
    assert!(batch["cancelled_at"].is_i64() && batch.get("error_file_id").is_none(), "{batch}");
    app.post(caller, &format!("/batches/{id}/cancel"), json!({})).await.expect(409);
}

#[tokio::test]
async fn a_batch_that_nobody_began_can_be_cancelled() {
    let app = App::new().await;
    let (_, caller) = app.tenant("acme").await;
    let id = app.batch(caller, &[line("a", "m")]).await;
    app.post(caller, &format!("/batches/{id}/cancel"), json!({})).await.expect(200);
    let runner = TestRunner::open();
    let _worker = app.worker(runner.clone());
    let batch = app.until_status(caller, &id, "cancelled").await;
    assert!(runner.names().is_empty());
    assert!(batch.get("output_file_id").is_none() && batch.get("error_file_id").is_none(), "{batch}");
}

#[tokio::test]
async fn after_24_hours_what_is_not_done_is_told_as_expired() {
    let app = App::new().await;
    let (_, caller) = app.tenant("acme").await;
    let lines: Vec<_> = (0..50).map(|n| line(&format!("line-{n:02}"), "m")).collect();
    let id = app.batch(caller, &lines).await;
    let runner = TestRunner::letting(20);
    let _worker = app.worker(runner.clone());
    app.until(caller, &id, |batch| batch["request_counts"]["completed"] == 20).await;
    app.wind(TimeDelta::hours(24));
    // The calls under way hold the end up until they have theirs.
    let under_way = runner.names().len();
    tokio::time::timeout(std::time::Duration::from_secs(2), app.until_status(caller, &id, "expired"))
        .await
        .expect_err("calls are still under way");
    runner.gate.add_permits(1000);
    let batch = app.until_status(caller, &id, "expired").await;
    assert_eq!(
        batch["request_counts"],
        json!({"total": 50, "completed": under_way, "failed": 50 - under_way})
    );
    assert!(batch["expired_at"].is_i64(), "{batch}");
    let output = app.results(caller, &batch["output_file_id"]).await;
    assert_eq!(output.len(), under_way);
    let errors = app.results(caller, &batch["error_file_id"]).await;
    assert_eq!(errors.len(), 50 - under_way);
    assert!(errors.iter().all(|error| error["error"]["code"] == "batch_expired"), "{errors:?}");
    assert_eq!(runner.names().len(), under_way, "nothing is called after the end");
}

#[tokio::test]
async fn one_tenants_batches_do_not_keep_anothers_waiting() {
    let app = App::new().await;
    let (_, acme) = app.tenant("acme").await;
    let (_, globex) = app.tenant("globex").await;
    let mut theirs = Vec::new();
    for n in 0..6 {
        theirs.push(app.batch(acme, &[line(&format!("slow-{n}"), "m")]).await);
    }
    let runner = TestRunner::letting(0);
    let _worker = app.worker(runner.clone());
    for id in &theirs[..2] {
        app.until_status(acme, id, "in_progress").await;
    }
    let id = app.batch(globex, &[line("quick", "m")]).await;
    app.until_status(globex, &id, "in_progress").await;
    let waiting = app.get(acme, &format!("/batches/{}", theirs[5])).await.expect(200);
    assert_eq!(waiting["status"], "validating", "half of the places at most are one tenant's");
    runner.gate.add_permits(1000);
    for id in &theirs {
        app.until_status(acme, id, "completed").await;
    }
    app.until_status(globex, &id, "completed").await;
}
