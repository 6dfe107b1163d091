//! Calls that nothing could serve, as batches of one line.

use batches::Endpoint;
use serde_json::{Value, json};

use crate::{app::App, runner::TestRunner};

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_call_that_is_put_off_runs_as_a_batch_of_its_key() {
    let app = App::new().await;
    let (_, caller) = app.tenant("acme").await;
    let body = json!({"model": "sim-8b", "user": "later", "messages": [{"role": "user", "content": "hi"}]});
    let body = serde_json::to_vec_pretty(&body).unwrap();
    let batch = app.batches.defer(caller, Endpoint::ChatCompletions, &body).await.unwrap();
    assert_eq!((batch.object.as_str(), batch.endpoint.as_str()), ("batch", "/v1/chat/completions"));
    let _worker = app.worker(TestRunner::open());
    let done = app.until_status(caller, &batch.id, "completed").await;
    assert_eq!(done["request_counts"], json!({"total": 1, "completed": 1, "failed": 0}));
    let output = app.results(caller, &done["output_file_id"]).await;
    assert_eq!(output[0]["response"]["body"]["choices"][0]["message"]["content"], "later");
    let (_, stranger) = app.tenant("globex").await;
    app.get(stranger, &format!("/batches/{}", batch.id)).await.expect(404);
}

#[tokio::test]
async fn what_is_no_call_leaves_nothing() {
    let app = App::new().await;
    let (_, caller) = app.tenant("acme").await;
    for body in [b"not json".as_slice(), &vec![b' '; 2 << 20]] {
        assert!(app.batches.defer(caller, Endpoint::ChatCompletions, body).await.is_err());
    }
    let files: Value = app.get(caller, "/files").await.expect(200);
    assert_eq!(files["data"], json!([]));
}
