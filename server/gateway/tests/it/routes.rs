//! Routes, `auto`, residency: where a call goes, and why.

use std::{
    collections::HashMap,
    time::{Duration, Instant},
};

use gateway::{InsideCall, NotedDecision, Priority};
use http::HeaderMap;
use routing::{OutlierPolicy, Rejection};
use serde_json::{Value, json};
use shared::{
    RouteId,
    route::{Constraints, RouteArm, RouteSpec, StickTo, Task, TaskFit},
};
use sim::{Engine, Fault, FaultKind};
use snapshot::{ModelKind, Route};

use crate::{
    told::{good, good_text, refused},
    world::{PATIENCE, Plan, World, hello, streamed},
};

/// `llama` and `small`, each on its own engine.
pub async fn two_models() -> World {
    let mut world = Plan::of(&[Engine::Vllm, Engine::Vllm]).start().await;
    let small = world.serve("small", ModelKind::Chat, 1, "sim-8b");
    // The second engine serves `small` alone.
    world.draft.rows.deployments.remove(1);
    world.change_model(small, |model| model.context_length = 4096);
    world.publish();
    world
}

pub fn arm(name: &str, weight: u32, models: &[&str]) -> RouteArm {
    let models = models.iter().map(|model| (*model).to_owned()).collect();
    RouteArm { name: name.into(), weight, models, pools: None, deployments: None }
}

pub fn add_route(world: &mut World, name: &str, spec: RouteSpec) {
    let tenant_id = None;
    world.draft.rows.routes.push(Route {
        id: RouteId::generate(),
        tenant_id,
        name: name.into(),
        version: 3,
        spec,
    });
    world.publish();
}

pub fn asking(model: &str) -> Value {
    let mut body = hello();
    body["model"] = json!(model);
    body
}

fn paste(world: &World, body: &Value) -> InsideCall {
    InsideCall {
        key: world.acme.key_id,
        path: "/v1/chat/completions".into(),
        body: body.to_string().into(),
        priority: Priority::Interactive,
        work: None,
        headers: HeaderMap::new(),
    }
}

fn by(user: &str) -> Value {
    let mut body = asking("support");
    body["user"] = json!(user);
    body
}

#[tokio::test]
async fn a_route_splits_its_callers_and_each_stays_on_its_arm() {
    let mut world = two_models().await;
    let arms = vec![arm("stable", 50, &["llama"]), arm("canary", 50, &["small"])];
    add_route(&mut world, "support", RouteSpec { arms, ..RouteSpec::default() });
    let mut served: HashMap<String, usize> = HashMap::new();
    let response = world.chat(&by("user-1")).send().await.unwrap();
    let told = response.headers()["x-switchyard-route"].to_str().unwrap().to_owned();
    assert!(told.starts_with("support; version=3; arm="), "{told}");
    for user in 0..40 {
        let body = by(&format!("user-{user}"));
        let model = good(world.chat(&body)).await["model"].as_str().unwrap().to_owned();
        for _ in 0..2 {
            assert_eq!(good(world.chat(&body)).await["model"], model.as_str());
        }
        *served.entry(model).or_default() += 1;
    }
    assert!(served.len() == 2 && served.values().all(|users| *users >= 8), "{served:?}");
}

#[tokio::test]
async fn a_route_falls_back_in_its_order() {
    let mut world = two_models().await;
    let arms = vec![arm("only", 1, &["llama"])];
    add_route(
        &mut world,
        "support",
        RouteSpec { arms, fallbacks: vec!["small".into()], ..RouteSpec::default() },
    );
    assert_eq!(good(world.chat(&asking("support"))).await["model"], "llama");
    world.sims.remove(0).stop().await;
    assert_eq!(good(world.chat(&asking("support"))).await["model"], "small");
}

#[tokio::test]
async fn a_route_of_models_that_are_not_granted_looks_like_nothing() {
    let mut world = two_models().await;
    let arms = vec![arm("only", 1, &["small"])];
    add_route(&mut world, "support", RouteSpec { arms, ..RouteSpec::default() });
    world.draft.rows.grants.retain(|grant| grant.tenant_id != world.acme.id);
    world.publish();
    let unknown = (404, "model_not_found".to_owned(), Some("model".to_owned()));
    assert_eq!(refused(world.chat(&asking("support"))).await, unknown);
}

