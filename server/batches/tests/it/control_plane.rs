use axum::body::Body;
use http::{Request, StatusCode, header};
use serde_json::{Value, json};
use shared::Role;

use crate::{
    app::{App, Part, form, form_request, line},
    runner::TestRunner,
};

fn request(method: &str, path: &str, body: Option<Value>) -> Request<Body> {
    let request = Request::builder().method(method).uri(format!("/api/v1{path}"));
    match body {
        Some(body) => request
            .header(header::CONTENT_TYPE, "application/json")
            .body(Body::from(body.to_string()))
            .unwrap(),
        None => request.body(Body::empty()).unwrap(),
    }
}

#[tokio::test]
async fn a_developer_runs_a_batch_from_the_console() {
    let app = App::new().await;
    let (tenant, caller) = app.tenant("acme").await;
    let developer = app.person(&tenant, Role::Developer).await;
    let base = format!("/tenants/{}", tenant.id);
    let content = line("a", "m");
    let project = tenant.project.to_string();
    let parts: [Part<'_>; 3] = [
        ("project_id", None, project.as_bytes()),
        ("purpose", None, b"batch"),
        ("file", Some("in.jsonl"), content.as_bytes()),
    ];
    let upload = form_request(&format!("/api/v1{base}/files"), form(&parts));
    let file = app.as_person(&developer, upload).await.expect(201);
    assert_eq!((&file["filename"], &file["project_id"]), (&json!("in.jsonl"), &json!(project)));
    let new = json!({"key_id": caller.key, "input_file_id": file["id"], "endpoint": "/v1/chat/completions",
                     "metadata": {"run": "7"}});
    let made =
        app.as_person(&developer, request("POST", &format!("{base}/batches"), Some(new))).await.expect(201);
    let id = made["id"].as_str().unwrap();
    let _worker = app.worker(TestRunner::open());
    app.until_status(caller, id, "completed").await;
    let one = request("GET", &format!("{base}/batches/{id}"), None);
    let batch = app.as_person(&developer, one).await.expect(200);
    assert_eq!(batch["progress"], json!({"total": 1, "completed": 1, "failed": 0}));
    assert_eq!((&batch["status"], &batch["metadata"]), (&json!("completed"), &json!({"run": "7"})));
    let path = format!("{base}/files/{}/content", batch["output_file_id"].as_str().unwrap());
    let content = app.as_person(&developer, request("GET", &path, None)).await;
    assert_eq!(content.status, StatusCode::OK);
    assert!(String::from_utf8(content.bytes).unwrap().contains("chatcmpl-a"));
    let files =
        app.as_person(&developer, request("GET", &format!("{base}/files?purpose=batch_output"), None)).await;
    assert_eq!(files.expect(200)["data"].as_array().unwrap().len(), 1);
    let cancel = request("POST", &format!("{base}/batches/{id}/cancel"), None);
    app.as_person(&developer, cancel).await.expect(409);
    let batches =
        app.as_person(&developer, request("GET", &format!("{base}/batches"), None)).await.expect(200);
    assert_eq!(batches["data"][0]["id"], made["id"]);
}

#[tokio::test]
async fn a_batch_needs_a_key_that_works_and_a_file_of_its_project() {
    let app = App::new().await;
    let (tenant, caller) = app.tenant("acme").await;
    let developer = app.person(&tenant, Role::Developer).await;
    let input = app.input(caller, &[line("a", "m")]).await;
    let path = format!("/tenants/{}/batches", tenant.id);
    let new = |key: Value| json!({"key_id": key, "input_file_id": input, "endpoint": "/v1/completions"});
    let stranger = shared::ApiKeyId::generate();
    let refused =
        app.as_person(&developer, request("POST", &path, Some(new(json!(stranger))))).await.expect(400);
    assert_eq!(refused["errors"][0]["field"], "key_id");
    sqlx::query("update api_keys set revoked_at = now() where id = $1")
        .bind(caller.key.uuid())
        .execute(&mut app.db.superuser().await)
        .await
        .unwrap();
    app.as_person(&developer, request("POST", &path, Some(new(json!(caller.key))))).await.expect(400);
}

#[tokio::test]
async fn an_upload_without_its_project_is_told_what_is_missing() {
    let app = App::new().await;
    let (tenant, _) = app.tenant("acme").await;
    let developer = app.person(&tenant, Role::Developer).await;
    let path = format!("/api/v1/tenants/{}/files", tenant.id);
    let parts: [Part<'_>; 2] = [("purpose", None, b"batch"), ("file", Some("in.jsonl"), b"{}")];
    let refused = app.as_person(&developer, form_request(&path, form(&parts))).await.expect(400);
    assert!(refused["detail"].as_str().unwrap().contains("project_id"), "{refused}");
    let other = shared::ProjectId::generate().to_string();
    let parts: [Part<'_>; 3] = [
        ("project_id", None, other.as_bytes()),
        ("purpose", None, b"batch"),
        ("file", Some("in.jsonl"), b"{}"),
    ];
    let refused = app.as_person(&developer, form_request(&path, form(&parts))).await.expect(400);
    assert_eq!(refused["errors"][0]["field"], "project_id");
}
