use chrono::TimeDelta;
use http::HeaderValue;
use serde_json::json;
use shared::Role;

use crate::app::{App, As, OPERATOR};

#[tokio::test]
async fn a_token_acts_as_its_owner_until_it_is_revoked() {
    let app = App::new().await;
    let acme = testkit::tenant(&app.db, "acme").await;
    app.member(&acme, "ana@acme.example", Role::Developer).await;
    app.operator(OPERATOR).await;
    for (tenant, email, prefix) in [(Some("acme"), "ana@acme.example", "sy_pat_"), (None, OPERATOR, "sy_op_")]
    {
        let cookie = app.sign_in(tenant, email).await;
        let made =
            app.post("/api/v1/me/tokens", As::Cookie(&cookie), json!({ "name": "ci" })).await.expect(201);
        let secret = made["secret"].as_str().unwrap();
        assert!(secret.starts_with(prefix) && secret.ends_with(made["last_four"].as_str().unwrap()));

        let me = app.get("/api/v1/me", As::Token(secret)).await.expect(200);
        assert_eq!(me["email"], email);
        let listed = app.get("/api/v1/me/tokens", As::Token(secret)).await.expect(200);
        assert_eq!((&listed["data"][0]["id"], &listed["data"][0]["secret"]), (&made["id"], &json!(null)));
        assert_eq!(listed["data"][0]["last_used_at"], "2026-03-02T10:00:00Z");

        app.delete("/api/v1/sessions/current", As::Token(secret)).await.expect(409);
        let path = format!("/api/v1/me/tokens/{}", made["id"].as_str().unwrap());
        app.delete(&path, As::Cookie(&cookie)).await.expect(204);
        app.get("/api/v1/me", As::Token(secret)).await.expect(401);
        app.delete(&path, As::Cookie(&cookie)).await.expect(404);
        let listed = app.get("/api/v1/me/tokens", As::Cookie(&cookie)).await.expect(200);
        assert_eq!(listed["data"], json!([]));
    }
}

#[tokio::test]
async fn a_token_ends_when_it_should_and_its_children_with_it() {
    let app = App::new().await;
    let acme = testkit::tenant(&app.db, "acme").await;
    app.member(&acme, "ana@acme.example", Role::Developer).await;
    let cookie = app.sign_in(Some("acme"), "ana@acme.example").await;
    let end = app.now() + TimeDelta::days(1);
    let new = json!({ "name": "a day", "expires_at": end });
    let made = app.post("/api/v1/me/tokens", As::Cookie(&cookie), new).await.expect(201);
    let parent = made["secret"].as_str().unwrap();
    let child =
        app.post("/api/v1/me/tokens", As::Token(parent), json!({ "name": "for ever" })).await.expect(201);
    assert_eq!(child["expires_at"], made["expires_at"]);
    app.wind(TimeDelta::days(1));
    app.get("/api/v1/me", As::Token(parent)).await.expect(401);
    app.get("/api/v1/me", As::Token(child["secret"].as_str().unwrap())).await.expect(401);

    let past = json!({ "name": "past", "expires_at": "2026-03-02T09:00:00Z" });
    let problem = app.post("/api/v1/me/tokens", As::Cookie(&cookie), past).await.expect(400);
    assert_eq!(problem["errors"][0]["field"], "expires_at");
}

#[tokio::test]
async fn somebody_else_s_token_is_not_found() {
    let app = App::new().await;
    let acme = testkit::tenant(&app.db, "acme").await;
    app.member(&acme, "ana@acme.example", Role::Owner).await;
    app.member(&acme, "bob@acme.example", Role::Owner).await;
    let (ana, bob) = (
        app.sign_in(Some("acme"), "ana@acme.example").await,
        app.sign_in(Some("acme"), "bob@acme.example").await,
    );
    let made = app.post("/api/v1/me/tokens", As::Cookie(&ana), json!({ "name": "ci" })).await.expect(201);
    let path = format!("/api/v1/me/tokens/{}", made["id"].as_str().unwrap());
    app.delete(&path, As::Cookie(&bob)).await.expect(404);
    app.get("/api/v1/me", As::Token(made["secret"].as_str().unwrap())).await.expect(200);
    assert_eq!(app.get("/api/v1/me/tokens", As::Cookie(&bob)).await.expect(200)["data"], json!([]));
}

#[tokio::test]
async fn a_replay_shows_the_token_without_its_secret() {
    let app = App::new().await;
    app.operator(OPERATOR).await;
    let cookie = app.sign_in(None, OPERATOR).await;
    let mut answers = Vec::new();
    for _ in 0..2 {
        let mut request = App::request(
            http::Method::POST,
            "/api/v1/me/tokens",
            As::Cookie(&cookie),
            Some(json!({ "name": "ci" })),
        );
        request.headers_mut().insert("idempotency-key", HeaderValue::from_static("one"));
        answers.push(app.send(request).await.expect(201));
    }
    assert_eq!(answers[0]["id"], answers[1]["id"]);
    assert!(answers[0]["secret"].is_string() && answers[1].get("secret").is_none());
}

#[tokio::test]
async fn tokens_are_listed_in_pages() {
    let app = App::new().await;
    app.operator(OPERATOR).await;
    let cookie = app.sign_in(None, OPERATOR).await;
    for name in ["a", "b", "c"] {
        app.post("/api/v1/me/tokens", As::Cookie(&cookie), json!({ "name": name })).await.expect(201);
    }
    let first = app.get("/api/v1/me/tokens?limit=2", As::Cookie(&cookie)).await.expect(200);
    assert_eq!(
        (&first["data"][0]["name"], &first["data"][1]["name"], &first["has_more"]),
        (&json!("c"), &json!("b"), &json!(true))
    );
    let path = format!("/api/v1/me/tokens?limit=2&after={}", first["next"].as_str().unwrap());
    let second = app.get(&path, As::Cookie(&cookie)).await.expect(200);
    assert_eq!((second["data"].as_array().unwrap().len(), &second["data"][0]["name"]), (1, &json!("a")));
    app.get("/api/v1/me/tokens?limit=0", As::Cookie(&cookie)).await.expect(400);
    app.get("/api/v1/me/tokens?after=nonsense", As::Cookie(&cookie)).await.expect(400);
}
