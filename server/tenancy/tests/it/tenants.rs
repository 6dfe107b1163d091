use futures::StreamExt;
use kv::Notice;
use secrets::Token;
use serde_json::{Value, json};
use shared::Role;

use crate::app::{App, pepper};

fn acme() -> Value {
    json!({ "slug": "acme", "name": "Acme Robotics", "admin_email": "ada@acme.example", "models": ["llama"], "max_concurrent_requests": 8 })
}

#[tokio::test]
async fn onboarding_makes_all_that_a_tenant_begins_with() {
    let app = App::new().await;
    app.model("llama", &[]).await;
    app.model("mistral", &[]).await;
    let generation = app.generation().await;
    let made = app.post("/tenants", &app.operator, acme()).await.expect(201);
    assert_eq!(made["endpoint"], "https://switchyard.example/t/acme/v1");
    assert_eq!((&made["status"], &made["max_concurrent_requests"]), (&json!("active"), &json!(8)));
    assert!(app.generation().await > generation, "gateways are told");

    let path = format!("/tenants/{}", made["id"].as_str().unwrap());
    let projects = app.get(&format!("{path}/projects"), &app.operator).await.expect(200);
    assert_eq!(
        (&projects["data"][0]["id"], &projects["data"][0]["name"]),
        (&made["default_project_id"], &json!("Default"))
    );
    let mut superuser = app.db.superuser().await;
    let granted: Vec<String> =
        sqlx::query_scalar("select m.name from model_grants g join models m on m.id = g.model_id")
            .fetch_all(&mut superuser)
            .await
            .unwrap();
    assert_eq!(granted, ["llama"]);

    let link = made["invitation"]["link"].as_str().unwrap();
    assert!(link.starts_with("https://switchyard.example/invitations/sy_inv_"), "{link}");
    let hash = Token::parse(link.rsplit('/').next().unwrap()).unwrap().hash(&pepper());
    let role: String = sqlx::query_scalar("select role from invitations where token_hash = $1")
        .bind(hash.as_slice())
        .fetch_one(&mut superuser)
        .await
        .unwrap();
    assert_eq!(role, "owner");
    let (recipient, body): (String, String) =
        sqlx::query_as("select recipient, body_text from mails").fetch_one(&mut superuser).await.unwrap();
    assert!(recipient == "ada@acme.example" && body.contains(link), "{recipient}: {body}");
}

#[tokio::test]
async fn a_replay_of_an_onboarding_makes_nothing_and_shows_no_link() {
    let app = App::new().await;
    app.model("llama", &[]).await;
    let (made, replay) = app.twice("/tenants", &app.operator, acme()).await;
    assert_eq!(made["id"], replay["id"]);
    assert!(made["invitation"]["link"].is_string() && replay["invitation"].get("link").is_none());
    let listed = app.get("/tenants", &app.operator).await.expect(200);
    assert_eq!(listed["data"].as_array().unwrap().len(), 1);
}

#[tokio::test]
async fn a_bad_tenant_is_refused_by_its_field_and_leaves_nothing() {
    let app = App::new().await;
    app.model("llama", &[]).await;
    app.tenant("globex").await;
    let with = |field: &str, value: Value| {
        let mut body = acme();
        body[field] = value;
        app.post("/tenants", &app.operator, body)
    };
    assert!(with("slug", json!("Acme Inc.")).await.expect_field("slug").contains("`acme-inc`"));
    assert!(with("slug", json!("console")).await.expect_field("slug").contains("reserved"));
    assert!(with("models", json!(["llama", "gpt-9"])).await.expect_field("models[1]").contains("`llama`"));
    with("max_concurrent_requests", json!(0)).await.expect_field("max_concurrent_requests");
    with("admin_email", json!("ada")).await.expect_field("admin_email");
    with("name", json!(" ")).await.expect_field("name");
    let taken = with("slug", json!("globex")).await.expect(409);
    assert!(taken["detail"].as_str().unwrap().contains("slug"));
    let listed = app.get("/tenants", &app.operator).await.expect(200);
    assert_eq!(listed["data"].as_array().unwrap().len(), 1);
}

#[tokio::test]
async fn a_tenant_s_people_rename_it_and_change_nothing_else_of_it() {
    let app = App::new().await;
    let acme = app.tenant("acme").await;
    let path = format!("/tenants/{}", acme.id);
    let admin = app.person(&acme, "ada@acme.example", Role::Admin).await;
    let viewer = app.person(&acme, "vera@acme.example", Role::Viewer).await;
    let renamed = app.patch(&path, &admin.token, json!({ "name": "Acme Two" })).await.expect(200);
    assert_eq!(renamed["name"], "Acme Two");
    app.patch(&path, &admin.token, json!({ "max_concurrent_requests": null })).await.expect(403);
    app.patch(&path, &admin.token, json!({ "status": "active" })).await.expect(403);
    app.patch(&path, &viewer.token, json!({ "name": "Mine" })).await.expect(403);
    app.get("/tenants", &admin.token).await.expect(404);
    let other = app.tenant("globex").await;
    app.patch(&format!("/tenants/{}", other.id), &admin.token, json!({ "name": "Mine" })).await.expect(404);
    assert_eq!(app.get(&path, &viewer.token).await.expect(200)["name"], "Acme Two");
}