#[tokio::test]
async fn a_key_may_be_given_a_route_without_the_models_behind_it() {
    let mut world = two_models().await;
    let arms = vec![arm("only", 1, &["small"])];
    add_route(&mut world, "support", RouteSpec { arms, ..RouteSpec::default() });
    let (tenant, project) = (world.acme.id, world.acme.project);
    let (_, key) = world.draft.key(tenant, project, |key| key.allowed_models = Some(vec!["support".into()]));
    world.publish();
    let as_key =
        |body: &Value| world.http.post(world.url("/v1/chat/completions")).bearer_auth(&key).json(body);
    assert_eq!(good(as_key(&asking("support"))).await["model"], "small");
    assert_eq!(refused(as_key(&asking("small"))).await.0, 404);
}

#[tokio::test]
async fn two_routes_in_one_request_are_refused() {
    let mut world = two_models().await;
    for name in ["support", "sales"] {
        let arms = vec![arm("only", 1, &["llama"])];
        add_route(&mut world, name, RouteSpec { arms, ..RouteSpec::default() });
    }
    let mut body = asking("support");
    body["models"] = json!(["sales"]);
    let (status, _, field) = refused(world.chat(&body)).await;
    assert_eq!((status, field.as_deref()), (400, Some("models[0]")));
}

#[tokio::test]
async fn auto_picks_the_model_that_fits_the_task() {
    let mut world = two_models().await;
    let (llama, small) = (world.model, world.draft.rows.models[1].id);
    let fits = |code, small_talk| {
        vec![TaskFit { task: Task::Code, fit: code }, TaskFit { task: Task::SmallTalk, fit: small_talk }]
    };
    world.change_model(llama, |model| model.tasks = fits(95, 50));
    world.change_model(small, |model| model.tasks = fits(10, 95));
    world.publish();
    let mut body = asking("auto");
    body["messages"] = json!([{"role": "user", "content": "Refactor this: fn main() { let a = b(); }"}]);
    assert_eq!(good(world.chat(&body)).await["model"], "llama");
    let response = world.chat(&body).send().await.unwrap();
    assert_eq!(response.headers()["x-switchyard-task"], "code; it has marks of code");
    body["messages"] = json!([{"role": "user", "content": "Hi, how are you?"}]);
    assert_eq!(good(world.chat(&body)).await["model"], "small");
    // What the best one can't take goes to one that can.
    world.change_model(small, |model| model.capabilities = vec!["completions".into()]);
    world.publish();
    body["tools"] = json!([{"type": "function", "function": {"name": "time"}}]);
    assert_eq!(good(world.chat(&body)).await["model"], "llama");
}

#[tokio::test]
async fn residency_is_absolute() {
    let mut world = Plan::of(&[Engine::Vllm, Engine::Vllm]).start().await;
    world.change_deployment(0, |one| one.region = Some("eu-de".into()));
    world.change_deployment(1, |one| one.region = Some("us".into()));
    world.draft.rows.tenants[0].residency = Some(vec!["eu-de".into()]);
    world.publish();
    for _ in 0..10 {
        good(world.chat(&hello())).await;
    }
    assert_eq!(world.sims[1].stats().completed, 0);
    // The one that complies is gone: nothing else may serve, and the caller hears why.
    world.sims.remove(0).stop().await;
    let error: Value = loop {
        let response = world.chat(&hello()).send().await.unwrap();
        assert!(!response.status().is_success());
        let error: Value = response.json().await.unwrap();
        if error["error"]["message"].as_str().unwrap().contains("region") {
            break error;
        }
    };
    assert!(error["error"]["message"].as_str().unwrap().contains("eu-de"), "{error}");
    assert_eq!(world.sims[0].stats().completed, 0);
}

#[tokio::test]
async fn a_route_keeps_its_calls_in_its_regions() {
    let mut world = Plan::of(&[Engine::Vllm, Engine::Vllm]).start().await;
    world.change_deployment(0, |one| one.region = Some("eu".into()));
    world.change_deployment(1, |one| one.region = Some("us".into()));
    let constraints = Constraints { regions: Some(vec!["us".into()]), ..Constraints::default() };
    let arms = vec![arm("only", 1, &["llama"])];
    let spec = RouteSpec { arms, constraints, stick_to: StickTo::Nothing, ..RouteSpec::default() };
    add_route(&mut world, "support", spec);
    for _ in 0..10 {
        good(world.chat(&asking("support"))).await;
    }
    assert_eq!(world.sims[0].stats().completed, 0);
    assert_eq!(world.sims[1].stats().completed, 10);
}

