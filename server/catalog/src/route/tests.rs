use serde_json::{Value, json};
use shared_api::catalog::ModelKind;

use super::*;

fn known() -> Known {
    let model = |kind| KnownModel { kind, usable: true };
    let names = |list: &[&str]| list.iter().map(|name| (*name).to_owned()).collect();
    Known {
        models: [
            ("big".to_owned(), model(ModelKind::Chat)),
            ("small".to_owned(), model(ModelKind::Chat)),
            ("old".to_owned(), KnownModel { usable: false, ..model(ModelKind::Chat) }),
            ("embed".to_owned(), model(ModelKind::Embedding)),
            ("rank".to_owned(), model(ModelKind::Rerank)),
        ]
        .into(),
        routes: names(&["other-route"]),
        pools: names(&["shared", "gold"]),
        regions: names(&["eu", "us"]),
        deployments: [("big-1".to_owned(), "big".to_owned()), ("small-1".to_owned(), "small".to_owned())]
            .into(),
    }
}

/// A document that uses everything.
fn whole() -> Value {
    json!({
        "arms": [
            {"name": "stable", "weight": 95, "models": ["big", "small"], "pools": ["gold"]},
            {"name": "canary", "weight": 5, "models": ["small"], "deployments": ["small-1"]},
        ],
        "stick_to": "session", "preset": "latency",
        "weights": {"first_token": 1.0, "per_token": 0.5, "cost": 0.0, "task": 0.0, "stick": 0.1},
        "fallbacks": ["big"],
        "constraints": {"regions": ["eu"], "pools": ["gold", "shared"], "deny_deployments": ["big-1"], "inside_only": true},
        "ceilings": {"first_token_ms": 800, "prompt_price": "2.5"},
        "when_exhausted": [{"do": "model", "model": "small"}, {"do": "wait", "most_ms": 2000}, {"do": "batch"}, {"do": "fail"}],
        "retry": {"attempts": 3, "budget_percent": 10},
        "hedge": {"after_ms": 300, "most_percent": 5},
        "shadow": {"model": "small", "percent": 10},
    })
}

fn checked(document: Value, owner: Owner) -> Result<(), Fault> {
    check("fast", &serde_json::from_value(document).unwrap(), &known(), owner)
}

/// Where the fault is, after the change of one value.
fn faulty(pointer: &str, value: Value) -> (String, String) {
    let mut document = whole();
    if let Some(place) = document.pointer_mut(pointer) {
        *place = value;
    } else {
        let (parent, key) = pointer.rsplit_once('/').unwrap();
        document.pointer_mut(parent).unwrap()[key] = value;
    }
    let fault = checked(document, Owner::Operator).unwrap_err();
    (fault.field, fault.message)
}

#[test]
fn a_document_that_uses_everything_is_good() {
    assert_eq!(checked(whole(), Owner::Operator), Ok(()));
}

