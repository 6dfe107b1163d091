use axum::body::Body;
use chrono::TimeDelta;
use http::{Method, Request, StatusCode};
use objects::{Area, ObjectPath};
use serde_json::{Value, json};

use crate::{
    app::{App, Part, form, form_request, line},
    runner::TestRunner,
};

fn object(caller: batches::ApiCaller, id: &str) -> ObjectPath {
    ObjectPath::new(Area::Files, caller.tenant, id).unwrap()
}

#[tokio::test]
async fn a_file_is_uploaded_read_downloaded_and_deleted_for_good() {
    let app = App::new().await;
    let (_, caller) = app.tenant("acme").await;
    let parts: [Part<'_>; 2] =
        [("file", Some("dir/notes \u{e9}.txt"), b"hello"), ("purpose", None, b"user_data")];
    let file = app.send(caller, form_request("/v1/files", form(&parts))).await.expect(200);
    let id = file["id"].as_str().unwrap();
    assert!(id.starts_with("file-"), "{file}");
    assert_eq!(
        file,
        json!({"id": id, "object": "file", "bytes": 5, "created_at": app.now().timestamp(),
               "filename": "notes \u{e9}.txt", "purpose": "user_data", "status": "processed"})
    );
    let one = format!("/files/{id}");
    assert_eq!(app.get(caller, &one).await.expect(200), file);
    let content = app.get(caller, &format!("{one}/content")).await;
    assert_eq!((content.status, content.bytes.as_slice()), (StatusCode::OK, &b"hello"[..]));
    assert_eq!(content.content_type, "application/octet-stream");
    assert!(app.objects.exists(&object(caller, id)).await.unwrap());

    let deleted = app.call(caller, Method::DELETE, &one, None).await.expect(200);
    assert_eq!(deleted, json!({"id": id, "object": "file", "deleted": true}));
    assert!(!app.objects.exists(&object(caller, id)).await.unwrap(), "the content is gone too");
    app.get(caller, &one).await.expect_error(404, "not_found", json!("id"));
    app.get(caller, &format!("{one}/content")).await.expect(404);
    app.call(caller, Method::DELETE, &one, None).await.expect(404);
    let jobs: i64 = sqlx::query_scalar("select count(*) from jobs where kind = $1")
        .bind(batches::ObjectRemoval::KIND)
        .fetch_one(&mut app.db.superuser().await)
        .await
        .unwrap();
    assert_eq!(jobs, 1, "the removal is made sure of");
}

#[tokio::test]
async fn what_is_another_tenants_is_not_there() {
    let app = App::new().await;
    let (_, caller) = app.tenant("acme").await;
    let (_, stranger) = app.tenant("globex").await;
    let id = app.input(caller, &[line("a", "m")]).await;
    for (method, path) in [
        (Method::GET, format!("/files/{id}")),
        (Method::GET, format!("/files/{id}/content")),
        (Method::DELETE, format!("/files/{id}")),
    ] {
        app.call(stranger, method, &path, None).await.expect_error(404, "not_found", json!("id"));
    }
    assert_eq!(app.get(stranger, "/files").await.expect(200)["data"], json!([]));
    assert!(app.objects.exists(&object(caller, &id)).await.unwrap());
    app.get(caller, &format!("/files/{id}")).await.expect(200);
}

#[tokio::test]
async fn without_a_checked_caller_nothing_is_answered() {
    let app = App::new().await;
    let request = Request::get("/v1/files").body(Body::empty()).unwrap();
    let answer = app.uncalled(request).await;
    assert_eq!(answer.status, StatusCode::INTERNAL_SERVER_ERROR);
}

#[tokio::test]
async fn files_are_listed_by_purpose_and_order_page_by_page() {
    let app = App::new().await;
    let (_, caller) = app.tenant("acme").await;
    let empty = app.get(caller, "/files").await.expect(200);
    assert_eq!(
        empty,
        json!({"object": "list", "data": [], "first_id": "", "last_id": "", "has_more": false})
    );
    let mut made = Vec::new();
    for n in 0..3 {
        made.push(app.input(caller, &[line(&n.to_string(), "m")]).await);
    }
    let ids = |page: &Value| -> Vec<String> {
        page["data"].as_array().unwrap().iter().map(|file| file["id"].as_str().unwrap().to_owned()).collect()
    };
    let all = app.get(caller, "/files?order=asc&purpose=batch").await.expect(200);
    assert_eq!(ids(&all), made);
    let page = app.get(caller, "/files?limit=2").await.expect(200);
    assert_eq!((ids(&page), &page["has_more"]), (vec![made[2].clone(), made[1].clone()], &json!(true)));
    let rest = app.get(caller, &format!("/files?limit=2&after={}", made[1])).await.expect(200);
    assert_eq!((ids(&rest), &rest["has_more"]), (vec![made[0].clone()], &json!(false)));
    assert_eq!(ids(&app.get(caller, "/files?purpose=vision").await.expect(200)), Vec::<String>::new());
    for (query, param) in [
        ("limit=0", "limit"),
        ("limit=10001", "limit"),
        ("order=up", "order"),
        ("purpose=x", "purpose"),
        ("after=x", "after"),
    ] {
        app.get(caller, &format!("/files?{query}")).await.expect_error(400, "invalid_value", json!(param));
    }
}

#[tokio::test]
async fn a_file_that_a_batch_reads_is_not_deleted_before_its_end() {
    let app = App::new().await;
    let (_, caller) = app.tenant("acme").await;
    let id = app.batch(caller, &[line("a", "m")]).await;
    let batch = app.get(caller, &format!("/batches/{id}")).await.expect(200);
    let input = format!("/files/{}", batch["input_file_id"].as_str().unwrap());
    app.call(caller, Method::DELETE, &input, None).await.expect_error(409, "conflict", Value::Null);
    let _worker = app.worker(TestRunner::open());
    app.until_status(caller, &id, "completed").await;
    app.call(caller, Method::DELETE, &input, None).await.expect(200);
}

#[tokio::test]
async fn an_expired_file_is_gone_at_once_and_its_content_is_swept_away() {
    let app = App::new().await;
    let (_, caller) = app.tenant("acme").await;
    let parts: [Part<'_>; 4] = [
        ("purpose", None, b"user_data"),
        ("expires_after[anchor]", None, b"created_at"),
        ("expires_after[seconds]", None, b"3600"),
        ("file", Some("a.txt"), b"hello"),
    ];
    let file = app.send(caller, form_request("/v1/files", form(&parts))).await.expect(200);
    let id = file["id"].as_str().unwrap().to_owned();
    assert_eq!(file["expires_at"].as_i64().unwrap() - file["created_at"].as_i64().unwrap(), 3600);
    let kept = app.input(caller, &[line("a", "m")]).await;
    app.wind(TimeDelta::hours(1));
    app.get(caller, &format!("/files/{id}")).await.expect(404);
    let _worker = app.worker(TestRunner::open());
    let swept = async {
        while app.objects.exists(&object(caller, &id)).await.unwrap() {
            tokio::task::yield_now().await;
        }
    };
    tokio::time::timeout(std::time::Duration::from_secs(30), swept).await.unwrap();
    assert!(app.objects.exists(&object(caller, &kept)).await.unwrap());
}

#[tokio::test]
async fn everything_of_a_deleted_tenant_is_swept_away() {
    let app = App::new().await;
    let (tenant, caller) = app.tenant("acme").await;
    let id = app.batch(caller, &[line("a", "m")]).await;
    let batch = app.get(caller, &format!("/batches/{id}")).await.expect(200);
    sqlx::query("update tenants set status = 'deleted' where id = $1")
        .bind(tenant.id.uuid())
        .execute(&mut app.db.superuser().await)
        .await
        .unwrap();
    let runner = TestRunner::open();
    let _worker = app.worker(runner.clone());
    let input = object(caller, batch["input_file_id"].as_str().unwrap());
    let swept = async {
        while app.objects.exists(&input).await.unwrap() {
            tokio::task::yield_now().await;
        }
    };
    tokio::time::timeout(std::time::Duration::from_secs(30), swept).await.unwrap();
    let left: i64 =
        sqlx::query_scalar("select (select count(*) from files) + (select count(*) from batches)")
            .fetch_one(&mut app.db.superuser().await)
            .await
            .unwrap();
    assert_eq!((left, runner.names().len()), (0, 0));
}
