use serde_json::{Value, json};

use crate::{
    app::{App, line},
    runner::TestRunner,
};

fn names(results: &[Value]) -> Vec<&str> {
    results.iter().map(|result| result["custom_id"].as_str().unwrap()).collect()
}

/// A thousand lines, ten of them bad in five ways.
fn thousand() -> Vec<String> {
    let mut lines: Vec<_> = (0..1000).map(|n| line(&format!("line-{n:04}"), "sim-8b")).collect();
    let without = |name: &str, field: &str| {
        let mut whole: Value = serde_json::from_str(&line(name, "sim-8b")).unwrap();
        whole.as_object_mut().unwrap().remove(field);
        whole.to_string()
    };
    for (at, bad) in [
        (10, "{\"custom_id\": \"cut off".to_owned()),
        (110, "not json at all".to_owned()),
        (210, without("line-0210", "custom_id")),
        (310, without("line-0310", "custom_id")),
        (410, line("line-0409", "sim-8b")),
        (510, line("line-0000", "sim-8b")),
        (610, line("line-0610", "sim-8b").replace("/v1/chat/completions", "/v1/embeddings")),
        (710, line("line-0710", "sim-8b").replace("/v1/chat/completions", "https://elsewhere.example")),
        (810, line("line-0810", "forbidden")),
        (910, line("line-0910", "forbidden")),
    ] {
        lines[at] = bad;
    }
    lines
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_thousand_lines_with_ten_bad_ones_end_with_990_results_and_ten_named_errors() {
    let app = App::new().await;
    let (_, caller) = app.tenant("acme").await;
    let id = app.batch(caller, &thousand()).await;
    let runner = TestRunner::open();
    let _worker = app.worker(runner.clone());
    let batch = app.until_status(caller, &id, "completed").await;
    assert_eq!(batch["request_counts"], json!({"total": 1000, "completed": 990, "failed": 10}));
    assert_eq!(batch["usage"]["input_tokens"], 990 * 3);
    assert_eq!(batch["usage"]["total_tokens"], 990 * 5);
    assert_eq!(batch.get("model"), None, "the lines name two models");

    let output = app.results(caller, &batch["output_file_id"]).await;
    assert_eq!(output.len(), 990);
    assert!(names(&output).is_sorted(), "results are in the order of the lines");
    assert_eq!(output[0]["response"]["body"]["choices"][0]["message"]["content"], "line-0000");
    assert!(
        output.iter().all(|result| result["error"].is_null() && result["response"]["status_code"] == 200)
    );

    let errors = app.results(caller, &batch["error_file_id"]).await;
    let told: Vec<_> = errors
        .iter()
        .map(|error| match &error["response"] {
            Value::Null => (error["error"]["code"].as_str().unwrap(), error["error"]["line"].as_u64()),
            response => (response["body"]["error"]["code"].as_str().unwrap(), None),
        })
        .collect();
    assert_eq!(
        told,
        [
            ("invalid_json_line", Some(11)),
            ("invalid_json_line", Some(111)),
            ("missing_required_parameter", Some(211)),
            ("missing_required_parameter", Some(311)),
            ("duplicate_custom_id", Some(411)),
            ("duplicate_custom_id", Some(511)),
            ("invalid_url", Some(611)),
            ("invalid_url", Some(711)),
            ("model_not_found", None),
            ("model_not_found", None),
        ]
    );
    assert_eq!(errors[8]["custom_id"], "line-0810");
    assert!(runner.most_at_once() <= 8, "a tenant's share is 8: {}", runner.most_at_once());
    let kept: i64 = sqlx::query_scalar("select count(*) from batch_results")
        .fetch_one(&mut app.db.superuser().await)
        .await
        .unwrap();
    assert_eq!(kept, 0, "results are in the files alone");
}

#[tokio::test]
async fn calls_are_made_as_the_key_with_the_body_as_it_was_written() {
    let app = App::new().await;
    let (_, caller) = app.tenant("acme").await;
    let body = r#"{"model":"m","user":"one","seed":1.0e2,  "unknown_field":{"kept":true}}"#;
    let whole =
        format!(r#"{{"custom_id":"one","method":"POST","url":"/v1/chat/completions","body":{body}}}"#);
    let id = app.batch(caller, &[whole]).await;
    let runner = TestRunner::open();
    let _worker = app.worker(runner.clone());
    let batch = app.until_status(caller, &id, "completed").await;
    assert_eq!((&batch["model"], &batch.get("error_file_id")), (&json!("m"), &None));
    let calls = runner.all.lock().unwrap();
    let [call] = calls.as_slice() else { panic!("one call: {calls:?}") };
    assert_eq!((call.tenant, call.project, call.key), (caller.tenant, caller.project, caller.key));
    assert_eq!(call.body, body.as_bytes());
    assert_eq!(call.endpoint.as_str(), "/v1/chat/completions");
}

#[tokio::test]
async fn a_limit_is_waited_for_and_a_panic_fails_its_line_alone() {
    let app = App::new().await;
    let (_, caller) = app.tenant("acme").await;
    let lines = [line("busy", "busy-twice"), line("broken", "broken"), line("fine", "m")];
    let id = app.batch(caller, &lines).await;
    let runner = TestRunner::open();
    let _worker = app.worker(runner.clone());
    let batch = app.until_status(caller, &id, "completed").await;
    assert_eq!(batch["request_counts"], json!({"total": 3, "completed": 2, "failed": 1}));
    let output = app.results(caller, &batch["output_file_id"]).await;
    assert_eq!(names(&output), ["busy", "fine"]);
    let errors = app.results(caller, &batch["error_file_id"]).await;
    assert_eq!(errors[0]["response"]["status_code"], 500);
    let work = runner.work_of("busy");
    assert_eq!(work.len(), 3);
    assert!(work[0] == work[1] && work[1] == work[2], "whichever try completes it, the line counts once");
}

#[tokio::test]
async fn a_file_without_requests_fails_the_batch_with_a_reason() {
    let app = App::new().await;
    let (_, caller) = app.tenant("acme").await;
    let id = app.batch(caller, &["\n  \n".to_owned()]).await;
    let _worker = app.worker(TestRunner::open());
    let batch = app.until_status(caller, &id, "failed").await;
    assert_eq!(batch["errors"]["data"][0]["code"], "empty_file");
    assert!(batch["failed_at"].is_i64());
    app.post(caller, &format!("/batches/{id}/cancel"), json!({})).await.expect_error(
        409,
        "conflict",
        Value::Null,
    );
}

#[tokio::test]
async fn a_bad_order_is_refused_by_the_name_of_its_field() {
    let app = App::new().await;
    let (_, caller) = app.tenant("acme").await;
    let (_, stranger) = app.tenant("globex").await;
    let input = app.input(caller, &[line("a", "m")]).await;
    let theirs = app.input(stranger, &[line("a", "m")]).await;
    let good = json!({"input_file_id": input, "endpoint": "/v1/embeddings", "completion_window": "24h"});
    let with = |name: &str, value: Value| {
        let mut order = good.clone();
        order[name] = value;
        order
    };
    for (order, code, param) in [
        (json!({}), "missing_required_parameter", "input_file_id"),
        (with("endpoint", json!("/v1/images")), "invalid_value", "endpoint"),
        (with("completion_window", json!("1h")), "invalid_value", "completion_window"),
        (with("input_file_id", json!(theirs)), "invalid_value", "input_file_id"),
        (with("input_file_id", json!("nonsense")), "invalid_value", "input_file_id"),
        (with("metadata", json!({"a": 1})), "invalid_value", "metadata.a"),
        (with("model", json!("m")), "unknown_parameter", "model"),
    ] {
        app.post(caller, "/batches", order).await.expect_error(400, code, json!(param));
    }
    let made = app.post(caller, "/batches", with("metadata", json!({"run": "7"}))).await.expect(200);
    assert_eq!(made["metadata"], json!({"run": "7"}));
    assert_eq!(made["expires_at"].as_i64().unwrap() - made["created_at"].as_i64().unwrap(), 86_400);
}

#[tokio::test]
async fn batches_are_listed_page_by_page_and_nobody_elses_are_there() {
    let app = App::new().await;
    let (_, caller) = app.tenant("acme").await;
    let (_, stranger) = app.tenant("globex").await;
    let mut made = Vec::new();
    for n in 0..3 {
        made.push(app.batch(caller, &[line(&n.to_string(), "m")]).await);
    }
    let page = app.get(caller, "/batches?limit=2").await.expect(200);
    assert_eq!((&page["object"], &page["has_more"]), (&json!("list"), &json!(true)));
    assert_eq!((&page["first_id"], &page["last_id"]), (&json!(made[2]), &json!(made[1])));
    let rest = app.get(caller, &format!("/batches?limit=2&after={}", made[1])).await.expect(200);
    assert_eq!((&rest["has_more"], &rest["last_id"]), (&json!(false), &json!(made[0])));
    assert_eq!(app.get(stranger, "/batches").await.expect(200)["data"], json!([]));
    let one = format!("/batches/{}", made[0]);
    app.get(stranger, &one).await.expect_error(404, "not_found", json!("id"));
    app.post(stranger, &format!("{one}/cancel"), json!({})).await.expect_error(404, "not_found", json!("id"));
    app.get(caller, "/batches?limit=0").await.expect_error(400, "invalid_value", json!("limit"));
    app.get(caller, "/batches/nonsense").await.expect_error(404, "not_found", json!("id"));
}