#[tokio::test]
async fn a_suspended_tenant_reads_and_changes_nothing_until_it_is_active_again() {
    let app = App::new().await;
    let acme = app.tenant("acme").await;
    let path = format!("/tenants/{}", acme.id);
    let owner = app.person(&acme, "ada@acme.example", Role::Owner).await;
    let generation = app.generation().await;
    let suspended = app
        .patch(&path, &app.operator, json!({ "status": "suspended", "max_concurrent_requests": 3 }))
        .await
        .expect(200);
    assert_eq!(
        (&suspended["status"], &suspended["suspended_at"]),
        (&json!("suspended"), &json!("2026-03-02T10:00:00Z"))
    );
    assert!(app.generation().await > generation, "gateways are told");
    app.get(&path, &owner.token).await.expect(200);
    let refused = app.patch(&path, &owner.token, json!({ "name": "New" })).await.expect(403);
    assert_eq!(refused["code"], "tenant_suspended");
    let active = app
        .patch(&path, &app.operator, json!({ "status": "active", "max_concurrent_requests": null }))
        .await
        .expect(200);
    assert_eq!((&active["suspended_at"], &active["max_concurrent_requests"]), (&json!(null), &json!(null)));
    app.patch(&path, &owner.token, json!({ "name": "New" })).await.expect(200);
    app.patch(&path, &app.operator, json!({ "status": "deleted" })).await.expect_field("status");
}

#[tokio::test]
async fn deleting_a_tenant_stops_everything_of_it() {
    let app = App::new().await;
    let acme = app.tenant("acme").await;
    let path = format!("/tenants/{}", acme.id);
    let owner = app.person(&acme, "ada@acme.example", Role::Owner).await;
    let key = app
        .post(&format!("{path}/keys"), &owner.token, json!({ "name": "k", "project_id": acme.project }))
        .await
        .expect(201);
    app.post(
        &format!("{path}/invitations"),
        &owner.token,
        json!({ "email": "b@acme.example", "role": "viewer" }),
    )
    .await
    .expect(201);
    sqlx::query(
        "insert into sessions (id_hash, tenant_id, member_id, data, created_at, last_seen_at, expires_at) \
         values ('\\x01', $1, $2, '{}', now(), now(), now())",
    )
    .bind(acme.id.uuid())
    .bind(owner.id.uuid())
    .execute(&mut app.db.superuser().await)
    .await
    .unwrap();
    let mut revocations = app.kv.subscribe("revocations").await.unwrap();

    app.delete(&path, &owner.token).await.expect(404);
    app.delete(&path, &app.operator).await.expect(204);
    let Some(Notice::Message(told)) = revocations.next().await else {
        panic!("gateways are told of the key")
    };
    assert_eq!(told, key["id"].as_str().unwrap().as_bytes());
    app.get(&path, &owner.token).await.expect(401);
    app.get(&path, &app.operator).await.expect(404);
    app.delete(&path, &app.operator).await.expect(404);
    for left in [
        "select count(*) from sessions where tenant_id = $1",
        "select count(*) from api_key_secrets where tenant_id = $1",
        "select count(*) from api_keys where tenant_id = $1 and revoked_at is null",
        "select count(*) from access_tokens where tenant_id = $1 and revoked_at is null",
        "select count(*) from invitations where tenant_id = $1 and revoked_at is null",
    ] {
        assert_eq!(app.count(left, &acme).await, 0, "{left}");
    }
    assert_eq!(app.get("/tenants", &app.operator).await.expect(200)["data"], json!([]));
    let deleted = app.get("/tenants?status=deleted", &app.operator).await.expect(200);
    assert_eq!(deleted["data"][0]["slug"], "acme");
    let again = json!({ "slug": "acme", "name": "Another" });
    app.post("/tenants", &app.operator, again).await.expect(409);
}

#[tokio::test]
async fn tenants_are_listed_in_pages_newest_first() {
    let app = App::new().await;
    for slug in ["aa", "bb", "cc"] {
        app.tenant(slug).await;
    }
    let first = app.get("/tenants?limit=2", &app.operator).await.expect(200);
    assert_eq!((&first["data"][0]["slug"], &first["data"][1]["slug"]), (&json!("cc"), &json!("bb")));
    let next = first["next"].as_str().unwrap();
    let second = app.get(&format!("/tenants?limit=2&after={next}"), &app.operator).await.expect(200);
    assert_eq!((&second["data"][0]["slug"], &second["has_more"]), (&json!("aa"), &json!(false)));
    app.get("/tenants?colour=red", &app.operator).await.expect(400);
}

#[tokio::test]
async fn the_document_knows_filters_and_pages() {
    let app = App::new().await;
    let document = serde_json::to_value(&app.document).unwrap();
    let parameters = document["paths"]["/api/v1/tenants/{tenant_id}/keys"]["get"]["parameters"]
        .as_array()
        .unwrap()
        .clone();
    let names: Vec<_> = parameters.iter().map(|parameter| parameter["name"].as_str().unwrap()).collect();
    assert_eq!(names, ["tenant_id", "project_id", "status", "limit", "after"]);
    assert!(
        parameters
            .iter()
            .skip(1)
            .all(|parameter| parameter["in"] == "query" && parameter["required"] != true),
        "{parameters:?}"
    );
}