#[tokio::test]
async fn a_conversation_returns_to_the_deployment_that_has_it_cached() {
    let world = Plan::of(&[Engine::Vllm, Engine::Vllm, Engine::Vllm]).start().await;
    let mut body = hello();
    let preamble = "You are the assistant of a railway. ".repeat(200);
    body["messages"] =
        json!([{"role": "system", "content": preamble}, {"role": "user", "content": "First question"}]);
    for turn in 0..8 {
        good(world.chat(&body)).await;
        let messages = body["messages"].as_array_mut().unwrap();
        messages.push(json!({"role": "assistant", "content": format!("answer {turn}")}));
        messages.push(json!({"role": "user", "content": format!("question {turn}")}));
    }
    let mut served: Vec<u64> = world.sims.iter().map(|sim| sim.stats().completed).collect();
    served.sort_unstable();
    assert_eq!(served, [0, 0, 8]);
}

#[tokio::test]
async fn a_pasted_request_is_explained_without_being_made() {
    let mut world = two_models().await;
    let arms = vec![arm("only", 1, &["llama"])];
    add_route(
        &mut world,
        "support",
        RouteSpec { arms, fallbacks: vec!["small".into()], ..RouteSpec::default() },
    );
    let told = world.inside.explain(paste(&world, &asking("support"))).await.unwrap();
    assert_eq!(
        (told.route.as_deref(), told.arm.as_deref(), told.route_version),
        (Some("support"), Some("only"), Some(3))
    );
    let plan = told.decision.plan();
    let order: Vec<_> = plan.ordered.iter().map(|choice| told.names[choice.index].model.as_str()).collect();
    assert_eq!(order, ["llama", "small"]);
    // Written down and read again, it is the same decision.
    let text = serde_json::to_string(&told).unwrap();
    let again: NotedDecision = serde_json::from_str(&text).unwrap();
    assert_eq!(again.decision.plan(), plan);
    assert!(!text.contains("railway"), "nothing of the prompt: {text}");

    let auto = world.inside.explain(paste(&world, &asking("auto"))).await.unwrap();
    assert_eq!(auto.task.map(|(task, _)| task), Some(Task::General));
    let refused = world.inside.explain(paste(&world, &asking("nothing"))).await.unwrap_err();
    assert_eq!(refused.param.as_deref(), Some("model"));
    assert!(world.sims.iter().all(|sim| sim.stats().requests == 0));
}

#[tokio::test]
async fn decisions_of_late_are_kept_to_be_explained() {
    let world = two_models().await;
    good(world.chat(&hello())).await;
    let kept = (world.decisions)();
    assert_eq!(kept.len(), 1);
    assert_eq!((kept[0].tenant.as_str(), kept[0].asked.as_str()), ("acme", "llama"));
    assert_eq!(kept[0].decision.plan().ordered.len(), 1);
}

#[tokio::test]
async fn a_deployment_much_slower_than_its_equals_is_ejected() {
    let mut plan = Plan::of(&[Engine::Vllm, Engine::Vllm, Engine::Vllm]);
    plan.settings.outliers = OutlierPolicy { enough: 4, ..OutlierPolicy::default() };
    plan.settings.outliers_every = Duration::from_millis(100);
    let world = plan.start().await;
    world.sims[0].fault(Fault { delay_ms: Some(600), ..Fault::new(FaultKind::Slow) });
    let mut body = streamed(hello());
    body["max_tokens"] = json!(2);
    let begun = Instant::now();
    let ejected = loop {
        let calls = (0..24).map(|_| good_text(world.chat(&body)));
        futures::future::join_all(calls).await;
        let told = world.inside.explain(paste(&world, &hello())).await.unwrap();
        if let Some(rejected) = told.decision.plan().rejected.first() {
            break *rejected;
        }
        assert!(begun.elapsed() < PATIENCE, "{told:#?}");
    };
    assert!(matches!(ejected, (0, Rejection::Ejected { .. })), "{ejected:?}");
    // It gets nothing more while it rests.
    let before = world.sims[0].stats().requests;
    futures::future::join_all((0..12).map(|_| good_text(world.chat(&body)))).await;
    assert_eq!(world.sims[0].stats().requests, before);
}
