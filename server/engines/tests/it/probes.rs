//! Asking simulated engines how they are.

use std::time::Duration;

use engines::{Target, describe, detect, engine};
use sim::{Engine, Fault, FaultKind, SimOptions, spawn};
use snapshot::{EngineKind, HealthState};
use url::Url;

use crate::support::{client, target, url};

#[tokio::test]
async fn engines_are_told_apart_and_tell_what_they_serve() {
    let client = client();
    let engines = [
        (Engine::Vllm, EngineKind::Vllm, "m", Some(8192)),
        (Engine::Openai, EngineKind::Openai, "m", None),
        (Engine::Ollama, EngineKind::Ollama, "m:latest", Some(8192)),
    ];
    for (simulated, kind, id, context) in engines {
        let sim = spawn(SimOptions::unpaced(simulated, ["m"])).await.unwrap();
        let url = url(&sim);
        let (detected, probe) = detect(&target(&client, &url)).await.unwrap();
        assert_eq!((detected, probe.state), (kind, HealthState::Healthy));
        assert_eq!(probe.models[0].id, id);
        assert_eq!(probe.version.is_some(), kind != EngineKind::Openai);
        assert_eq!(probe.load.is_some(), kind == EngineKind::Vllm);
        let described = describe(kind, &target(&client, &url), "m").await.unwrap();
        assert_eq!(described.max_context, context);
        assert_eq!(describe(kind, &target(&client, &url), "other").await, None);
    }
}

#[tokio::test]
async fn an_engine_that_is_away_ill_or_silent_is_down_with_a_reason() {
    let client = client();
    let sim = spawn(SimOptions::unpaced(Engine::Vllm, ["m"])).await.unwrap();
    let url = url(&sim);
    let quick = Target { timeout: Duration::from_millis(200), ..target(&client, &url) };
    let vllm = engine(EngineKind::Vllm);

    for (fault, reason) in [
        (FaultKind::Http503, "it answered with status 503"),
        (FaultKind::Hang, "it did not answer within 200 ms"),
        (FaultKind::Refuse, "it cannot be reached"),
    ] {
        sim.fault(Fault::new(fault).everywhere());
        let probe = vllm.probe(&quick).await;
        assert_eq!(probe.state, HealthState::Down);
        assert!(probe.reason.as_ref().unwrap().contains(reason), "{probe:?}");
        sim.clear_faults();
        assert!(vllm.probe(&quick).await.is_healthy());
    }
    sim.stop().await;
    assert_eq!(vllm.probe(&quick).await.state, HealthState::Down);
    assert_eq!(detect(&quick).await, None);
}

#[tokio::test]
async fn a_wrong_credential_is_named_as_the_reason() {
    let client = client();
    let options = SimOptions { api_key: Some("right".into()), ..SimOptions::unpaced(Engine::Openai, ["m"]) };
    let sim = spawn(options).await.unwrap();
    let url = url(&sim);
    let openai = engine(EngineKind::Openai);
    let wrong = openai.probe(&Target { credential: Some("wrong"), ..target(&client, &url) }).await;
    assert!(wrong.reason.unwrap().contains("credential"));
    assert!(openai.probe(&Target { credential: Some("right"), ..target(&client, &url) }).await.is_healthy());
}

#[tokio::test]
async fn a_base_url_with_the_version_works_too() {
    let client = client();
    let sim = spawn(SimOptions::unpaced(Engine::Openai, ["m"])).await.unwrap();
    let url: Url = format!("{}/v1/", sim.base_url()).parse().unwrap();
    assert_eq!(detect(&target(&client, &url)).await.unwrap().0, EngineKind::Openai);
}
