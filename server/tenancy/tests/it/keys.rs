use chrono::TimeDelta;
use futures::StreamExt;
use kv::Notice;
use secrets::Token;
use serde_json::json;
use shared::Role;

use crate::app::{App, pepper};

#[tokio::test]
async fn a_key_s_secret_is_shown_once_and_kept_as_a_hash() {
    let app = App::new().await;
    let acme = app.tenant("acme").await;
    app.model("llama", &[&acme]).await;
    let dan = app.person(&acme, "dan@acme.example", Role::Developer).await;
    let path = format!("/tenants/{}/keys", acme.id);
    let new = json!({ "name": "web", "project_id": acme.project, "allowed_models": ["llama"], "scopes": ["routing:explain"] });
    let generation = app.generation().await;
    let (made, replay) = app.twice(&path, &dan.token, new).await;
    assert!(app.generation().await > generation, "gateways are told");
    let secret = made["secret"].as_str().unwrap();
    assert!(
        secret.starts_with(made["display_prefix"].as_str().unwrap())
            && secret.ends_with(made["last_four"].as_str().unwrap())
    );
    assert!(secret.starts_with("sy_live_") && replay.get("secret").is_none());
    assert_eq!(
        (&replay["id"], &made["created_by"], &made["status"]),
        (&made["id"], &json!("dan@acme.example"), &json!("active"))
    );

    let hashes: Vec<(Vec<u8>, i16)> = sqlx::query_as("select hash, slot from api_key_secrets")
        .fetch_all(&mut app.db.superuser().await)
        .await
        .unwrap();
    assert_eq!(hashes, [(Token::parse(secret).unwrap().hash(&pepper()).to_vec(), 0)]);
    let one = app.get(&format!("{path}/{}", made["id"].as_str().unwrap()), &dan.token).await.expect(200);
    assert_eq!((one.get("secret"), &one["allowed_models"]), (None, &json!(["llama"])));
}

#[tokio::test]
async fn a_bad_key_is_refused_by_its_field() {
    let app = App::new().await;
    let (acme, globex) = (app.tenant("acme").await, app.tenant("globex").await);
    app.model("llama", &[&acme]).await;
    app.model("secret-model", &[&globex]).await;
    let dan = app.person(&acme, "dan@acme.example", Role::Developer).await;
    let path = format!("/tenants/{}/keys", acme.id);
    let with = |field: &str, value| {
        let mut body = json!({ "name": "web", "project_id": acme.project });
        body[field] = value;
        app.post_owned(path.clone(), &dan.token, body)
    };
    let message =
        with("allowed_models", json!(["llama", "secret-model"])).await.expect_field("allowed_models[1]");
    assert!(message.contains("expected `llama`"), "{message}");
    with("allowed_models", json!([])).await.expect_field("allowed_models");
    with("project_id", json!(globex.project)).await.expect_field("project_id");
    with("expires_at", json!("2026-03-02T10:00:00Z")).await.expect_field("expires_at");
    assert!(with("scopes", json!(["admin"])).await.expect_field("scopes[0]").contains("routing:explain"));
    with("colour", json!("red")).await.expect(400);
    assert_eq!(app.get(&path, &dan.token).await.expect(200)["data"], json!([]));
    with("name", json!("twice")).await.expect(201);
    with("name", json!("twice")).await.expect(409);
}

#[tokio::test]
async fn a_revoked_key_is_gone_at_once_and_for_ever() {
    let app = App::new().await;
    let acme = app.tenant("acme").await;
    let dan = app.person(&acme, "dan@acme.example", Role::Developer).await;
    let path = format!("/tenants/{}/keys", acme.id);
    let key =
        app.post(&path, &dan.token, json!({ "name": "k", "project_id": acme.project })).await.expect(201);
    let one = format!("{path}/{}", key["id"].as_str().unwrap());
    let mut revocations = app.kv.subscribe("revocations").await.unwrap();
    let generation = app.generation().await;
    app.delete(&one, &dan.token).await.expect(204);
    let Some(Notice::Message(told)) = revocations.next().await else { panic!("gateways are told") };
    assert_eq!(told, key["id"].as_str().unwrap().as_bytes());
    assert!(app.generation().await > generation);
    assert_eq!(app.count("select count(*) from api_key_secrets where tenant_id = $1", &acme).await, 0);

    app.wind(TimeDelta::hours(1));
    app.delete(&one, &dan.token).await.expect(204);
    let shown = app.get(&one, &dan.token).await.expect(200);
    assert_eq!((&shown["status"], &shown["revoked_at"]), (&json!("revoked"), &json!("2026-03-02T10:00:00Z")));
    app.patch(&one, &dan.token, json!({ "disabled": false })).await.expect(409);
}

