use serde_json::json;
use shared::Role;

use crate::app::App;

#[tokio::test]
async fn a_team_is_made_renamed_and_deleted_when_no_project_needs_it() {
    let app = App::new().await;
    let acme = app.tenant("acme").await;
    let admin = app.person(&acme, "ada@acme.example", Role::Admin).await;
    let path = format!("/tenants/{}/teams", acme.id);
    let team = app.post(&path, &admin.token, json!({ "name": "Search" })).await.expect(201);
    app.post(&path, &admin.token, json!({ "name": "Search" })).await.expect(409);
    let one = format!("{path}/{}", team["id"].as_str().unwrap());
    app.patch(&one, &admin.token, json!({ "name": "Research" })).await.expect(409);
    let renamed = app.patch(&one, &admin.token, json!({ "name": "Retrieval" })).await.expect(200);
    assert_eq!(renamed["name"], "Retrieval");

    let project = format!("/tenants/{}/projects/{}", acme.id, acme.project);
    app.patch(&project, &admin.token, json!({ "team_id": team["id"] })).await.expect(200);
    app.delete(&one, &admin.token).await.expect(409);
    app.patch(&project, &admin.token, json!({ "team_id": null })).await.expect(200);
    app.delete(&one, &admin.token).await.expect(204);
    app.delete(&one, &admin.token).await.expect(404);
    let listed = app.get(&path, &admin.token).await.expect(200);
    assert_eq!(
        (listed["data"].as_array().unwrap().len(), &listed["data"][0]["name"]),
        (1, &json!("Research"))
    );
}

#[tokio::test]
async fn a_developer_makes_no_team() {
    let app = App::new().await;
    let acme = app.tenant("acme").await;
    let developer = app.person(&acme, "dan@acme.example", Role::Developer).await;
    let path = format!("/tenants/{}/teams", acme.id);
    app.post(&path, &developer.token, json!({ "name": "Mine" })).await.expect(403);
    assert_eq!(app.get(&path, &developer.token).await.expect(200)["data"].as_array().unwrap().len(), 1);
}
