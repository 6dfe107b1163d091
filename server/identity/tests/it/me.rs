use http::Method;
use serde_json::json;
use shared::Role;

use crate::app::{App, As, OPERATOR, PASSWORD};

const NEW: &str = "lantern-quarry-violet";

#[tokio::test]
async fn a_new_password_ends_the_other_sessions_only() {
    let app = App::new().await;
    let acme = testkit::tenant(&app.db, "acme").await;
    app.member(&acme, "ana@acme.example", Role::Developer).await;
    app.operator(OPERATOR).await;
    for (tenant, email) in [(Some("acme"), "ana@acme.example"), (None, OPERATOR)] {
        let (here, there) = (app.sign_in(tenant, email).await, app.sign_in(tenant, email).await);
        let change = json!({ "current": PASSWORD, "new": NEW });
        app.post("/api/v1/me/password", As::Cookie(&here), change).await.expect(204);
        app.get("/api/v1/me", As::Cookie(&here)).await.expect(200);
        app.get("/api/v1/me", As::Cookie(&there)).await.expect(401);
        app.try_sign_in(tenant, email, PASSWORD).await.expect(401);
        app.try_sign_in(tenant, email, NEW).await.expect(201);
    }
}

#[tokio::test]
async fn a_password_is_not_changed_without_the_present_one_or_to_a_weak_one() {
    let app = App::new().await;
    app.operator(OPERATOR).await;
    let cookie = app.sign_in(None, OPERATOR).await;
    for (current, new, field) in
        [("wrong", NEW, "current"), (PASSWORD, "short", "new"), (PASSWORD, "password1234", "new")]
    {
        let change = json!({ "current": current, "new": new });
        let problem = app.post("/api/v1/me/password", As::Cookie(&cookie), change).await.expect(400);
        assert_eq!(problem["errors"][0]["field"], field, "{problem}");
    }
    app.try_sign_in(None, OPERATOR, PASSWORD).await.expect(201);
}

#[tokio::test]
async fn a_name_can_be_changed_and_is_audited() {
    let app = App::new().await;
    let acme = testkit::tenant(&app.db, "acme").await;
    app.member(&acme, "ana@acme.example", Role::Viewer).await;
    let cookie = app.sign_in(Some("acme"), "ana@acme.example").await;
    let body = json!({ "name": " Ana P. " });
    let me = app.call(Method::PATCH, "/api/v1/me", As::Cookie(&cookie), Some(body)).await.expect(200);
    assert_eq!(me["name"], "Ana P.");
    assert_eq!(app.get("/api/v1/me", As::Cookie(&cookie)).await.expect(200)["name"], "Ana P.");
    let problem = app
        .call(Method::PATCH, "/api/v1/me", As::Cookie(&cookie), Some(json!({ "name": "" })))
        .await
        .expect(400);
    assert_eq!(problem["errors"][0]["field"], "name");
    let audit = app.audit(Some(&acme)).await;
    assert_eq!(
        &audit[2..],
        ["member.update begun", "member.update success", "member.update begun", "member.update error"]
    );
}

#[tokio::test]
async fn taking_a_role_away_works_at_once() {
    let app = App::new().await;
    let acme = testkit::tenant(&app.db, "acme").await;
    let ana = app.member(&acme, "ana@acme.example", Role::Admin).await;
    let cookie = app.sign_in(Some("acme"), "ana@acme.example").await;
    sqlx::query("update members set role = 'viewer' where id = $1")
        .bind(ana.uuid())
        .execute(&mut app.db.superuser().await)
        .await
        .unwrap();
    let me = app.get("/api/v1/me", As::Cookie(&cookie)).await.expect(200);
    assert_eq!(me["role"], "viewer");
    assert!(!me["permissions"].as_array().unwrap().contains(&json!("api_key.create")));
}
