use std::collections::HashSet;

use chrono::TimeDelta;
use serde_json::{Value, json};

use crate::{
    app::{App, line},
    runner::TestRunner,
};

async fn finished(app: &App) -> HashSet<String> {
    let names: Vec<String> = sqlx::query_scalar(
        "select result::jsonb ->> 'custom_id' from batch_results where result is not null",
    )
    .fetch_all(&mut app.db.superuser().await)
    .await
    .unwrap();
    names.into_iter().collect()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn after_a_kill_midway_another_worker_goes_on_and_no_finished_line_is_called_again() {
    let app = App::new().await;
    let (_, caller) = app.tenant("acme").await;
    let lines: Vec<_> = (0..100).map(|n| line(&format!("line-{n:03}"), "m")).collect();
    let id = app.batch(caller, &lines).await;
    let first = TestRunner::letting(40);
    let worker = app.worker(first.clone());
    app.until(caller, &id, |batch| batch["request_counts"]["completed"] == 40).await;
    drop(worker);
    let done = finished(&app).await;
    assert_eq!(done.len(), 40);

    // Its lease still holds: nobody else touches the batch.
    let second = TestRunner::open();
    let _worker = app.worker(second.clone());
    app.wind(TimeDelta::seconds(61));
    let batch = app.until_status(caller, &id, "completed").await;
    assert_eq!(batch["request_counts"], json!({"total": 100, "completed": 100, "failed": 0}));
    let output = app.results(caller, &batch["output_file_id"]).await;
    let names: Vec<_> = output.iter().map(|result| result["custom_id"].as_str().unwrap()).collect();
    assert!(names.is_sorted() && names.iter().collect::<HashSet<_>>().len() == 100, "{names:?}");

    let again: HashSet<String> = second.names().into_iter().collect();
    assert!(again.is_disjoint(&done), "finished lines were called again");
    assert_eq!(again.len(), 60);
    let cut_off: Vec<_> = first.names().into_iter().filter(|name| !done.contains(name)).collect();
    assert!(!cut_off.is_empty(), "calls were under way when the worker died");
    for name in cut_off {
        assert_eq!(first.work_of(&name), second.work_of(&name), "a line is the same work in whoever's hands");
    }
}

#[tokio::test]
async fn a_worker_that_is_told_to_stop_hands_its_batch_over_at_once() {
    let app = App::new().await;
    let (_, caller) = app.tenant("acme").await;
    let lines: Vec<_> = (0..30).map(|n| line(&format!("line-{n:02}"), "m")).collect();
    let id = app.batch(caller, &lines).await;
    let first = TestRunner::letting(10);
    let mut worker = app.worker(first.clone());
    app.until(caller, &id, |batch| batch["request_counts"]["completed"] == 10).await;
    worker.stop.cancel();
    // The calls under way come to their end.
    first.gate.add_permits(100);
    (&mut worker.task).await.unwrap();
    let second = TestRunner::open();
    let _worker = app.worker(second.clone());
    app.until_status(caller, &id, "completed").await;
    let (before, after) = (first.names().len(), second.names().len());
    assert_eq!(before + after, 30, "no line is called twice: {before} and {after}");
}

#[tokio::test]
async fn a_worker_that_lost_its_batch_writes_nothing_more() {
    let app = App::new().await;
    let (tenant, caller) = app.tenant("acme").await;
    let id = app.batch(caller, &[line("a", "m"), line("b", "m")]).await;
    let slow = TestRunner::letting(0);
    let _slow_worker = app.worker(slow.clone());
    app.until_status(caller, &id, "in_progress").await;
    // As if it had been silent for a minute and another had taken over.
    sqlx::query("update batches set locked_by = 'another', locked_until = $2 where tenant_id = $1")
        .bind(tenant.id.uuid())
        .bind(app.now() + TimeDelta::seconds(60))
        .execute(&mut app.db.superuser().await)
        .await
        .unwrap();
    slow.gate.add_permits(100);
    app.wind(TimeDelta::seconds(61));
    let second = TestRunner::open();
    let batch = {
        let _worker = app.worker(second.clone());
        app.until_status(caller, &id, "completed").await
    };
    assert_eq!(batch["request_counts"], json!({"total": 2, "completed": 2, "failed": 0}));
    let output = app.results(caller, &batch["output_file_id"]).await;
    assert_eq!(output.len(), 2);
    assert_eq!(batch.get("error_file_id"), None::<&Value>);
}
