use serde_json::json;
use shared::Role;

use crate::app::App;

#[tokio::test]
async fn an_action_is_one_entry_with_who_what_and_how_it_ended() {
    let app = App::new().await;
    let acme = app.tenant("acme").await;
    let admin = app.person(&acme, "ada@acme.example", Role::Admin).await;
    let vera = app.person(&acme, "vera@acme.example", Role::Viewer).await;
    let (teams, path) = (format!("/tenants/{}/teams", acme.id), format!("/tenants/{}/audit", acme.id));
    app.post(&teams, &admin.token, json!({ "name": "One" })).await.expect(201);
    app.post(&teams, &admin.token, json!({ "name": "One" })).await.expect(409);
    app.post(&teams, &vera.token, json!({ "name": "Two" })).await.expect(403);
    app.patch(&format!("/tenants/{}", acme.id), &app.operator, json!({ "name": "Acme" })).await.expect(200);

    let listed = app.get(&path, &admin.token).await.expect(200);
    let entries: Vec<_> = listed["data"]
        .as_array()
        .unwrap()
        .iter()
        .map(|entry| {
            format!("{} {} {}", entry["actor_email"], entry["action"], entry["outcome"]).replace('"', "")
        })
        .collect();
    let expected = [
        "null tenant.update success",
        "vera@acme.example team.create denied",
        "ada@acme.example team.create error",
        "ada@acme.example team.create success",
    ];
    assert_eq!(entries, expected);
    let newest = &listed["data"][0];
    assert!(newest["actor"].as_str().unwrap().starts_with("operator:op_"));
    assert_eq!(newest["resource"], format!("/api/v1/tenants/{}", acme.id));
    assert_eq!(
        (&newest["begun_at"], &newest["ended_at"]),
        (&json!("2026-03-02T10:00:00Z"), &json!("2026-03-02T10:00:00Z"))
    );
    assert!(newest["request_id"].as_str().unwrap().starts_with("req_"));

    let first = app.get(&format!("{path}?limit=3"), &app.operator).await.expect(200);
    let rest = app
        .get(&format!("{path}?limit=3&after={}", first["next"].as_str().unwrap()), &app.operator)
        .await
        .expect(200);
    assert_eq!((rest["data"].as_array().unwrap().len(), &rest["data"][0]["seq"]), (1, &json!(1)));
    app.get(&path, &vera.token).await.expect(403);
}

#[tokio::test]
async fn operators_have_a_log_of_their_own() {
    let app = App::new().await;
    let acme = app.tenant("acme").await;
    let owner = app.person(&acme, "oda@acme.example", Role::Owner).await;
    app.post("/tenants", &app.operator, json!({ "slug": "globex", "name": "Globex" })).await.expect(201);
    app.delete("/tenants/ten_00000000000000000000000000000000", &app.operator).await.expect(404);
    let listed = app.get("/audit", &app.operator).await.expect(200);
    let entries: Vec<_> = listed["data"]
        .as_array()
        .unwrap()
        .iter()
        .map(|entry| {
            format!("{} {} {}", entry["actor_email"], entry["action"], entry["outcome"]).replace('"', "")
        })
        .collect();
    assert_eq!(
        entries,
        [
            "olga@msp.example tenant_directory.delete error",
            "olga@msp.example tenant_directory.create success"
        ]
    );
    app.get("/audit", &owner.token).await.expect(404);
}
