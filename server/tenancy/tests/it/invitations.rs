use chrono::TimeDelta;
use serde_json::json;
use shared::Role;

use crate::app::App;

#[tokio::test]
async fn an_invitation_s_link_is_shown_once_and_mailed() {
    let app = App::new().await;
    let acme = app.tenant("acme").await;
    let admin = app.person(&acme, "ada@acme.example", Role::Admin).await;
    let path = format!("/tenants/{}/invitations", acme.id);
    let new = json!({ "email": "dan@acme.example", "role": "developer" });
    let (made, replay) = app.twice(&path, &admin.token, new).await;
    let link = made["link"].as_str().unwrap();
    assert!(replay.get("link").is_none());
    assert_eq!(
        (&made["status"], &made["invited_by"], &made["expires_at"]),
        (&json!("open"), &json!("ada@acme.example"), &json!("2026-03-09T10:00:00Z"))
    );
    let listed = app.get(&path, &admin.token).await.expect(200);
    assert_eq!((listed["data"].as_array().unwrap().len(), listed["data"][0].get("link")), (1, None));
    let mails: Vec<(String, String)> =
        sqlx::query_as("select subject, body_text from mails where recipient = 'dan@acme.example'")
            .fetch_all(&mut app.db.superuser().await)
            .await
            .unwrap();
    assert!(
        mails.len() == 1 && mails[0].0 == "You are invited to acme" && mails[0].1.contains(link),
        "{mails:?}"
    );
}

#[tokio::test]
async fn one_address_has_one_open_invitation_at_a_time() {
    let app = App::new().await;
    let acme = app.tenant("acme").await;
    let admin = app.person(&acme, "ada@acme.example", Role::Admin).await;
    let path = format!("/tenants/{}/invitations", acme.id);
    let invite = |email: &'static str| {
        app.post_owned(path.clone(), &admin.token, json!({ "email": email, "role": "viewer" }))
    };
    let first = invite("dan@acme.example").await.expect(201);
    invite("DAN@acme.example").await.expect(409);
    invite("Ada@acme.example").await.expect(409);
    let one = format!("{path}/{}", first["id"].as_str().unwrap());
    app.delete(&one, &admin.token).await.expect(204);
    app.delete(&one, &admin.token).await.expect(409);
    invite("dan@acme.example").await.expect(201);
    app.wind(TimeDelta::days(7));
    invite("dan@acme.example").await.expect(201);
    let listed = app.get(&path, &admin.token).await.expect(200);
    let statuses: Vec<_> =
        listed["data"].as_array().unwrap().iter().map(|one| one["status"].as_str().unwrap()).collect();
    assert_eq!(statuses, ["open", "expired", "revoked"]);
}

#[tokio::test]
async fn owners_are_invited_by_owners_and_operators() {
    let app = App::new().await;
    let acme = app.tenant("acme").await;
    let owner = app.person(&acme, "oda@acme.example", Role::Owner).await;
    let admin = app.person(&acme, "ada@acme.example", Role::Admin).await;
    let developer = app.person(&acme, "dan@acme.example", Role::Developer).await;
    let path = format!("/tenants/{}/invitations", acme.id);
    let invite = async |email: &str, token: &str| {
        app.post(&path, token, json!({ "email": email, "role": "owner" })).await
    };
    invite("a@acme.example", &developer.token).await.expect(403);
    invite("a@acme.example", &admin.token).await.expect(403);
    invite("a@acme.example", &owner.token).await.expect(201);
    let by_operator = invite("b@acme.example", &app.operator).await.expect(201);
    assert_eq!(by_operator["invited_by"], "operator");
    app.get(&path, &developer.token).await.expect(403);
    let one = format!("{path}/{}", by_operator["id"].as_str().unwrap());
    app.delete(&one, &app.operator).await.expect(204);
}
