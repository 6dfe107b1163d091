//! Routes through the API: versions, what may be said, what tenants see; and where calls may run.

use http::{Method, StatusCode};
use serde_json::{Value, json};
use shared::{Role, RouteId, TenantId};
use snapshot::Snapshot;
use uuid::Uuid;

use crate::world::{Actor, World};

const OWNER: Actor = Actor::Member(Role::Owner);

fn arm(name: &str, weight: u32) -> Value {
    json!({"name": name, "weight": weight, "models": ["sim-8b"]})
}

async fn operator(world: &World, method: Method, path: &str, body: Value) -> (StatusCode, Value) {
    let body = (!body.is_null()).then_some(body);
    world.send(Actor::Operator, method, path, body).await
}

async fn snapshot(world: &World) -> Snapshot {
    Snapshot::build(catalog::load_rows(&world.database()).await.unwrap())
}

#[tokio::test]
async fn a_route_grows_by_versions_and_goes_back_in_one_call() {
    let world = World::new().await;
    let (post, patch, at) = (Method::POST, Method::PATCH, "/routes/{route_id}");
    let (_, made) = operator(&world, Method::GET, at, Value::Null).await;
    assert_eq!((&made["version"], &made["latest_version"]), (&json!(1), &json!(1)));
    let change =
        json!({"spec": {"arms": [arm("stable", 50), arm("canary", 50)]}, "note": "half", "if_version": 1});
    let (status, changed) = operator(&world, patch.clone(), at, change.clone()).await;
    assert_eq!((status, &changed["version"], &changed["note"]), (StatusCode::OK, &json!(2), &json!("half")));
    let (status, problem) = operator(&world, patch.clone(), at, change).await;
    assert_eq!(status, StatusCode::CONFLICT, "made from a version that is no longer in force: {problem}");

    let (_, back) = operator(&world, post.clone(), &format!("{at}/rollback"), json!({"version": 1})).await;
    assert_eq!((&back["version"], &back["latest_version"]), (&json!(1), &json!(2)));
    assert_eq!(back["spec"], made["spec"]);
    let id: RouteId = world.id("route_id");
    assert_eq!(snapshot(&world).await.route_by_id(id).unwrap().route.version, 1);

    let (_, promoted) =
        operator(&world, post.clone(), &format!("{at}/promote"), json!({"arm": "canary"})).await;
    assert_eq!(promoted["version"], 3, "a version is never made anew");
    let weights: Vec<_> =
        promoted["spec"]["arms"].as_array().unwrap().iter().map(|arm| arm["weight"].clone()).collect();
    assert_eq!(weights, [json!(0), json!(100)]);
    assert_eq!(snapshot(&world).await.route_by_id(id).unwrap().route.version, 3);

    let (_, versions) = operator(&world, Method::GET, &format!("{at}/versions"), Value::Null).await;
    let seen: Vec<_> = versions["data"]
        .as_array()
        .unwrap()
        .iter()
        .map(|version| (version["version"].as_u64().unwrap(), version["active"].as_bool().unwrap()))
        .collect();
    assert_eq!(seen, [(3, true), (2, false), (1, false)]);
    for (path, body) in [("rollback", json!({"version": 9})), ("promote", json!({"arm": "nobody"}))] {
        let (status, problem) = operator(&world, post.clone(), &format!("{at}/{path}"), body).await;
        assert_eq!(status, StatusCode::BAD_REQUEST, "{path}: {problem}");
    }
    assert_eq!(operator(&world, Method::DELETE, at, Value::Null).await.0, StatusCode::NO_CONTENT);
    assert!(snapshot(&world).await.route_by_id(id).is_none());
    let again = json!({"name": "fast", "spec": {"arms": [arm("all", 1)]}});
    assert_eq!(operator(&world, post, "/routes", again).await.0, StatusCode::CREATED);
}

