//! What engines say of themselves, in their own words: kind, models, context, load, LoRAs.

use std::convert::Infallible;

use bytes::Bytes;
use engines::{Probe, Target, TaskKind, detect, engine};
use http::{Request, Response};
use http_body_util::Full;
use hyper::{body::Incoming, server::conn::http1, service::service_fn};
use hyper_util::rt::TokioIo;
use snapshot::{EngineKind, EngineLoad, HealthState};
use tokio::{net::TcpListener, task::JoinHandle};
use url::Url;

use crate::support::{client, target};

/// A path, a status and a body.
type Route = (&'static str, u16, &'static str);

macro_rules! fixture {
    ($path:literal, $file:literal) => {
        ($path, 200, include_str!(concat!("fixtures/", $file)))
    };
}

/// A server that answers each path as it is told, and all others with FastAPI's 404.
struct Canned {
    url: Url,
    task: JoinHandle<()>,
}

impl Drop for Canned {
    fn drop(&mut self) {
        self.task.abort();
    }
}

async fn canned(routes: &[Route]) -> Canned {
    let listener = TcpListener::bind(("127.0.0.1", 0)).await.unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap()).parse().unwrap();
    let routes = routes.to_vec();
    let task = tokio::spawn(async move {
        while let Ok((stream, _)) = listener.accept().await {
            let routes = routes.clone();
            let service = service_fn(move |request: Request<Incoming>| {
                let known = routes.iter().find(|(path, ..)| *path == request.uri().path());
                let known = known
                    .filter(|(path, ..)| !path.contains("/v1/models") || anthropic_may(&routes, &request));
                let (status, body) =
                    known.map_or((404, r#"{"detail":"Not Found"}"#), |(_, status, body)| (*status, *body));
                let body = Full::new(Bytes::from_static(body.as_bytes()));
                let response = Response::builder().status(status).body(body).unwrap();
                async { Ok::<_, Infallible>(response) }
            });
            tokio::spawn(http1::Builder::new().serve_connection(TokioIo::new(stream), service));
        }
    });
    Canned { url, task }
}

/// Anthropic lists its models to those who name its version.
fn anthropic_may(routes: &[Route], request: &Request<Incoming>) -> bool {
    let anthropic = routes.iter().any(|(_, _, body)| body.contains("claude"));
    !anthropic || request.headers().contains_key("anthropic-version")
}

async fn detected(routes: &[Route]) -> (EngineKind, Probe) {
    let server = canned(routes).await;
    let client = client();
    detect(&target(&client, &server.url)).await.unwrap()
}

async fn probed(kind: EngineKind, routes: &[Route]) -> Probe {
    let server = canned(routes).await;
    let client = client();
    engine(kind).probe(&Target { credential: Some("key"), ..target(&client, &server.url) }).await
}

const HEALTHY: Route = ("/health", 200, "{}");
const LLAMACPP: &[Route] = &[
    ("/health", 200, r#"{"status":"ok"}"#),
    fixture!("/v1/models", "llamacpp/models.json"),
    fixture!("/props", "llamacpp/props.json"),
    fixture!("/slots", "llamacpp/slots.json"),
    fixture!("/metrics", "llamacpp/metrics.txt"),
];

#[tokio::test]
async fn vllm() {
    let (kind, probe) = detected(&[
        HEALTHY,
        ("/version", 200, r#"{"version":"0.11.0"}"#),
        fixture!("/v1/models", "vllm/models.json"),
        fixture!("/metrics", "vllm/metrics.txt"),
    ])
    .await;
    assert_eq!((kind, probe.state), (EngineKind::Vllm, HealthState::Healthy));
    let load = EngineLoad { running: 5, waiting: 1, kv_use: Some(0.5), ..EngineLoad::default() };
    assert_eq!((probe.load, probe.load_blind, probe.lora), (Some(load), false, Some(true)));
    assert_eq!(probe.version.as_deref(), Some("0.11.0"));
    let lora = &probe.models[1];
    assert_eq!(lora.parent.as_deref(), Some("meta-llama/Llama-3.1-8B-Instruct"));
    assert_eq!((probe.models[0].max_context, lora.max_context), (Some(8192), Some(8192)));
}

/// As version 0.32 answered, with LoRAs enabled and none asked for yet.
#[tokio::test]
async fn a_real_vllm() {
    let (kind, probe) = detected(&[
        HEALTHY,
        ("/version", 200, r#"{"version":"0.32.0"}"#),
        fixture!("/v1/models", "vllm/real_models.json"),
        fixture!("/metrics", "vllm/real_metrics.txt"),
    ])
    .await;
    assert_eq!((kind, probe.state), (EngineKind::Vllm, HealthState::Healthy));
    let load = EngineLoad { running: 0, waiting: 0, kv_use: Some(0.0), ..EngineLoad::default() };
    assert_eq!((probe.load, probe.load_blind, probe.lora), (Some(load), false, Some(true)));
    let lora = &probe.models[1];
    assert_eq!((lora.id.as_str(), lora.parent.as_deref()), ("tiny-lora", Some("tiny")));
    assert_eq!((probe.models[0].max_context, lora.max_context), (Some(1024), Some(1024)));
}

#[tokio::test]
async fn sglang() {
    let (kind, probe) = detected(&[
        HEALTHY,
        fixture!("/v1/models", "sglang/models.json"),
        fixture!("/get_server_info", "sglang/server_info.json"),
        fixture!("/get_model_info", "sglang/model_info.json"),
        fixture!("/metrics", "sglang/metrics.txt"),
    ])
    .await;
    assert_eq!((kind, probe.state), (EngineKind::Sglang, HealthState::Healthy));
    let load =
        EngineLoad { running: 5, waiting: 2, kv_use: Some(0.28), slots: Some(64), ..EngineLoad::default() };
    assert_eq!((probe.load, probe.lora), (Some(load), Some(true)));
    assert_eq!(probe.models[0].max_context, Some(32768));
    assert_eq!(probe.models[0].tasks.as_deref(), Some(&[TaskKind::Chat, TaskKind::Completion][..]));
}

#[tokio::test]
async fn ollama() {
    let (kind, probe) = detected(&[
        ("/api/version", 200, r#"{"version":"0.12.0"}"#),
        fixture!("/api/tags", "ollama/tags.json"),
        fixture!("/api/ps", "ollama/ps.json"),
        ("/v1/models", 200, r#"{"object":"list","data":[]}"#),
    ])
    .await;
    assert_eq!((kind, probe.state), (EngineKind::Ollama, HealthState::Healthy));
    assert_eq!((probe.load, probe.load_blind, probe.lora), (None, false, Some(false)));
    assert_eq!(probe.models[0].max_context, Some(8192));
}

#[tokio::test]
async fn ollama_describes_a_model() {
    let server = canned(&[
        ("/api/version", 200, r#"{"version":"0.12.0"}"#),
        fixture!("/api/tags", "ollama/tags.json"),
        fixture!("/api/show", "ollama/show.json"),
    ])
    .await;
    let client = client();
    let model =
        engines::describe(EngineKind::Ollama, &target(&client, &server.url), "qwen3:8b").await.unwrap();
    assert_eq!((model.max_context, &model.capabilities[..]), (Some(40960), &["tools", "reasoning"][..]));
    assert_eq!(model.tasks.as_deref(), Some(&[TaskKind::Chat, TaskKind::Completion][..]));
}

#[tokio::test]
async fn tgi() {
    let (kind, probe) = detected(&[
        ("/health", 200, ""),
        fixture!("/info", "tgi/info.json"),
        fixture!("/v1/models", "tgi/models.json"),
        fixture!("/metrics", "tgi/metrics.txt"),
    ])
    .await;
    assert_eq!((kind, probe.state), (EngineKind::Tgi, HealthState::Healthy));
    let load = EngineLoad { running: 8, waiting: 3, capacity: Some(128), ..EngineLoad::default() };
    assert_eq!((probe.load, probe.lora), (Some(load), Some(false)));
    assert_eq!(probe.models[0].id, "meta-llama/Llama-3.1-8B-Instruct");
    assert_eq!((probe.models[0].max_context, probe.version.as_deref()), (Some(8192), Some("3.2.0")));
}

#[tokio::test]
async fn nim() {
    let (kind, probe) = detected(&[
        ("/v1/health/ready", 200, r#"{"object":"health.response","message":"Service is ready."}"#),
        fixture!("/v1/metadata", "nim/metadata.json"),
        fixture!("/v1/models", "nim/models.json"),
        fixture!("/v1/metrics", "nim/metrics.txt"),
    ])
    .await;
    assert_eq!((kind, probe.state), (EngineKind::Nim, HealthState::Healthy));
    let load =
        EngineLoad { running: 4, waiting: 1, kv_use: Some(0.125), slots: Some(256), ..EngineLoad::default() };
    assert_eq!((probe.load, probe.version.as_deref()), (Some(load), Some("1.8.4")));
    assert_eq!(probe.models[0].max_context, Some(131_072));
}

#[tokio::test]
async fn llamacpp() {
    let (kind, probe) = detected(LLAMACPP).await;
    assert_eq!((kind, probe.state), (EngineKind::Llamacpp, HealthState::Healthy));
    let load = EngineLoad { running: 2, waiting: 5, slots: Some(4), ..EngineLoad::default() };
    assert_eq!((probe.load, probe.lora), (Some(load), Some(false)));
    // Of a slot, and not of the model's training.
    assert_eq!(probe.models[0].max_context, Some(4096));
    assert_eq!(probe.models[0].capabilities, ["vision", "tools"]);
    assert!(engine(kind).same_model(&probe.models[0].id, "qwen"));
}

/// As a build of the autumn of 2026 answered.
#[tokio::test]
async fn a_real_llamacpp() {
    let (kind, probe) = detected(&[
        ("/health", 200, r#"{"status":"ok"}"#),
        fixture!("/v1/models", "llamacpp/real_models.json"),
        fixture!("/props", "llamacpp/real_props.json"),
        fixture!("/metrics", "llamacpp/real_metrics.txt"),
    ])
    .await;
    assert_eq!((kind, probe.state), (EngineKind::Llamacpp, HealthState::Healthy));
    let load = EngineLoad { running: 0, waiting: 0, slots: Some(2), ..EngineLoad::default() };
    assert_eq!((probe.load, probe.load_blind), (Some(load), false));
    assert_eq!((probe.models[0].id.as_str(), probe.models[0].max_context), ("tiny", Some(16384)));
    assert_eq!(probe.models[0].capabilities, ["tools"]);
}

#[tokio::test]
async fn llamacpp_without_metrics_tells_its_slots() {
    let probe = probed(EngineKind::Llamacpp, &LLAMACPP[..4]).await;
    let load = EngineLoad { running: 2, slots: Some(4), ..EngineLoad::default() };
    assert_eq!((probe.load, probe.load_blind), (Some(load), false));
}

#[tokio::test]
async fn tei() {
    let (kind, probe) = detected(&[
        ("/health", 200, ""),
        fixture!("/info", "tei/info.json"),
        fixture!("/metrics", "tei/metrics.txt"),
    ])
    .await;
    assert_eq!((kind, probe.state), (EngineKind::Tei, HealthState::Healthy));
    let load = EngineLoad { waiting: 9, capacity: Some(512), ..EngineLoad::default() };
    assert_eq!(probe.load, Some(load));
    assert_eq!(probe.models[0].tasks.as_deref(), Some(&[TaskKind::Embedding][..]));
    assert_eq!(probe.models[0].max_context, Some(512));
}

#[tokio::test]
async fn anthropic() {
    let (kind, probe) = detected(&[fixture!("/v1/models", "anthropic/models.json")]).await;
    assert_eq!((kind, probe.state), (EngineKind::Anthropic, HealthState::Healthy));
    let model = &probe.models[0];
    assert_eq!((model.max_context, model.max_output), (Some(200_000), Some(64_000)));
}

#[tokio::test]
async fn any_other_server_of_openais_dialect() {
    let models =
        r#"{"object":"list","data":[{"id":"gpt-x","object":"model","created":1,"owned_by":"openai"}]}"#;
    let (kind, probe) = detected(&[("/v1/models", 200, models)]).await;
    assert_eq!((kind, probe.state), (EngineKind::Openai, HealthState::Healthy));
    assert_eq!((probe.load, probe.load_blind), (None, false));
}

#[tokio::test]
async fn an_engine_that_loads_its_model_is_not_down() {
    let loading = include_str!("fixtures/llamacpp/loading.json");
    for (kind, path) in [
        (EngineKind::Llamacpp, "/health"),
        (EngineKind::Sglang, "/health"),
        (EngineKind::Tgi, "/health"),
        (EngineKind::Tei, "/health"),
        (EngineKind::Nim, "/v1/health/ready"),
    ] {
        let probe = probed(kind, &[(path, 503, loading)]).await;
        assert_eq!((probe.state, probe.reason.is_some()), (HealthState::NotReady, true), "{kind}");
        // Nobody there is another matter.
        assert_eq!(probed(kind, &[]).await.state, HealthState::Down, "{kind}");
    }
}

#[tokio::test]
async fn renamed_metrics_make_blind_and_missing_ones_do_not() {
    let renamed: [(EngineKind, &'static str); 5] = [
        (EngineKind::Vllm, "vllm:requests_running{engine=\"0\"} 1\nvllm:num_requests_waiting 0\n"),
        (EngineKind::Sglang, "sglang_num_running_reqs 4\n"),
        (EngineKind::Tgi, "tgi_request_count 1\ntgi_queue_length 0\n"),
        (EngineKind::Tei, "te_request_count 1\n"),
        (EngineKind::Llamacpp, "llamacpp:processing 1\n"),
    ];
    for (kind, metrics) in renamed {
        let routes = |metrics| {
            [
                HEALTHY,
                fixture!("/v1/models", "vllm/models.json"),
                fixture!("/info", "tei/info.json"),
                ("/metrics", 200, metrics),
            ]
        };
        let blind = probed(kind, &routes(metrics)).await;
        assert_eq!((blind.load, blind.load_blind), (None, true), "{kind}");
        let silent = probed(kind, &routes("# HELP nothing yet\npython_gc_objects 1\n")).await;
        assert_eq!((silent.load, silent.load_blind), (None, false), "{kind}");
    }
}
