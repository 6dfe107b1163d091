//! The playground: calls without a key, their usage, and setups shared by link.

use std::time::{Duration, Instant};

use http::{Method, StatusCode};
use serde_json::{Value, json};
use shared::Role;

use crate::world::{Actor, World};

const OWNER: Actor = Actor::Member(Role::Owner);
const DEVELOPER: Actor = Actor::Member(Role::Developer);
const CHAT: &str = "/tenants/{tenant_id}/playground/chat";
const SHARES: &str = "/tenants/{tenant_id}/playground/shares";

fn talk(stream: bool) -> Value {
    json!({"project_id": "{default_project_id}", "request": {"model": "sim-8b", "stream": stream, "max_tokens": 8,
        "messages": [{"role": "user", "content": "Hello"}]}})
}

#[tokio::test]
async fn a_member_talks_without_a_key_and_gets_what_a_key_would() {
    let world = World::new().await;
    let (status, whole) = world.send(DEVELOPER, Method::POST, CHAT, Some(talk(false))).await;
    assert_eq!((status, &whole["object"]), (StatusCode::OK, &json!("chat.completion")), "{whole}");
    let stream = world.posted_text(DEVELOPER, CHAT, &talk(true)).await;
    assert!(stream.starts_with("data: ") && stream.trim_end().ends_with("data: [DONE]"), "{stream}");

    let mut unknown = talk(false);
    unknown["request"]["model"] = json!("nobody-has-this");
    let (status, refused) = world.send(DEVELOPER, Method::POST, CHAT, Some(unknown)).await;
    assert_eq!((status, &refused["error"]["code"]), (StatusCode::NOT_FOUND, &json!("model_not_found")));

    let mut elsewhere = talk(false);
    elsewhere["project_id"] = json!("proj_00000000000070008000000000000000");
    let (status, refused) = world.send(DEVELOPER, Method::POST, CHAT, Some(elsewhere)).await;
    assert_eq!((status, &refused["errors"][0]["field"]), (StatusCode::BAD_REQUEST, &json!("project_id")));
}

#[tokio::test]
async fn its_usage_is_shown_under_a_key_that_is_not_in_the_list_and_stops_nothing() {
    let world = World::new().await;
    for _ in 0..2 {
        let (status, _) = world.send(OWNER, Method::POST, CHAT, Some(talk(false))).await;
        assert_eq!(status, StatusCode::OK);
    }
    let begun = Instant::now();
    loop {
        let usage = world.send(OWNER, Method::GET, "/tenants/{tenant_id}/usage/calls", None).await.1;
        let calls = usage["data"].as_array().unwrap().clone();
        if calls.len() == 2 {
            assert!(calls.iter().all(|call| call["key_id"] == calls[0]["key_id"]), "one key: {usage}");
            break;
        }
        assert!(begun.elapsed() < Duration::from_secs(10), "the calls are not metered: {usage}");
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    let (_, by_key) = world.send(OWNER, Method::GET, "/tenants/{tenant_id}/usage?group_by=key", None).await;
    assert!(by_key.to_string().contains("\"Playground\""), "{by_key}");
    let (_, keys) = world.send(OWNER, Method::GET, "/tenants/{tenant_id}/keys", None).await;
    assert!(!keys.to_string().contains("Playground"), "{keys}");
    let named = json!({"name": "Playground", "project_id": "{default_project_id}"});
    let (status, _) = world.send(OWNER, Method::POST, "/tenants/{tenant_id}/keys", Some(named)).await;
    assert_eq!(status, StatusCode::CREATED, "the name is free for a key with a secret");

    let spare = "/tenants/{tenant_id}/projects/{project_id}";
    let mut in_spare = talk(false);
    in_spare["project_id"] = json!("{project_id}");
    assert_eq!(world.send(OWNER, Method::POST, CHAT, Some(in_spare.clone())).await.0, StatusCode::OK);
    let (status, problem) = world.send(OWNER, Method::DELETE, spare, None).await;
    assert!(status.is_success(), "a playground key does not keep a project: {problem}");
    assert_eq!(world.send(OWNER, Method::POST, CHAT, Some(in_spare)).await.0, StatusCode::BAD_REQUEST);
}

#[tokio::test]
async fn a_shared_setup_opens_inside_the_tenant_and_is_ended_by_who_made_it_or_an_administrator() {
    let world = World::new().await;
    let new = json!({"title": " Tone of refunds ", "setup": {"models": ["sim-8b"], "system": "Be kind."}});
    let share = async |actor| {
        let (status, made) = world.send(actor, Method::POST, SHARES, Some(new.clone())).await;
        assert_eq!(status, StatusCode::CREATED, "{made}");
        format!("{SHARES}/{}", made["id"].as_str().unwrap())
    };
    let mine = share(DEVELOPER).await;
    let (_, read) = world.send(Actor::Member(Role::Viewer), Method::GET, &mine, None).await;
    assert_eq!((&read["title"], &read["setup"]), (&json!("Tone of refunds"), &new["setup"]));
    assert_eq!(read["created_by"], "developer@acme.example");
    let theirs = share(OWNER).await;
    let end = async |actor, path: &str| world.send(actor, Method::DELETE, path, None).await.0;
    assert_eq!(end(DEVELOPER, &theirs).await, StatusCode::FORBIDDEN);
    assert_eq!(end(DEVELOPER, &mine).await, StatusCode::NO_CONTENT);
    assert_eq!(end(Actor::Member(Role::Admin), &theirs).await, StatusCode::NO_CONTENT);
    assert_eq!(world.send(OWNER, Method::GET, &mine, None).await.0, StatusCode::NOT_FOUND);
    let large = json!({"title": "Large", "setup": {"image": "x".repeat(300 << 10)}});
    let (status, problem) = world.send(OWNER, Method::POST, SHARES, Some(large)).await;
    assert_eq!((status, &problem["errors"][0]["field"]), (StatusCode::BAD_REQUEST, &json!("setup")));
}