#[tokio::test]
async fn a_document_that_cannot_work_is_refused_by_its_place() {
    let world = World::new().await;
    for (name, spec, field) in [
        ("x", json!({"arms": []}), "spec.arms"),
        ("x", json!({"arms": [{"name": "a", "weight": 1, "models": ["nobody"]}]}), "spec.arms[0].models[0]"),
        (
            "x",
            json!({"arms": [arm("a", 1)], "constraints": {"pools": ["nowhere"]}}),
            "spec.constraints.pools[0]",
        ),
        ("x", json!({"arms": [arm("a", 1)], "fallbacks": ["fast"]}), "spec.fallbacks[0]"),
        ("sim-8b", json!({"arms": [arm("a", 1)]}), "name"),
        ("auto", json!({"arms": [arm("a", 1)]}), "name"),
    ] {
        let (status, problem) =
            operator(&world, Method::POST, "/routes", json!({"name": name, "spec": spec})).await;
        assert_eq!(status, StatusCode::BAD_REQUEST, "{problem}");
        assert_eq!(problem["errors"][0]["field"], field, "{problem}");
    }
    let unknown = json!({"name": "x", "spec": {"arms": [arm("a", 1)], "colour": "red"}});
    let (status, problem) = operator(&world, Method::POST, "/routes", unknown).await;
    assert_eq!(status, StatusCode::BAD_REQUEST);
    assert!(problem["detail"].as_str().unwrap().contains("colour"), "{problem}");
    let taken = json!({"name": "fast", "spec": {"arms": [arm("a", 1)]}});
    assert_eq!(operator(&world, Method::POST, "/routes", taken).await.0, StatusCode::CONFLICT);
    let model = json!({"name": "fast", "context_length": 4096});
    let (status, problem) = operator(&world, Method::POST, "/models", model).await;
    assert_eq!(status, StatusCode::CONFLICT, "a model does not take a route's name: {problem}");
}

#[tokio::test]
async fn a_tenant_names_its_own_models_and_sees_nothing_of_the_machines() {
    let world = World::new().await;
    let own = |spec: Value| Some(json!({"name": "mine", "spec": spec}));
    let path = "/tenants/{tenant_id}/routes";
    for (spec, field) in [
        (
            json!({"arms": [{"name": "a", "weight": 1, "models": ["sim-8b"], "pools": ["default"]}]}),
            "spec.arms[0].pools",
        ),
        (json!({"arms": [arm("a", 1)], "shadow": {"model": "sim-8b", "percent": 1}}), "spec.shadow"),
        (json!({"arms": [{"name": "a", "weight": 1, "models": ["other"]}]}), "spec.arms[0].models[0]"),
    ] {
        let (status, problem) = world.send(OWNER, Method::POST, path, own(spec)).await;
        assert_eq!(
            (status, &problem["errors"][0]["field"]),
            (StatusCode::BAD_REQUEST, &json!(field)),
            "{problem}"
        );
    }
    let (status, made) = world.send(OWNER, Method::POST, path, own(json!({"arms": [arm("a", 1)]}))).await;
    assert_eq!(status, StatusCode::CREATED, "{made}");
    let (_, changed) = world
        .send(
            OWNER,
            Method::PATCH,
            "/tenants/{tenant_id}/routes/{tenant_route_id}",
            Some(json!({"spec": {"arms": [arm("a", 1)], "preset": "cost"}, "if_version": 1})),
        )
        .await;
    assert_eq!((&changed["version"], &changed["spec"]["preset"]), (&json!(2), &json!("cost")));

    let tenant: TenantId = world.id("tenant_id");
    let known = snapshot(&world).await;
    assert_eq!(known.route(tenant, "mine").unwrap().route.tenant_id, Some(tenant));
    assert!(known.route(tenant, "fast").unwrap().route.tenant_id.is_none());
    assert!(known.route(TenantId::generate(), "mine").is_none());

    for (name, kind) in [("sim-8b", "model"), ("mine", "own_route"), ("fast", "route")] {
        let path = format!("/tenants/{{tenant_id}}/models/{name}/resolution");
        let (status, seen) = world.send(Actor::Member(Role::Viewer), Method::GET, &path, None).await;
        assert_eq!((status, &seen["kind"]), (StatusCode::OK, &json!(kind)), "{seen}");
        assert_eq!(seen["models"][0]["model"], "sim-8b");
        let places = seen["models"][0]["places"].as_array().unwrap();
        let inside = json!({"pool": "shared", "region": null, "external": false});
        assert!(places.contains(&inside) && places.iter().any(|place| place["pool"] == "own"), "{seen}");
        let text = seen.to_string();
        assert!(
            !text.contains("default") && !text.contains("127.0.0.1") && !text.contains("weight"),
            "{text}"
        );
    }
    let (status, _) =
        world.send(OWNER, Method::GET, "/tenants/{tenant_id}/models/nobody/resolution", None).await;
    assert_eq!(status, StatusCode::NOT_FOUND);
}

