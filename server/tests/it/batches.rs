//! A batch through the whole platform, with its server killed midway.

use std::{
    collections::HashSet,
    path::Path,
    time::{Duration, Instant},
};

use db::{Database, DatabaseSettings};
use http::{Method, Request, StatusCode, header};
use http_body_util::{BodyExt, Full};
use serde_json::{Value, json};
use sim::{Engine, SimOptions};

use crate::deployment::{Deployment, PATIENCE};

const LINES: usize = 200;

fn input() -> String {
    let line = |n: usize| {
        let body = json!({"model": "sim-8b", "user": format!("line-{n}"), "max_tokens": 10,
                          "messages": [{"role": "user", "content": "Count."}]});
        json!({"custom_id": format!("line-{n}"), "method": "POST", "url": "/v1/chat/completions", "body": body})
            .to_string()
    };
    (0..LINES).map(line).collect::<Vec<_>>().join("\n")
}

async fn upload(deployment: &Deployment, key: &str, content: &str) -> Value {
    let form = format!(
        "--xxx\r\ncontent-disposition: form-data; name=\"purpose\"\r\n\r\nbatch\r\n\
         --xxx\r\ncontent-disposition: form-data; name=\"file\"; filename=\"in.jsonl\"\r\n\r\n{content}\r\n--xxx--\r\n"
    );
    let request = Request::post(deployment.url("/v1/files"))
        .header(header::AUTHORIZATION, format!("Bearer {key}"))
        .header(header::CONTENT_TYPE, "multipart/form-data; boundary=xxx")
        .body(Full::from(form))
        .unwrap();
    let response = deployment.client.send(request).await.unwrap();
    assert_eq!(response.status(), StatusCode::OK);
    assert!(response.headers().contains_key("x-request-id"));
    serde_json::from_slice(&response.into_body().collect().await.unwrap().to_bytes()).unwrap()
}

struct Watched<'a> {
    deployment: &'a Deployment,
    bearer: String,
    path: String,
}

impl Watched<'_> {
    async fn get(&self, path: &str) -> (StatusCode, Vec<u8>) {
        let headers = [("authorization", self.bearer.as_str())];
        let (status, _, bytes) = self.deployment.call(Method::GET, path, &headers, None).await;
        (status, bytes.to_vec())
    }

    async fn until(&self, wanted: impl Fn(&Value) -> bool) -> Value {
        let begun = Instant::now();
        loop {
            let (status, bytes) = self.get(&self.path).await;
            assert_eq!(status, StatusCode::OK, "{}", String::from_utf8_lossy(&bytes));
            let batch: Value = serde_json::from_slice(&bytes).unwrap();
            if wanted(&batch) {
                return batch;
            }
            assert!(begun.elapsed() < PATIENCE, "{batch}");
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_batch_survives_a_kill_and_each_of_its_lines_is_charged_once() {
    let options = SimOptions { ttft_ms: 50, ..SimOptions::unpaced(Engine::Vllm, ["sim-8b"]) };
    let engine = sim::spawn(options).await.unwrap();
    let mut deployment = Deployment::new();
    deployment.start().await;
    let operator = deployment.operator_token();
    let key = deployment.onboard(&operator, &engine.base_url()).await;
    let bearer = format!("Bearer {key}");
    let (status, _, bytes) = deployment.call(Method::GET, "/v1/files", &[], None).await;
    let refused: Value = serde_json::from_slice(&bytes).unwrap();
    assert_eq!((status, &refused["error"]["code"]), (StatusCode::UNAUTHORIZED, &json!("invalid_api_key")));

    let file = upload(&deployment, &key, &input()).await;
    let order =
        json!({"input_file_id": file["id"], "endpoint": "/v1/chat/completions", "completion_window": "24h"});
    let (_, batch) = deployment.made("/v1/batches", &[("authorization", &bearer)], order).await;
    let path = format!("/v1/batches/{}", batch["id"].as_str().unwrap());
    let watched = Watched { deployment: &deployment, bearer: bearer.clone(), path: path.clone() };
    let done = watched.until(|batch| batch["request_counts"]["completed"].as_u64() > Some(40)).await;
    assert_eq!(done["status"], "in_progress", "the kill comes midway");
    deployment.kill();
    deployment.start().await;

    let watched = Watched { deployment: &deployment, bearer, path };
    let batch = watched.until(|batch| batch["status"] == "completed").await;
    assert_eq!(batch["request_counts"], json!({"total": LINES, "completed": LINES, "failed": 0}));
    let (_, content) =
        watched.get(&format!("/v1/files/{}/content", batch["output_file_id"].as_str().unwrap())).await;
    let content = String::from_utf8(content).unwrap();
    assert_eq!(content.lines().count(), LINES);
    for (n, line) in content.lines().enumerate() {
        let line: Value = serde_json::from_str(line).unwrap();
        assert_eq!(line["custom_id"], format!("line-{n}"));
        assert_eq!(line["response"]["status_code"], 200, "{line}");
        assert!(line["response"]["request_id"].as_str().unwrap().starts_with("req_"), "{line}");
    }
    deployment.stop();

    let calls = calls(deployment.data()).await;
    let completed: Vec<_> = calls.iter().filter(|call| call.status == "completed").collect();
    let lines: HashSet<_> = completed.iter().map(|call| &call.line).collect();
    assert_eq!((completed.len(), lines.len()), (LINES, LINES), "each line is charged, and once");
    assert!(completed.iter().all(|call| call.tokens > 0), "{completed:?}");
    // Those that the kill cut off stand beside, and cost nothing.
    let others: Vec<_> = calls.iter().filter(|call| call.status != "completed").collect();
    assert!(!others.is_empty(), "calls were under way when the server was killed");
    assert!(others.iter().all(|call| call.status == "gateway_lost" && call.tokens == 0), "{others:?}");
    assert!(others.iter().all(|call| lines.contains(&call.line)), "{others:?}");
}

#[derive(Debug, sqlx::FromRow)]
struct MeteredCall {
    line: String,
    status: String,
    tokens: i64,
}

async fn calls(data: &Path) -> Vec<MeteredCall> {
    let db = Database::open_existing(DatabaseSettings::embedded(data)).await.unwrap();
    let mut connection = db.superuser().await.unwrap().unwrap();
    let rows = sqlx::query_as(
        "select end_user as line, status, prompt_tokens + completion_tokens as tokens from usage_events \
         where end_user is not null",
    )
    .fetch_all(&mut connection)
    .await
    .unwrap();
    drop(connection);
    db.close().await;
    rows
}
