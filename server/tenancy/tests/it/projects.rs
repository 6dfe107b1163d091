use serde_json::json;
use shared::{Role, TeamId};

use crate::app::App;

#[tokio::test]
async fn a_project_carries_its_cost_centre_and_team() {
    let app = App::new().await;
    let acme = app.tenant("acme").await;
    let developer = app.person(&acme, "dan@acme.example", Role::Developer).await;
    let path = format!("/tenants/{}/projects", acme.id);
    let new = json!({ "name": "Chat", "team_id": acme.team, "cost_centre": "CC-7" });
    let made = app.post(&path, &developer.token, new).await.expect(201);
    let one = format!("{path}/{}", made["id"].as_str().unwrap());
    let cleared = app.patch(&one, &developer.token, json!({ "cost_centre": null })).await.expect(200);
    assert_eq!((&cleared["cost_centre"], &cleared["team_id"]), (&json!(null), &made["team_id"]));
    assert_eq!(app.get(&one, &developer.token).await.expect(200), cleared);

    app.patch(&one, &developer.token, json!({ "name": "Assistant" })).await.expect(409);
    app.patch(&one, &developer.token, json!({ "team_id": TeamId::generate() })).await.expect_field("team_id");
    let globex = app.tenant("globex").await;
    app.patch(&one, &developer.token, json!({ "team_id": globex.team })).await.expect_field("team_id");
    app.get(&format!("{path}/{}", globex.project), &developer.token).await.expect(404);
    app.patch(&format!("{path}/{}", globex.project), &developer.token, json!({ "name": "x" }))
        .await
        .expect(404);
}

#[tokio::test]
async fn a_project_with_working_keys_is_not_archived_and_an_archived_one_gets_none() {
    let app = App::new().await;
    let acme = app.tenant("acme").await;
    let admin = app.person(&acme, "ada@acme.example", Role::Admin).await;
    let developer = app.person(&acme, "dan@acme.example", Role::Developer).await;
    let project = format!("/tenants/{}/projects/{}", acme.id, acme.project);
    let keys = format!("/tenants/{}/keys", acme.id);
    let new = json!({ "name": "k", "project_id": acme.project });
    let key = app.post(&keys, &developer.token, new).await.expect(201);
    let key = format!("{keys}/{}", key["id"].as_str().unwrap());

    app.delete(&project, &developer.token).await.expect(403);
    let refused = app.delete(&project, &admin.token).await.expect(409);
    assert!(refused["detail"].as_str().unwrap().starts_with("1 of"), "{refused}");
    app.patch(&key, &developer.token, json!({ "disabled": true })).await.expect(200);
    app.delete(&project, &admin.token).await.expect(204);

    app.post(&keys, &developer.token, json!({ "name": "k2", "project_id": acme.project })).await.expect(409);
    app.patch(&key, &developer.token, json!({ "disabled": false })).await.expect(409);
    assert_eq!(app.get(&key, &developer.token).await.expect(200)["status"], "disabled");
    let list = |archived: bool| {
        app.get_owned(format!("/tenants/{}/projects?archived={archived}", acme.id), &admin.token)
    };
    assert_eq!(list(true).await.expect(200)["data"].as_array().unwrap().len(), 1);
    assert_eq!(list(false).await.expect(200)["data"], json!([]));

    app.patch(&project, &admin.token, json!({ "archived": true })).await.expect_field("archived");
    let back = app.patch(&project, &developer.token, json!({ "archived": false })).await.expect(200);
    assert_eq!(back["archived_at"], json!(null));
    app.patch(&key, &developer.token, json!({ "disabled": false })).await.expect(200);
}