#[tokio::test]
async fn a_call_can_be_explained_afterwards_and_again_from_its_record() {
    let world = World::new().await;
    let chat = json!({"project_id": "{default_project_id}", "request": {"model": "fast", "max_tokens": 5,
        "messages": [{"role": "user", "content": "A secret word"}]}});
    let path = "/tenants/{tenant_id}/playground/chat";
    let (status, answer) = world.send(OWNER, Method::POST, path, Some(chat)).await;
    assert_eq!(status, StatusCode::OK, "{answer}");
    let (_, seen) = operator(&world, Method::GET, "/routes/decisions", Value::Null).await;
    let decision = &seen["data"][0];
    assert_eq!(
        (&decision["route"], &decision["tenant"], &decision["candidates"]),
        (&json!("fast"), &json!("acme"), &json!(2)),
        "{seen}"
    );
    let asked = json!({"decision_id": decision["id"]});
    let (status, told) = operator(&world, Method::POST, "/routes/explain", asked).await;
    assert_eq!(status, StatusCode::OK, "{told}");
    assert!(told["ordered"][0]["score"]["total"].is_number());
    assert!(!told.to_string().contains("secret"), "nothing of a prompt is kept");
    let asked = json!({"record": told["record"]});
    assert_eq!(operator(&world, Method::POST, "/routes/explain", asked).await.1, told);
    for wrong in [json!({}), json!({"record": {"id": 1}})] {
        let (status, _) = operator(&world, Method::POST, "/routes/explain", wrong).await;
        assert_eq!(status, StatusCode::BAD_REQUEST);
    }
}

/// An hour of an arm, as metering grows it.
async fn had(world: &World, tenant: TenantId, route: Uuid, arm: &str, reasons: &str) {
    let mut tx = world.database().metering().await.unwrap();
    sqlx::query(
        "insert into route_arm_hourly (tenant_id, hour, route_id, version, arm, currency, demo, requests, errors, rejected, aborted, \
         prompt_tokens, cached_tokens, completion_tokens, amount, latency_counts, first_token_counts, finish_reasons) \
         values ($1, date_trunc('hour', now()), $2, 1, $3, 'USD', false, 10, 1, 0, 0, 100, 20, 50, 0.25, \
           array_fill(2::bigint, array[5]), array_fill(2::bigint, array[5]), $4::jsonb)",
    )
    .bind(tenant.uuid())
    .bind(route)
    .bind(arm)
    .bind(reasons)
    .execute(tx.conn())
    .await
    .unwrap();
    sqlx::query(
        "insert into shadow_events (tenant_id, id, started_at, route_id, route_version, arm, model, status, finish_reason, \
         prompt_tokens, cached_tokens, completion_tokens, first_token_ms, total_ms, currency, cost) \
         values ($1, gen_random_uuid(), now(), $2, 1, $3, 'next', 'completed', 'stop', 10, 0, 5, 90, 400, 'USD', 0.01)",
    )
    .bind(tenant.uuid())
    .bind(route)
    .bind(arm)
    .execute(tx.conn())
    .await
    .unwrap();
    tx.commit().await.unwrap();
}

