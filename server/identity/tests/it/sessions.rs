use chrono::TimeDelta;
use http::{Method, header};
use serde_json::{Value, json};
use shared::Role;

use crate::app::{App, As, BROWSER, OPERATOR, PASSWORD};

#[tokio::test]
async fn a_member_signs_in_with_the_tenant_s_name_and_out_again() {
    let app = App::new().await;
    let acme = testkit::tenant(&app.db, "acme").await;
    app.member(&acme, "Ana@acme.example", Role::Owner).await;

    let answer = app.try_sign_in(Some("acme"), "ana@ACME.example ", PASSWORD).await;
    let set_cookie = answer.headers[header::SET_COOKIE].to_str().unwrap().to_owned();
    assert!(set_cookie.contains("HttpOnly") && set_cookie.contains("SameSite=Lax"), "{set_cookie}");
    let cookie = answer.cookie();
    let me = answer.expect(201);
    assert_eq!(
        (&me["kind"], &me["role"], &me["tenant"]["slug"]),
        (&json!("member"), &json!("owner"), &json!("acme"))
    );

    let me = app.get("/api/v1/me", As::Cookie(&cookie)).await.expect(200);
    assert_eq!(me["email"], "Ana@acme.example");
    assert!(me["permissions"].as_array().unwrap().contains(&json!("api_key.create")));

    app.delete("/api/v1/sessions/current", As::Cookie(&cookie)).await.expect(204);
    app.get("/api/v1/me", As::Cookie(&cookie)).await.expect(401);
    let expected =
        ["session.create begun", "session.create success", "session.delete begun", "session.delete success"];
    assert_eq!(app.audit(Some(&acme)).await, expected);
}

#[tokio::test]
async fn an_operator_signs_in_without_a_tenant_and_no_member_does() {
    let app = App::new().await;
    let acme = testkit::tenant(&app.db, "acme").await;
    app.operator(OPERATOR).await;
    app.member(&acme, "ana@acme.example", Role::Owner).await;

    let me = app.try_sign_in(None, OPERATOR, PASSWORD).await.expect(201);
    assert_eq!(me["kind"], "operator");
    app.try_sign_in(None, "ana@acme.example", PASSWORD).await.expect(401);
    app.try_sign_in(Some("acme"), OPERATOR, PASSWORD).await.expect(401);
}

#[tokio::test]
async fn every_failed_sign_in_looks_the_same() {
    let app = App::new().await;
    let acme = testkit::tenant(&app.db, "acme").await;
    let disabled = app.member(&acme, "dora@acme.example", Role::Viewer).await;
    app.member(&acme, "ana@acme.example", Role::Owner).await;
    let other = testkit::tenant(&app.db, "gone").await;
    app.member(&other, "ana@gone.example", Role::Owner).await;
    let mut superuser = app.db.superuser().await;
    sqlx::query("update members set disabled_at = now() where id = $1")
        .bind(disabled.uuid())
        .execute(&mut superuser)
        .await
        .unwrap();
    sqlx::query("update tenants set status = 'deleted' where id = $1")
        .bind(other.id.uuid())
        .execute(&mut superuser)
        .await
        .unwrap();

    let tries = [
        (Some("acme"), "ana@acme.example", "wrong-wrong-wrong"),
        (Some("acme"), "nobody@acme.example", PASSWORD),
        (Some("acme"), "dora@acme.example", PASSWORD),
        (Some("nowhere"), "ana@acme.example", PASSWORD),
        (Some("gone"), "ana@gone.example", PASSWORD),
        (None, "nobody@msp.example", PASSWORD),
    ];
    let mut bodies: Vec<Value> = Vec::new();
    for (tenant, email, password) in tries {
        let answer = app.try_sign_in(tenant, email, password).await;
        assert!(!answer.headers.contains_key(header::SET_COOKIE), "{tenant:?} {email}");
        bodies.push(answer.expect(401));
    }
    assert!(bodies.iter().all(|body| *body == bodies[0]), "{bodies:#?}");
    assert_eq!(bodies[0]["code"], "wrong_credentials");
}