#[tokio::test]
async fn a_key_is_changed_and_expires() {
    let app = App::new().await;
    let acme = app.tenant("acme").await;
    app.model("llama", &[&acme]).await;
    let dan = app.person(&acme, "dan@acme.example", Role::Developer).await;
    let path = format!("/tenants/{}/keys", acme.id);
    let key =
        app.post(&path, &dan.token, json!({ "name": "k", "project_id": acme.project })).await.expect(201);
    let one = format!("{path}/{}", key["id"].as_str().unwrap());
    let end = app.now() + TimeDelta::hours(1);
    let changed = app
        .patch(&one, &dan.token, json!({ "name": "k2", "allowed_models": ["llama"], "expires_at": end }))
        .await
        .expect(200);
    assert_eq!(
        (&changed["name"], &changed["allowed_models"], &changed["expires_at"]),
        (&json!("k2"), &json!(["llama"]), &json!("2026-03-02T11:00:00Z"))
    );
    let disabled = app.patch(&one, &dan.token, json!({ "disabled": true })).await.expect(200);
    assert_eq!((&disabled["status"], &disabled["name"]), (&json!("disabled"), &json!("k2")));
    app.wind(TimeDelta::hours(1));
    assert_eq!(app.get(&one, &dan.token).await.expect(200)["status"], "expired");
    let freed = json!({ "allowed_models": null, "expires_at": null, "disabled": false });
    let freed = app.patch(&one, &dan.token, freed).await.expect(200);
    assert_eq!((&freed["status"], &freed["allowed_models"]), (&json!("active"), &json!(null)));
    app.patch(&one, &dan.token, json!({ "allowed_models": ["gpt"] })).await.expect_field("allowed_models[0]");
    app.patch(&one, &dan.token, json!({ "expires_at": "2026-03-02T10:00:00Z" }))
        .await
        .expect_field("expires_at");
}

#[tokio::test]
async fn keys_are_filtered_and_listed_in_pages() {
    let app = App::new().await;
    let acme = app.tenant("acme").await;
    let dan = app.person(&acme, "dan@acme.example", Role::Developer).await;
    let path = format!("/tenants/{}/keys", acme.id);
    let other = app
        .post(&format!("/tenants/{}/projects", acme.id), &dan.token, json!({ "name": "Other" }))
        .await
        .expect(201);
    for (name, project) in
        [("a", json!(acme.project)), ("b", json!(acme.project)), ("c", other["id"].clone())]
    {
        let key =
            app.post(&path, &dan.token, json!({ "name": name, "project_id": project })).await.expect(201);
        if name == "a" {
            app.delete(&format!("{path}/{}", key["id"].as_str().unwrap()), &dan.token).await.expect(204);
        }
    }
    let names = |query: String| {
        let (app, path, token) = (&app, &path, &dan.token);
        async move {
            let listed = app.get(&format!("{path}?{query}"), token).await.expect(200);
            let names: Vec<_> = listed["data"]
                .as_array()
                .unwrap()
                .iter()
                .map(|key| key["name"].as_str().unwrap().to_owned())
                .collect();
            (names.join(""), listed["next"].as_str().map(str::to_owned))
        }
    };
    assert_eq!(names(String::new()).await.0, "cba");
    assert_eq!(names("status=active".into()).await.0, "cb");
    assert_eq!(names("status=revoked".into()).await.0, "a");
    assert_eq!(names(format!("project_id={}", acme.project)).await.0, "ba");
    let (first, next) = names("limit=2".into()).await;
    assert_eq!(
        (first.as_str(), names(format!("limit=2&after={}", next.unwrap())).await.0.as_str()),
        ("cb", "a")
    );
    app.get(&format!("{path}?status=lost"), &dan.token).await.expect(400);
}

#[tokio::test]
async fn roles_and_tenants_keep_their_hands_off_keys() {
    let app = App::new().await;
    let (acme, globex) = (app.tenant("acme").await, app.tenant("globex").await);
    let dan = app.person(&acme, "dan@acme.example", Role::Developer).await;
    let vera = app.person(&acme, "vera@acme.example", Role::Viewer).await;
    let stranger = app.person(&globex, "gus@globex.example", Role::Owner).await;
    let path = format!("/tenants/{}/keys", acme.id);
    let new = json!({ "name": "k", "project_id": acme.project });
    app.post(&path, &vera.token, new.clone()).await.expect(403);
    app.post(&path, &app.operator, new.clone()).await.expect(403);
    app.post(&path, &stranger.token, new.clone()).await.expect(404);
    let key = app.post(&path, &dan.token, new).await.expect(201);
    let one = format!("{path}/{}", key["id"].as_str().unwrap());
    let through_own = format!("/tenants/{}/keys/{}", globex.id, key["id"].as_str().unwrap());
    app.delete(&one, &vera.token).await.expect(403);
    for path in [&one, &through_own] {
        app.get(path, &stranger.token).await.expect(404);
        app.patch(path, &stranger.token, json!({ "disabled": true })).await.expect(404);
        app.delete(path, &stranger.token).await.expect(404);
    }
    assert_eq!(app.get(&one, &vera.token).await.expect(200)["status"], "active");
    app.patch(&one, &app.operator, json!({ "disabled": true })).await.expect(200);
    app.delete(&one, &app.operator).await.expect(204);
    assert_eq!(app.count("select count(*) from api_key_secrets where tenant_id = $1", &acme).await, 0);
}
