use serde_json::json;
use shared::Role;

use crate::app::App;

#[tokio::test]
async fn a_new_role_holds_from_the_next_request() {
    let app = App::new().await;
    let acme = app.tenant("acme").await;
    let admin = app.person(&acme, "ada@acme.example", Role::Admin).await;
    let vera = app.person(&acme, "vera@acme.example", Role::Viewer).await;
    let path = format!("/tenants/{}/members", acme.id);
    let teams = format!("/tenants/{}/teams", acme.id);
    app.post(&teams, &vera.token, json!({ "name": "V" })).await.expect(403);
    let changed =
        app.patch(&format!("{path}/{}", vera.id), &admin.token, json!({ "role": "admin" })).await.expect(200);
    assert_eq!(changed["role"], "admin");
    app.post(&teams, &vera.token, json!({ "name": "V" })).await.expect(201);
    let problem = app.patch(&format!("{path}/{}", vera.id), &admin.token, json!({ "role": "boss" })).await;
    assert!(problem.expect_field("role").contains("viewer"));
}

#[tokio::test]
async fn only_owners_touch_owners_and_the_last_one_stays() {
    let app = App::new().await;
    let acme = app.tenant("acme").await;
    let owner = app.person(&acme, "oda@acme.example", Role::Owner).await;
    let admin = app.person(&acme, "ada@acme.example", Role::Admin).await;
    let path = format!("/tenants/{}/members", acme.id);
    let (of_owner, of_admin) = (format!("{path}/{}", owner.id), format!("{path}/{}", admin.id));

    app.patch(&of_owner, &admin.token, json!({ "role": "viewer" })).await.expect(403);
    app.patch(&of_admin, &admin.token, json!({ "role": "owner" })).await.expect(403);
    app.delete(&of_owner, &admin.token).await.expect(403);
    for change in [json!({ "role": "admin" }), json!({ "disabled": true })] {
        app.patch(&of_owner, &owner.token, change).await.expect(409);
    }
    app.delete(&of_owner, &owner.token).await.expect(409);
    app.patch(&of_admin, &owner.token, json!({ "role": "owner" })).await.expect(200);
    app.delete(&of_owner, &owner.token).await.expect(204);
    app.get(&path, &owner.token).await.expect(401);
    assert_eq!(app.get(&path, &admin.token).await.expect(200)["data"].as_array().unwrap().len(), 1);
}

#[tokio::test]
async fn two_owners_who_demote_each_other_leave_one() {
    let app = App::new().await;
    let acme = app.tenant("acme").await;
    let (one, two) = (
        app.person(&acme, "one@acme.example", Role::Owner).await,
        app.person(&acme, "two@acme.example", Role::Owner).await,
    );
    let path = format!("/tenants/{}/members", acme.id);
    let (of_one, of_two) = (format!("{path}/{}", one.id), format!("{path}/{}", two.id));
    tokio::join!(
        app.patch(&of_two, &one.token, json!({ "role": "viewer" })),
        app.patch(&of_one, &two.token, json!({ "role": "viewer" })),
    );
    let owners = "select count(*) from members where tenant_id = $1 and role = 'owner'";
    assert_eq!(app.count(owners, &acme).await, 1);
}

#[tokio::test]
async fn a_disabled_person_is_out_at_once() {
    let app = App::new().await;
    let acme = app.tenant("acme").await;
    let owner = app.person(&acme, "oda@acme.example", Role::Owner).await;
    let dan = app.person(&acme, "dan@acme.example", Role::Developer).await;
    sqlx::query(
        "insert into sessions (id_hash, tenant_id, member_id, data, created_at, last_seen_at, expires_at) \
         values ('\\x01', $1, $2, '{}', now(), now(), now())",
    )
    .bind(acme.id.uuid())
    .bind(dan.id.uuid())
    .execute(&mut app.db.superuser().await)
    .await
    .unwrap();
    let (path, tenant) =
        (format!("/tenants/{}/members/{}", acme.id, dan.id), format!("/tenants/{}", acme.id));
    let disabled = app.patch(&path, &owner.token, json!({ "disabled": true })).await.expect(200);
    assert_eq!(disabled["disabled_at"], "2026-03-02T10:00:00Z");
    app.get(&tenant, &dan.token).await.expect(401);
    assert_eq!(app.count("select count(*) from sessions where tenant_id = $1", &acme).await, 0);
    app.patch(&path, &owner.token, json!({ "disabled": false })).await.expect(200);
    app.get(&tenant, &dan.token).await.expect(200);
    app.delete(&path, &owner.token).await.expect(204);
    let tokens = "select count(*) from access_tokens where tenant_id = $1";
    assert_eq!(app.count(tokens, &acme).await, 1, "the owner's alone");
}

#[tokio::test]
async fn an_operator_sees_members_and_changes_none() {
    let app = App::new().await;
    let acme = app.tenant("acme").await;
    let dan = app.person(&acme, "dan@acme.example", Role::Developer).await;
    let path = format!("/tenants/{}/members", acme.id);
    let listed = app.get(&path, &app.operator).await.expect(200);
    assert_eq!(
        (&listed["data"][0]["email"], listed["data"][0].get("password_hash")),
        (&json!("dan@acme.example"), None)
    );
    app.patch(&format!("{path}/{}", dan.id), &app.operator, json!({ "role": "owner" })).await.expect(403);
    assert_eq!(app.get(&path, &app.operator).await.expect(200), listed);
}
