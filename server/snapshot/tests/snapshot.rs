#![expect(clippy::unwrap_used, reason = "a test may panic")]

use chrono::{DateTime, TimeDelta, Utc};
use rust_decimal::Decimal;
use shared::{
    ApiKeyId, Currency, DeploymentId, ModelId, PoolId, PriceId, ProjectId, RouteId, TenantId,
    route::{Degrade, RouteArm, RouteSpec},
};
use snapshot::{
    ApiKey, Deployment, DeploymentState, EngineKind, KeySecret, Model, ModelGrant, ModelKind, Pool, PoolKind,
    Price, Project, Route, Rows, Snapshot, Tenant, TenantStatus, TokenCounts, disk,
};

fn noon() -> DateTime<Utc> {
    DateTime::from_timestamp(1_790_000_000, 0).unwrap()
}

fn price(model_id: ModelId, from: DateTime<Utc>, rate: &str) -> Price {
    Price {
        id: PriceId::generate(),
        model_id,
        valid_from: from,
        currency: Currency::USD,
        prompt: rate.parse().unwrap(),
        cached_prompt: Decimal::ZERO,
        completion: Decimal::ONE,
        request: Decimal::ZERO,
    }
}

fn rows() -> Rows {
    let (tenant_id, model_id, pool_id, project_id, key_id) = (
        TenantId::generate(),
        ModelId::generate(),
        PoolId::generate(),
        ProjectId::generate(),
        ApiKeyId::generate(),
    );
    Rows {
        generation: 7,
        tenants: vec![Tenant {
            id: tenant_id,
            slug: "acme".into(),
            name: "Acme".into(),
            status: TenantStatus::Active,
            max_concurrent_requests: None,
            demo: false,
            external_engines: false,
            data_key: None,
            residency: None,
        }],
        projects: vec![Project {
            tenant_id,
            id: project_id,
            team_id: None,
            cost_centre: Some("R&D".into()),
            data_class: None,
            data_class_allows_external: true,
            store_responses: false,
            data_class_needs_clearance: false,
            residency: None,
        }],
        keys: vec![ApiKey {
            tenant_id,
            id: key_id,
            project_id,
            disabled: false,
            expires_at: Some(noon()),
            scopes: vec![],
            allowed_models: None,
        }],
        secrets: vec![
            KeySecret { tenant_id, key_id, hash: [1; 32], expires_at: None },
            KeySecret { tenant_id, key_id, hash: [2; 32], expires_at: Some(noon() + TimeDelta::days(1)) },
            KeySecret { tenant_id, key_id: ApiKeyId::generate(), hash: [3; 32], expires_at: None },
        ],
        models: vec![Model {
            id: model_id,
            name: "llama".into(),
            display_name: "Llama".into(),
            description: String::new(),
            context_length: 8192,
            max_output_tokens: None,
            input_modalities: vec!["text".into()],
            output_modalities: vec!["text".into()],
            supported_parameters: vec![],
            created_at: noon(),
            kind: ModelKind::Chat,
            capabilities: vec!["tools".into()],
            tokenizer: None,
            tasks: vec![],
        }],
        grants: vec![ModelGrant { tenant_id, model_id }],
        pools: vec![Pool { id: pool_id, name: "shared".into(), kind: PoolKind::Shared, region: None }],
        deployments: vec![Deployment {
            id: DeploymentId::generate(),
            name: "a".into(),
            engine: EngineKind::Vllm,
            base_url: "http://127.0.0.1:8000/".parse().unwrap(),
            model_id,
            upstream_model: "llama".into(),
            pool_id,
            region: None,
            state: DeploymentState::Active,
            weight: 100,
            context_length: None,
            credential: None,
            external: false,
            owner_tenant: None,
            max_output_tokens: None,
            quantization: None,
            data_classes: None,
            kv_tokens: None,
            max_loras: None,
        }],
        prices: vec![
            price(model_id, noon(), "0.0000000125"),
            price(model_id, noon() - TimeDelta::days(9), "1"),
        ],
        routes: vec![],
        operator_data_key: None,
    }
}

#[test]
fn a_secret_of_a_rotation_never_outlives_its_key() {
    let snapshot = Snapshot::build(rows());
    assert_eq!(snapshot.secret(&[1; 32]).unwrap().expires_at, Some(noon()));
    assert_eq!(snapshot.secret(&[2; 32]).unwrap().expires_at, Some(noon()));
}

#[test]
fn a_secret_without_its_key_opens_nothing() {
    assert!(Snapshot::build(rows()).secret(&[3; 32]).is_none());
}

