use axum::body::Body;
use http::{Request, header};
use serde_json::{Value, json};

use crate::app::{Answer, App, Part, form, form_request};

async fn leaves_nothing(app: &App, caller: batches::ApiCaller) {
    let rows: i64 = sqlx::query_scalar("select count(*) from files")
        .fetch_one(&mut app.db.superuser().await)
        .await
        .unwrap();
    let objects = app.objects.list(objects::Area::Files, caller.tenant).await.unwrap();
    assert_eq!((rows, objects), (0, Vec::new()));
}

async fn upload(app: &App, caller: batches::ApiCaller, parts: &[Part<'_>]) -> Answer {
    app.send(caller, form_request("/v1/files", form(parts))).await
}

#[tokio::test]
async fn a_bad_form_is_refused_by_the_name_of_its_field_and_leaves_nothing() {
    let app = App::new().await;
    let (_, caller) = app.tenant("acme").await;
    let file: Part<'_> = ("file", Some("a.jsonl"), b"{}");
    let purpose: Part<'_> = ("purpose", None, b"batch");
    let anchor: Part<'_> = ("expires_after[anchor]", None, b"created_at");
    let long = vec![b'x'; 2000];
    let cases: Vec<(Vec<Part<'_>>, &str, &str)> = vec![
        (vec![file], "missing_required_parameter", "purpose"),
        (vec![purpose], "missing_required_parameter", "file"),
        (vec![file, ("purpose", None, b"fun")], "invalid_value", "purpose"),
        (vec![purpose, file, file], "invalid_value", "file"),
        (vec![purpose, ("file", None, b"{}")], "invalid_value", "file"),
        (vec![purpose, file, ("colour", None, b"red")], "unknown_parameter", "colour"),
        (vec![purpose, file, ("project_id", None, b"proj_x")], "unknown_parameter", "project_id"),
        (vec![purpose, file, anchor], "missing_required_parameter", "expires_after.seconds"),
        (
            vec![purpose, file, anchor, ("expires_after[seconds]", None, b"60")],
            "invalid_value",
            "expires_after.seconds",
        ),
        (
            vec![purpose, file, anchor, ("expires_after[seconds]", None, b"soon")],
            "invalid_value",
            "expires_after.seconds",
        ),
        (vec![file, ("purpose", None, &long)], "invalid_value", "purpose"),
    ];
    for (parts, code, param) in cases {
        upload(&app, caller, &parts).await.expect_error(400, code, json!(param));
    }
    leaves_nothing(&app, caller).await;
}

#[tokio::test]
async fn a_file_that_is_too_large_is_refused_while_it_streams() {
    let app = App::new().await;
    let (_, caller) = app.tenant("acme").await;
    let large = vec![b'x'; (1 << 20) + 1];
    let parts: [Part<'_>; 2] = [("purpose", None, b"user_data"), ("file", Some("a"), &large)];
    upload(&app, caller, &parts).await.expect_error(413, "request_too_large", json!("file"));
    leaves_nothing(&app, caller).await;
}

#[tokio::test]
async fn an_upload_that_breaks_off_is_told_and_leaves_nothing() {
    let app = App::new().await;
    let (_, caller) = app.tenant("acme").await;
    let parts: [Part<'_>; 2] = [("purpose", None, b"user_data"), ("file", Some("a"), b"hello")];
    let mut body = form(&parts);
    body.truncate(body.len() - 20);
    app.send(caller, form_request("/v1/files", body)).await.expect_error(400, "invalid_value", Value::Null);
    leaves_nothing(&app, caller).await;
}

#[tokio::test]
async fn what_is_no_form_is_refused_as_such() {
    let app = App::new().await;
    let (_, caller) = app.tenant("acme").await;
    let request = Request::post("/v1/files").header(header::CONTENT_TYPE, "application/json");
    let answer = app.send(caller, request.body(Body::from("{}")).unwrap()).await;
    answer.expect_error(415, "unsupported_media_type", Value::Null);
    let put = Request::put("/v1/files").body(Body::empty()).unwrap();
    app.send(caller, put).await.expect_error(405, "method_not_allowed", Value::Null);
}