#[tokio::test]
async fn guessing_at_one_account_is_stopped_while_others_sign_in() {
    let app = App::new().await;
    let acme = testkit::tenant(&app.db, "acme").await;
    app.member(&acme, "ana@acme.example", Role::Owner).await;
    app.member(&acme, "bob@acme.example", Role::Admin).await;
    let mut refused = None;
    for _ in 0..80 {
        let answer = app.try_sign_in(Some("acme"), "ana@acme.example", "wrong").await;
        if answer.status == 429 {
            refused = Some(answer);
            break;
        }
    }
    let refused = refused.expect("80 guesses are too many");
    assert!(refused.headers.contains_key(header::RETRY_AFTER));
    assert_eq!(app.try_sign_in(Some("acme"), "Ana@acme.example", PASSWORD).await.status, 429);
    app.sign_in(Some("acme"), "bob@acme.example").await;
}

#[tokio::test]
async fn another_browser_can_be_signed_out() {
    let app = App::new().await;
    let acme = testkit::tenant(&app.db, "acme").await;
    app.member(&acme, "ana@acme.example", Role::Viewer).await;
    app.member(&acme, "bob@acme.example", Role::Viewer).await;
    let (here, there) = (
        app.sign_in(Some("acme"), "ana@acme.example").await,
        app.sign_in(Some("acme"), "ana@acme.example").await,
    );
    let bob = app.sign_in(Some("acme"), "bob@acme.example").await;

    let listed = app.get("/api/v1/me/sessions", As::Cookie(&here)).await.expect(200);
    let sessions = listed["data"].as_array().unwrap();
    assert_eq!(sessions.len(), 2);
    assert!(sessions.iter().all(|session| session["user_agent"] == BROWSER), "{sessions:?}");
    let other = sessions.iter().find(|session| session["current"] == false).unwrap();
    let path = format!("/api/v1/me/sessions/{}", other["id"].as_str().unwrap());
    app.delete(&path, As::Cookie(&bob)).await.expect(404);
    app.get("/api/v1/me", As::Cookie(&there)).await.expect(200);
    app.delete(&path, As::Cookie(&here)).await.expect(204);
    app.get("/api/v1/me", As::Cookie(&there)).await.expect(401);
    app.get("/api/v1/me", As::Cookie(&here)).await.expect(200);
}

#[tokio::test]
async fn no_session_lasts_longer_than_a_week() {
    let app = App::new().await;
    app.operator(OPERATOR).await;
    let cookie = app.sign_in(None, OPERATOR).await;
    app.wind(TimeDelta::days(7) - TimeDelta::minutes(1));
    let listed = app.get("/api/v1/me/sessions", As::Cookie(&cookie)).await.expect(200);
    assert_eq!(listed["data"][0]["expires_at"], "2026-03-09T10:00:00Z");
    app.wind(TimeDelta::minutes(2));
    app.get("/api/v1/me", As::Cookie(&cookie)).await.expect(401);
}

#[tokio::test]
async fn a_cookie_from_another_site_changes_nothing() {
    let app = App::new().await;
    app.operator(OPERATOR).await;
    let cookie = app.sign_in(None, OPERATOR).await;
    let mut request = App::request(Method::DELETE, "/api/v1/sessions/current", As::Cookie(&cookie), None);
    request.headers_mut().insert("sec-fetch-site", "cross-site".parse().unwrap());
    app.send(request).await.expect(403);
    app.get("/api/v1/me", As::Cookie(&cookie)).await.expect(200);
}

#[tokio::test]
async fn an_unknown_field_is_refused_by_name() {
    let app = App::new().await;
    let body = json!({ "email": "a@b.example", "password": "x", "remember": true });
    let problem = app.post("/api/v1/sessions", As::Nobody, body).await.expect(400);
    assert!(problem["detail"].as_str().unwrap().contains("remember"), "{problem}");
}
