use chrono::TimeDelta;
use serde_json::json;
use shared::Role;

use crate::app::{App, As, PASSWORD};

fn accept(token: &str) -> serde_json::Value {
    json!({ "token": token, "name": "Ana Petrova", "password": PASSWORD })
}

#[tokio::test]
async fn an_invitation_is_previewed_then_accepted_once() {
    let app = App::new().await;
    let acme = testkit::tenant(&app.db, "acme").await;
    let token = app.invitation(&acme, "ana@acme.example", Role::Admin).await;
    let preview =
        app.post("/api/v1/invitations/preview", As::Nobody, json!({ "token": token })).await.expect(200);
    assert_eq!(
        (&preview["tenant_slug"], &preview["email"], &preview["role"]),
        (&json!("acme"), &json!("ana@acme.example"), &json!("admin"))
    );

    let answer = app.post("/api/v1/invitations/accept", As::Nobody, accept(&token)).await;
    let cookie = answer.cookie();
    let me = answer.expect(201);
    assert_eq!((&me["role"], &me["tenant"]["slug"]), (&json!("admin"), &json!("acme")));
    app.get("/api/v1/me", As::Cookie(&cookie)).await.expect(200);
    app.sign_in(Some("acme"), "ana@acme.example").await;

    app.post("/api/v1/invitations/accept", As::Nobody, accept(&token)).await.expect(404);
    app.post("/api/v1/invitations/preview", As::Nobody, json!({ "token": token })).await.expect(404);
    assert_eq!(app.audit(Some(&acme)).await[..2], ["member.create begun", "member.create success"]);
}

#[tokio::test]
async fn an_expired_invitation_is_as_good_as_none() {
    let app = App::new().await;
    let acme = testkit::tenant(&app.db, "acme").await;
    let token = app.invitation(&acme, "ana@acme.example", Role::Admin).await;
    app.wind(TimeDelta::days(2));
    let expired = app.post("/api/v1/invitations/accept", As::Nobody, accept(&token)).await.expect(404);
    let nonsense =
        app.post("/api/v1/invitations/accept", As::Nobody, accept("sy_inv_nonsense")).await.expect(404);
    assert_eq!(expired, nonsense);
}

#[tokio::test]
async fn a_weak_password_leaves_the_invitation_open() {
    let app = App::new().await;
    let acme = testkit::tenant(&app.db, "acme").await;
    let token = app.invitation(&acme, "ana@acme.example", Role::Viewer).await;
    let mut weak = accept(&token);
    weak["password"] = json!("ana@acme.example");
    let problem = app.post("/api/v1/invitations/accept", As::Nobody, weak).await.expect(400);
    assert_eq!(problem["errors"][0]["field"], "password");
    app.post("/api/v1/invitations/accept", As::Nobody, accept(&token)).await.expect(201);
}

#[tokio::test]
async fn an_address_that_is_a_member_already_is_told() {
    let app = App::new().await;
    let acme = testkit::tenant(&app.db, "acme").await;
    let token = app.invitation(&acme, "ana@acme.example", Role::Viewer).await;
    app.member(&acme, "ANA@acme.example", Role::Owner).await;
    app.post("/api/v1/invitations/accept", As::Nobody, accept(&token)).await.expect(409);
    // The same person elsewhere is another person.
    let globex = testkit::tenant(&app.db, "globex").await;
    let token = app.invitation(&globex, "ana@acme.example", Role::Viewer).await;
    app.post("/api/v1/invitations/accept", As::Nobody, accept(&token)).await.expect(201);
}