#[test]
fn the_price_in_force_is_the_latest_begun() {
    let snapshot = Snapshot::build(rows());
    let model = snapshot.model_by_name("llama").unwrap();
    assert!(model.price_at(noon() - TimeDelta::days(10)).is_none());
    assert_eq!(model.price_at(noon() - TimeDelta::days(1)).unwrap().prompt, Decimal::ONE);
    let now = model.price_at(noon()).unwrap();
    let tokens = TokenCounts { prompt: 1_000_000, cached: 0, completion: 0, reasoning: 0 };
    assert_eq!(now.rate(tokens), Some("0.0125".parse().unwrap()));
}

#[test]
fn the_rows_survive_the_disk_and_damage_is_told() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("snapshot");
    assert_eq!(disk::load(&path).unwrap(), None);
    let rows = rows();
    disk::save(&path, &rows).unwrap();
    assert_eq!(disk::load(&path).unwrap(), Some(rows));

    let mut bytes = std::fs::read(&path).unwrap();
    *bytes.last_mut().unwrap() ^= 1;
    std::fs::write(&path, bytes).unwrap();
    assert!(matches!(disk::load(&path), Err(disk::DiskError::Damaged { .. })));
}

fn route(tenant_id: Option<TenantId>, name: &str, arms: &[(&str, &[&str])]) -> Route {
    let arm = |(name, models): &(&str, &[&str])| RouteArm {
        name: (*name).into(),
        weight: 1,
        models: models.iter().map(|model| (*model).into()).collect(),
        pools: None,
        deployments: None,
    };
    let spec = RouteSpec { arms: arms.iter().map(arm).collect(), ..RouteSpec::default() };
    Route { id: RouteId::generate(), tenant_id, name: name.into(), version: 1, spec }
}

#[test]
fn a_tenants_route_comes_before_the_operators_and_no_route_hides_a_model() {
    let mut rows = rows();
    let tenant = rows.tenants[0].id;
    let (own, shared) = (route(Some(tenant), "fast", &[("a", &["llama"])]), route(None, "fast", &[]));
    rows.routes =
        vec![own.clone(), shared.clone(), route(None, "llama", &[]), route(Some(tenant), "llama", &[])];
    let snapshot = Snapshot::build(rows);
    assert_eq!(snapshot.route(tenant, "fast").unwrap().route.id, own.id);
    assert_eq!(snapshot.route(TenantId::generate(), "fast").unwrap().route.id, shared.id);
    assert!(snapshot.route(tenant, "llama").is_none());
    let names: Vec<_> = snapshot.routes_of(tenant).iter().map(|entry| entry.route.id).collect();
    assert_eq!(names, [own.id]);
}

#[test]
fn names_of_a_route_are_resolved_and_those_of_a_tenants_upstream_are_not() {
    let mut rows = rows();
    let tenant = rows.tenants[0].id;
    let own_pool = PoolId::from_uuid(tenant.uuid());
    rows.pools.push(Pool {
        id: own_pool,
        name: "own upstreams".into(),
        kind: PoolKind::Dedicated(tenant),
        region: None,
    });
    let own = Deployment {
        id: DeploymentId::generate(),
        name: "b".into(),
        owner_tenant: Some(tenant),
        pool_id: own_pool,
        ..rows.deployments[0].clone()
    };
    let known = rows.deployments[0].id;
    rows.deployments.push(own);
    let mut made = route(None, "fast", &[("a", &["gone", "llama"])]);
    made.spec.arms[0].deployments = Some(vec!["a".into(), "b".into(), "gone".into()]);
    made.spec.arms[0].pools = Some(vec!["own upstreams".into()]);
    made.spec.fallbacks = vec!["gone".into()];
    made.spec.when_exhausted = vec![Degrade::Wait { most_ms: 10 }, Degrade::Model { model: "llama".into() }];
    let id = made.id;
    rows.routes = vec![made];
    let snapshot = Snapshot::build(rows);
    let entry = snapshot.route_by_id(id).unwrap();
    assert_eq!(entry.kind(), Some(ModelKind::Chat));
    assert_eq!(entry.arms[0].models.len(), 1);
    assert_eq!(entry.arms[0].deployments, Some([known].into()));
    assert_eq!(entry.arms[0].pools, Some([].into()), "an allow list that names nothing allows nothing");
    assert!(entry.fallbacks.is_empty());
    assert!(entry.smaller("llama").is_some());
}

#[test]
fn rows_of_an_older_release_are_read() {
    let rows = rows();
    let mut value = serde_json::to_value(&rows).unwrap();
    value.as_object_mut().unwrap().remove("routes");
    for (list, names) in [
        ("tenants", &["residency"][..]),
        ("projects", &["residency", "data_class_needs_clearance"]),
        ("models", &["tasks"]),
        ("deployments", &["data_classes", "kv_tokens", "max_loras"]),
    ] {
        let row = value[list][0].as_object_mut().unwrap();
        for name in names {
            assert!(row.remove(*name).is_some(), "{list}.{name}");
        }
    }
    assert_eq!(serde_json::from_value::<Rows>(value).unwrap(), rows);
}
