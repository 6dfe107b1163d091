//! Models, deployments and prices through the API, and how fast a gateway's configuration follows.

use std::{
    sync::{Arc, Mutex},
    time::{Duration, Instant},
};

use http::{Method, StatusCode};
use serde_json::json;
use shared::Role;
use snapshot::{Rows, Snapshot};
use tokio_util::sync::CancellationToken;

use crate::world::{Actor, World, key_hash};

#[tokio::test]
async fn an_unknown_model_is_created_with_what_its_engine_says() {
    let world = World::new().await;
    let deployment = json!({"name": "two", "engine": "vllm", "base_url": "{engine}", "model": "support", "upstream_model": "sim-8b"});
    let (status, made) = world.send(Actor::Operator, Method::POST, "/deployments", Some(deployment)).await;
    assert_eq!((status, &made["upstream_model"]), (StatusCode::CREATED, &json!("sim-8b")));
    let path = format!("/models/{}", made["model_id"].as_str().unwrap());
    let (_, model) = world.send(Actor::Operator, Method::GET, &path, None).await;
    assert_eq!((&model["name"], &model["context_length"]), (&json!("support"), &json!(8192)));
}

#[tokio::test]
async fn a_registration_that_cannot_work_is_refused_by_field() {
    let world = World::new().await;
    let good = json!({"name": "x", "engine": "vllm", "base_url": "{engine}", "model": "sim-8b"});
    for (field, value, says) in [
        ("engine", json!("magic"), "expected vllm, sglang"),
        ("base_url", json!("http://127.0.0.1:1"), "does not answer"),
        ("base_url", json!("http://169.254.169.254"), "base_url"),
        ("base_url", json!("{engine}/v1"), "leave out the /v1"),
        ("upstream_model", json!("other"), "it lists: sim-8b"),
        ("pool", json!("nowhere"), "there is no pool"),
        ("weight", json!(20_000), "from 0 to 10000"),
        ("colour", json!("red"), "unknown field"),
    ] {
        let mut body = good.clone();
        body[field] = value;
        let (status, problem) = world.send(Actor::Operator, Method::POST, "/deployments", Some(body)).await;
        assert_eq!(status, StatusCode::BAD_REQUEST, "{field}: {problem}");
        assert!(problem["detail"].as_str().unwrap().contains(says), "{field}: {problem}");
    }
    let (status, _) = world
        .send(
            Actor::Operator,
            Method::POST,
            "/deployments",
            Some(json!({"name": "one", "engine": "vllm", "base_url": "{engine}", "model": "sim-8b"})),
        )
        .await;
    assert_eq!(status, StatusCode::CONFLICT);
}

#[tokio::test]
async fn a_price_is_followed_never_changed_and_never_begins_in_the_past() {
    let world = World::new().await;
    let price = |prompt: &str, currency: &str, from: Option<&str>| json!({"model_id": "{model_id}", "valid_from": from, "rates": {"currency": currency, "prompt": prompt, "completion": "0.0000002"}});
    let set = async |body| world.send(Actor::Operator, Method::POST, "/prices", Some(body)).await;
    assert_eq!(set(price("0.0000001", "USD", None)).await.0, StatusCode::CREATED);
    assert_eq!(set(price("0.0000003", "USD", Some("2124-01-01T00:00:00Z"))).await.0, StatusCode::CREATED);
    for (body, says) in [
        (price("0.1", "USD", Some("2020-01-01T00:00:00Z")), "never begins in the past"),
        (price("-0.1", "USD", None), "expected an amount"),
        (price("0.1", "EUR", None), "one model has one currency"),
        (price("NaN", "USD", None), "rates.prompt"),
    ] {
        let (status, problem) = set(body).await;
        assert_eq!(status, StatusCode::BAD_REQUEST, "{problem}");
        assert!(problem["detail"].as_str().unwrap().contains(says), "{problem}");
    }
    let (_, models) =
        world.send(Actor::Member(Role::Viewer), Method::GET, "/tenants/{tenant_id}/models", None).await;
    assert_eq!(models["data"][0]["price"]["prompt"], "0.0000001", "the price in force, not the one to come");
}

/// What a gateway would have at hand.
struct Follower {
    latest: Arc<Mutex<Option<Snapshot>>>,
    stop: CancellationToken,
    file: std::path::PathBuf,
    _folder: tempfile::TempDir,
}

impl Follower {
    fn of(world: &World) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("configuration");
        let (latest, stop) = (Arc::new(Mutex::new(None)), CancellationToken::new());
        let publish = {
            let latest = Arc::clone(&latest);
            move |rows: Rows| *latest.lock().unwrap() = Some(Snapshot::build(rows))
        };
        let follow = catalog::Follow { db: world.database(), file: file.clone(), known: 0 };
        tokio::spawn(catalog::follow(follow, publish, || (), stop.clone()));
        Self { latest, stop, file, _folder: folder }
    }

    async fn until(&self, what: &str, condition: impl Fn(&Snapshot) -> bool) -> Duration {
        let begun = Instant::now();
        loop {
            if self.latest.lock().unwrap().as_ref().is_some_and(&condition) {
                return begun.elapsed();
            }
            assert!(begun.elapsed() < Duration::from_secs(1), "{what} did not arrive within a second");
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
    }
}

impl Drop for Follower {
    fn drop(&mut self) {
        self.stop.cancel();
    }
}

#[tokio::test]
async fn a_change_is_at_the_gateway_within_a_second_and_on_its_disk() {
    let world = World::new().await;
    let follower = Follower::of(&world);
    follower.until("the first configuration", |snapshot| snapshot.model_by_name("sim-8b").is_some()).await;
    let new = json!({"name": "brand-new", "context_length": 4096});
    world.send(Actor::Operator, Method::POST, "/models", Some(new)).await;
    follower.until("a new model", |snapshot| snapshot.model_by_name("brand-new").is_some()).await;

    let file = crate::endpoints::tokenizer_file();
    world.send(Actor::Operator, Method::PUT, "/models/{model_id}/tokenizer", Some(file.clone())).await;
    let tokenizer = |snapshot: &Snapshot| snapshot.model_by_name("sim-8b")?.model.tokenizer.clone();
    follower.until("a tokenizer", |snapshot| tokenizer(snapshot).is_some()).await;
    let placed = follower.latest.lock().unwrap().as_ref().and_then(tokenizer).unwrap();
    assert_eq!(std::fs::read(&placed.path).unwrap(), file.to_string().into_bytes());

    let owner = Actor::Member(Role::Owner);
    let key = json!({"name": "fresh", "project_id": "{default_project_id}"});
    let (_, made) = world.send(owner, Method::POST, "/tenants/{tenant_id}/keys", Some(key)).await;
    let hash = key_hash(made["secret"].as_str().unwrap());
    follower.until("a new key", |snapshot| snapshot.secret(&hash).is_some()).await;
    let path = format!("/tenants/{{tenant_id}}/keys/{}", made["id"].as_str().unwrap());
    let (status, _) = world.send(owner, Method::DELETE, &path, None).await;
    assert!(status.is_success());
    follower.until("a revocation", |snapshot| snapshot.secret(&hash).is_none()).await;

    let saved = snapshot::disk::load(&follower.file).unwrap().unwrap();
    assert!(saved.models.iter().any(|model| model.name == "brand-new"));
}
