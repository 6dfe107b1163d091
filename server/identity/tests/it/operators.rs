use http::Method;
use serde_json::json;
use shared::Role;

use crate::app::{App, As, OPERATOR, PASSWORD};

#[tokio::test]
async fn an_operator_makes_another_who_can_sign_in() {
    let app = App::new().await;
    let olga = app.operator(OPERATOR).await;
    let token = app.operator_token(olga).await;
    let new = json!({ "email": "otto@msp.example", "name": "Otto", "password": "lantern-quarry-violet" });
    let made = app.post("/api/v1/operators", As::Token(&token), new.clone()).await.expect(201);
    assert!(made.get("password").is_none());
    app.try_sign_in(None, "otto@msp.example", "lantern-quarry-violet").await.expect(201);

    let mut same = new.clone();
    same["email"] = json!("OTTO@msp.example");
    app.post("/api/v1/operators", As::Token(&token), same).await.expect(409);
    let mut weak = new;
    weak["password"] = json!("short");
    let problem = app.post("/api/v1/operators", As::Token(&token), weak).await.expect(400);
    assert_eq!(problem["errors"][0]["field"], "password");
    let listed = app.get("/api/v1/operators", As::Token(&token)).await.expect(200);
    assert_eq!(listed["data"].as_array().unwrap().len(), 2);
}

#[tokio::test]
async fn disabling_an_operator_works_at_once_and_never_on_oneself() {
    let app = App::new().await;
    let (olga, otto) = (app.operator(OPERATOR).await, app.operator("otto@msp.example").await);
    let (olgas, ottos) = (app.operator_token(olga).await, app.operator_token(otto).await);
    let session = app.sign_in(None, "otto@msp.example").await;
    let patch = |path: String, token: String, body| {
        let app = &app;
        async move { app.call(Method::PATCH, &path, As::Token(&token), Some(body)).await }
    };
    let (of_olga, of_otto) = (format!("/api/v1/operators/{olga}"), format!("/api/v1/operators/{otto}"));

    patch(of_olga, olgas.clone(), json!({ "disabled": true })).await.expect(409);
    patch(of_otto.clone(), olgas.clone(), json!({ "disabled": true })).await.expect(200);
    app.get("/api/v1/me", As::Token(&ottos)).await.expect(401);
    app.get("/api/v1/me", As::Cookie(&session)).await.expect(401);
    app.try_sign_in(None, "otto@msp.example", PASSWORD).await.expect(401);

    let enabled = patch(of_otto, olgas, json!({ "disabled": false, "name": "Otto O." })).await.expect(200);
    assert_eq!((&enabled["name"], &enabled["disabled_at"]), (&json!("Otto O."), &json!(null)));
    app.get("/api/v1/me", As::Token(&ottos)).await.expect(200);
    app.get("/api/v1/me", As::Cookie(&session)).await.expect(401);
}

#[tokio::test]
async fn two_operators_who_disable_each_other_leave_one() {
    let app = App::new().await;
    let (olga, otto) = (app.operator(OPERATOR).await, app.operator("otto@msp.example").await);
    let (olgas, ottos) = (app.operator_token(olga).await, app.operator_token(otto).await);
    let (of_olga, of_otto) = (format!("/api/v1/operators/{olga}"), format!("/api/v1/operators/{otto}"));
    let disable = || Some(json!({ "disabled": true }));
    let (one, two) = tokio::join!(
        app.call(Method::PATCH, &of_otto, As::Token(&olgas), disable()),
        app.call(Method::PATCH, &of_olga, As::Token(&ottos), disable()),
    );
    let succeeded = [one, two].iter().filter(|answer| answer.status == 200).count();
    assert_eq!(succeeded, 1);
}

#[tokio::test]
async fn a_member_sees_nothing_of_operators() {
    let app = App::new().await;
    let acme = testkit::tenant(&app.db, "acme").await;
    app.member(&acme, "ana@acme.example", Role::Owner).await;
    let olga = app.operator(OPERATOR).await;
    let cookie = app.sign_in(Some("acme"), "ana@acme.example").await;
    app.get("/api/v1/operators", As::Cookie(&cookie)).await.expect(404);
    let body = Some(json!({ "disabled": true }));
    app.call(Method::PATCH, &format!("/api/v1/operators/{olga}"), As::Cookie(&cookie), body)
        .await
        .expect(404);
    app.sign_in(None, OPERATOR).await;
    assert!(app.audit(Some(&acme)).await.contains(&"operator.update denied".to_owned()));
}