#[tokio::test]
async fn arms_are_compared_and_a_tenant_sees_its_own_calls_without_copies() {
    let world = World::new().await;
    let tenant: TenantId = world.id("tenant_id");
    let (shared, own): (RouteId, RouteId) = (world.id("route_id"), world.id("tenant_route_id"));
    for (route, name) in [(shared, "stable"), (shared, "gone"), (own, "all")] {
        had(&world, tenant, route.uuid(), name, r#"{"stop": 8, "length": 1}"#).await;
    }
    had(&world, TenantId::generate(), shared.uuid(), "stable", r#"{"stop": 10}"#).await;
    let (status, seen) = operator(&world, Method::GET, "/routes/{route_id}/arms?hours=2", Value::Null).await;
    assert_eq!(status, StatusCode::OK, "{seen}");
    let arms: Vec<_> = seen["arms"]
        .as_array()
        .unwrap()
        .iter()
        .map(|arm| (arm["arm"].as_str().unwrap(), arm["weight"].as_u64(), arm["requests"].as_u64().unwrap()))
        .collect();
    assert_eq!(arms, [("stable", Some(95), 20), ("canary", Some(5), 0), ("gone", None, 10)]);
    assert_eq!(seen["arms"][0]["finish_reasons"], json!({"stop": 18, "length": 1}));
    assert_eq!((&seen["arms"][0]["amount"], &seen["currency"]), (&json!("0.5"), &json!("USD")));
    assert!(seen["arms"][0]["first_token_p95_ms"].is_number());
    let copy = &seen["shadows"][0];
    assert_eq!(
        (&copy["model"], &copy["requests"], &copy["cost"]),
        (&json!("next"), &json!(3), &json!("0.03"))
    );
    let (_, other) = operator(&world, Method::GET, "/routes/{route_id}/arms?version=2", Value::Null).await;
    assert_eq!(other["arms"][0]["requests"], 0);

    let path = "/tenants/{tenant_id}/routes/{tenant_route_id}/arms";
    let (_, seen) = world.send(Actor::Member(Role::Viewer), Method::GET, path, None).await;
    assert_eq!((&seen["arms"][0]["requests"], seen.get("shadows")), (&json!(10), None), "{seen}");
    let path = "/tenants/{tenant_id}/routes/{route_id}/arms";
    let (status, _) = world.send(OWNER, Method::GET, path, None).await;
    assert_eq!(status, StatusCode::NOT_FOUND, "the operator's route is not the tenant's to compare");
}

#[tokio::test]
async fn where_calls_may_run_reaches_the_gateway() {
    let world = World::new().await;
    let own = async |path: &str, body| world.send(OWNER, Method::PATCH, path, Some(body)).await;
    let (tenant, project) = ("/tenants/{tenant_id}", "/tenants/{tenant_id}/projects/{project_id}");
    assert_eq!(own(tenant, json!({"residency": null})).await.0, StatusCode::FORBIDDEN);
    let (_, set) = operator(&world, Method::PATCH, tenant, json!({"residency": ["eu", "ch"]})).await;
    assert_eq!(set["residency"], json!(["eu", "ch"]));
    assert_eq!(
        operator(&world, Method::PATCH, tenant, json!({"residency": []})).await.0,
        StatusCode::BAD_REQUEST
    );
    let (status, problem) = own(project, json!({"residency": ["us"]})).await;
    assert_eq!((status, &problem["errors"][0]["field"]), (StatusCode::BAD_REQUEST, &json!("residency[0]")));
    assert_eq!(own(project, json!({"residency": ["ch"]})).await.1["residency"], json!(["ch"]));
    let developer = world
        .send(Actor::Member(Role::Developer), Method::PATCH, project, Some(json!({"residency": null})))
        .await;
    assert_eq!(developer.0, StatusCode::FORBIDDEN);

    let class = json!({"needs_clearance": true});
    operator(&world, Method::PATCH, "/data-classes/{data_class}", class).await;
    assert_eq!(own(project, json!({"data_class": "confidential"})).await.0, StatusCode::OK);
    let deployment = "/deployments/{deployment_id}";
    let (status, problem) =
        operator(&world, Method::PATCH, deployment, json!({"data_classes": ["unheard"]})).await;
    assert_eq!(
        (status, &problem["errors"][0]["field"]),
        (StatusCode::BAD_REQUEST, &json!("data_classes[0]"))
    );
    let room = json!({"data_classes": ["confidential"], "kv_tokens": 400_000, "max_loras": 8});
    assert_eq!(operator(&world, Method::PATCH, deployment, room).await.0, StatusCode::OK);
    let tasks = json!({"tasks": [{"task": "code", "fit": 90}]});
    assert_eq!(operator(&world, Method::PATCH, "/models/{model_id}", tasks).await.1["tasks"][0]["fit"], 90);

    let rows = catalog::load_rows(&world.database()).await.unwrap();
    let id = world.id("tenant_id");
    let tenant = rows.tenants.iter().find(|tenant| tenant.id == id).unwrap();
    assert_eq!(tenant.residency, Some(vec!["eu".to_owned(), "ch".to_owned()]));
    let id = world.id("project_id");
    let project = rows.projects.iter().find(|project| project.id == id).unwrap();
    assert_eq!(
        (project.residency.as_deref(), project.data_class_needs_clearance),
        (Some(&["ch".to_owned()][..]), true)
    );
    let id = world.id("deployment_id");
    let deployment = rows.deployments.iter().find(|deployment| deployment.id == id).unwrap();
    assert_eq!(deployment.data_classes.as_deref(), Some(&["confidential".to_owned()][..]));
    assert_eq!((deployment.kv_tokens, deployment.max_loras), (Some(400_000), Some(8)));
    let id = world.id("model_id");
    assert_eq!(rows.models.iter().find(|model| model.id == id).unwrap().tasks.len(), 1);

    // Nothing of the tenant's serves in Europe here, and the tenant is told so.
    let path = "/tenants/{tenant_id}/models/sim-8b/resolution";
    let (_, seen) = world.send(OWNER, Method::GET, path, None).await;
    assert_eq!((&seen["models"][0]["places"], &seen["residency"]), (&json!([]), &json!(["eu", "ch"])));
    operator(&world, Method::PATCH, "/deployments/{deployment_id}", json!({"data_classes": null})).await;
    let rows = catalog::load_rows(&world.database()).await.unwrap();
    assert!(rows.deployments.iter().all(|deployment| deployment.data_classes.is_none()));
}