#[test]
fn each_fault_is_told_by_its_place() {
    for (pointer, value, field) in [
        ("/arms", json!([]), "arms"),
        ("/arms/1/name", json!("stable"), "arms[1].name"),
        ("/arms/0/name", json!("a b"), "arms[0].name"),
        ("/arms/0/models", json!([]), "arms[0].models"),
        ("/arms/1/models/0", json!("nobody"), "arms[1].models[0]"),
        ("/arms/0/models/1", json!("big"), "arms[0].models[1]"),
        ("/arms/0/models/0", json!("old"), "arms[0].models[0]"),
        ("/arms/0/models/0", json!("fast"), "arms[0].models[0]"),
        ("/arms/0/models/0", json!("other-route"), "arms[0].models[0]"),
        ("/arms/0/pools", json!([]), "arms[0].pools"),
        ("/arms/0/pools/0", json!("nowhere"), "arms[0].pools[0]"),
        ("/arms/1/deployments/0", json!("gone"), "arms[1].deployments[0]"),
        ("/arms/1/deployments/0", json!("big-1"), "arms[1].deployments[0]"),
        ("/arms/0/weight", json!(2_000_000), "arms[0].weight"),
        ("/weights/cost", json!(-1.0), "weights.cost"),
        ("/fallbacks/0", json!("embed"), "fallbacks[0]"),
        ("/constraints/regions/0", json!("mars"), "constraints.regions[0]"),
        ("/constraints/pools/1", json!("nowhere"), "constraints.pools[1]"),
        ("/constraints/deny_pools", json!(["gold"]), "constraints.deny_pools[0]"),
        ("/constraints/deny_deployments/0", json!("gone"), "constraints.deny_deployments[0]"),
        ("/ceilings/first_token_ms", json!(0), "ceilings.first_token_ms"),
        ("/ceilings/prompt_price", json!("-1"), "ceilings.prompt_price"),
        ("/when_exhausted/0/model", json!("nobody"), "when_exhausted[0].model"),
        ("/when_exhausted/1/most_ms", json!(0), "when_exhausted[1].most_ms"),
        ("/when_exhausted/0", json!({"do": "fail"}), "when_exhausted[1]"),
        ("/when_exhausted/3", json!({"do": "batch"}), "when_exhausted[3]"),
        ("/retry/attempts", json!(0), "retry.attempts"),
        ("/retry/budget_percent", json!(101), "retry.budget_percent"),
        ("/hedge/after_ms", json!(5), "hedge.after_ms"),
        ("/hedge/most_percent", json!(51), "hedge.most_percent"),
        ("/shadow/percent", json!(0), "shadow.percent"),
        ("/shadow/model", json!("embed"), "shadow.model"),
        ("/coalesce_ms", json!(4), "coalesce_ms"),
        ("/coalesce_ms", json!(10), "coalesce_ms"),
    ] {
        let (place, message) = faulty(pointer, value.clone());
        assert_eq!(place, field, "{pointer} = {value}: {message}");
    }
}

#[test]
fn a_route_without_any_weight_serves_nobody() {
    let mut document = whole();
    document["arms"][0]["weight"] = 0.into();
    assert!(checked(document.clone(), Owner::Operator).is_ok());
    document["arms"][1]["weight"] = 0.into();
    assert_eq!(checked(document, Owner::Operator).unwrap_err().field, "arms");
}

#[test]
fn only_embeddings_are_gathered_and_only_first_tokens_hedged() {
    let arms = |model: &str| json!([{"name": "a", "weight": 1, "models": [model]}]);
    assert!(checked(json!({"arms": arms("embed"), "coalesce_ms": 20}), Owner::Operator).is_ok());
    let hedge = json!({"after_ms": 100, "most_percent": 5});
    let fault = checked(json!({"arms": arms("embed"), "hedge": hedge}), Owner::Operator).unwrap_err();
    assert_eq!(fault.field, "hedge");
    let batch = json!({"arms": arms("rank"), "when_exhausted": [{"do": "batch"}]});
    assert_eq!(checked(batch, Owner::Operator).unwrap_err().field, "when_exhausted[0]");
}

#[test]
fn a_tenant_says_which_models_and_not_where() {
    let arms = json!([{"name": "a", "weight": 1, "models": ["big"]}]);
    let own = json!({"arms": arms, "fallbacks": ["small"], "stick_to": "key", "preset": "cost",
        "ceilings": {"first_token_ms": 500}, "when_exhausted": [{"do": "wait", "most_ms": 100}]});
    assert_eq!(checked(own.clone(), Owner::Tenant), Ok(()));
    for field in ["weights", "constraints", "retry", "hedge", "shadow"] {
        let mut document = own.clone();
        document[field] = whole()[field].clone();
        assert_eq!(checked(document, Owner::Tenant).unwrap_err().field, field);
    }
    for (field, value) in [("pools", json!(["gold"])), ("deployments", json!(["big-1"]))] {
        let mut document = own.clone();
        document["arms"][0][field] = value;
        assert_eq!(checked(document, Owner::Tenant).unwrap_err().field, format!("arms[0].{field}"));
    }
    let fault = checked(json!({"arms": [{"name": "a", "weight": 1, "models": ["old"]}]}), Owner::Tenant);
    assert!(fault.unwrap_err().message.contains("not a model that you may use"));
}

#[test]
fn a_name_is_nothing_that_callers_mean_otherwise() {
    for good in ["fast", "acme/support", "gpt-4o", "v1:stable"] {
        assert_eq!(check_name(good, &known()), Ok(()), "{good}");
    }
    for bad in ["", "-x", "a b", "auto", "Auto", "openrouter/auto", "fast:nitro", "fast:floor", "big", "old"]
    {
        assert_eq!(check_name(bad, &known()).unwrap_err().field, "name", "{bad}");
    }
}
