//! Engines of the demo: those that already run on this machine, else simulated ones.

use std::{
    net::{Ipv4Addr, SocketAddr},
    path::Path,
    time::Duration,
};

use anyhow::Context;
use egress::{ConnectTimeout, EgressRules, EngineClient};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use shared::{Currency, Page};
use shared_api::catalog::{CreateDeployment, CreateModel, Deployment, Model, PriceRates};
use sim::{Handle, SimOptions};
use snapshot::EngineKind;

use super::{client::Client, document};
use crate::wiring::engine_probe::Probe;
use catalog::EngineProbe;

/// Where engines listen when nobody moved them.
const USUAL: [(EngineKind, u16); 3] =
    [(EngineKind::Ollama, 11434), (EngineKind::Vllm, 8000), (EngineKind::Openai, 8081)];
const PORTS_FILE: &str = "demo-engines.json";

/// What the simulated engines serve, with prices per million tokens in dollars: prompt, cached prompt, completion.
const MODELS: [(&str, &str, &str, u32, [&str; 3]); 2] = [
    (
        "llama-3.1-8b",
        "Llama 3.1 8B Instruct",
        "A quick all-rounder for chat, extraction and tools.",
        8192,
        ["0.05", "0.0125", "0.10"],
    ),
    (
        "qwen2.5-7b",
        "Qwen 2.5 7B Instruct",
        "Strong at code and at many languages.",
        8192,
        ["0.04", "0.01", "0.09"],
    ),
];

/// One engine that the demo uses.
struct Engine {
    name: String,
    kind: EngineKind,
    base_url: String,
    models: Vec<String>,
    simulated: Option<Handle>,
}

pub struct Engines(Vec<Engine>);

/// Where the simulated engines listened last time, so that a second start finds its deployments as they were.
#[derive(Default, Serialize, Deserialize)]
struct Ports {
    vllm_1: u16,
    vllm_2: u16,
    ollama: u16,
}

impl Engines {
    pub async fn find_or_simulate(data_dir: &Path) -> anyhow::Result<Self> {
        let found = find().await?;
        if found.is_empty() { Ok(Self(simulate(data_dir).await?)) } else { Ok(Self(found)) }
    }

    pub fn listed(&self) -> Vec<document::Engine> {
        let listed = |engine: &Engine| document::Engine {
            kind: engine.kind.as_str().to_owned(),
            base_url: engine.base_url.clone(),
            simulated: engine.simulated.is_some(),
        };
        self.0.iter().map(listed).collect()
    }

    /// Registers models and deployments that are not there yet, takes those away that are elsewhere now. The models' names.
    pub async fn register(&self, client: &Client) -> anyhow::Result<Vec<String>> {
        let known: Page<Model> = client.get("/models?limit=200").await?;
        let deployed: Page<Deployment> = client.get("/deployments?limit=200").await?;
        for old in deployed.data.iter().filter(|old| old.name.starts_with("demo-") && !self.still_there(old))
        {
            client.delete(&format!("/deployments/{}", old.id)).await?;
        }
        let mut names = Vec::new();
        for engine in &self.0 {
            for model in &engine.models {
                if !names.contains(model) {
                    names.push(model.clone());
                    if !known.data.iter().any(|one| one.name == *model) {
                        let _made: Model = client.post("/models", &described(model)).await?;
                    }
                }
                let name = format!("demo-{}-{model}", engine.name);
                if !deployed.data.iter().any(|old| old.name == name && self.still_there(old)) {
                    let _made: Deployment =
                        client.post("/deployments", &engine.deployment(name, model)).await?;
                }
            }
        }
        Ok(names)
    }

    fn still_there(&self, old: &Deployment) -> bool {
        self.0.iter().any(|engine| {
            engine.base_url == old.base_url && old.name == format!("demo-{}-{}", engine.name, old.model)
        })
    }

    pub async fn stop(self) {
        for handle in self.0.into_iter().filter_map(|engine| engine.simulated) {
            handle.stop().await;
        }
    }
}

impl Engine {
    fn deployment(&self, name: String, model: &str) -> CreateDeployment {
        CreateDeployment {
            name,
            engine: self.kind.as_str().to_owned(),
            base_url: self.base_url.clone(),
            model: model.to_owned(),
            upstream_model: None,
            pool: None,
            region: None,
            weight: None,
            credential: None,
        }
    }
}

/// A model with its price; a found one that is not among ours gets a price of its own too, so that costs show.
fn described(name: &str) -> CreateModel {
    let ours = MODELS.iter().find(|one| one.0 == name);
    let (display_name, description, context, [prompt, cached, completion]) = ours
        .map_or((name, "Found on this machine.", 8192, ["0.05", "0.0125", "0.10"]), |one| {
            (one.1, one.2, one.3, one.4)
        });
    let million = rust_decimal::Decimal::from(1_000_000);
    let rate = |text: &str| text.parse::<rust_decimal::Decimal>().unwrap_or_default() / million;
    CreateModel {
        name: name.to_owned(),
        display_name: Some(display_name.to_owned()),
        description: description.to_owned(),
        context_length: context,
        max_output_tokens: None,
        price: Some(PriceRates {
            currency: Currency::USD,
            prompt: rate(prompt),
            cached_prompt: Some(rate(cached)),
            completion: rate(completion),
            request: rust_decimal::Decimal::ZERO,
        }),
        grant_all: true,
    }
}

/// Asks the usual ports of this machine.
async fn find() -> anyhow::Result<Vec<Engine>> {
    let rules = EgressRules::engines(Vec::new())?;
    let probe = Probe::new(EngineClient::new(&rules, ConnectTimeout(Duration::from_millis(300)))?);
    let mut found = Vec::new();
    for (kind, port) in USUAL {
        let base_url = format!("http://127.0.0.1:{port}");
        let Ok(answer) = probe.probe(kind, &base_url.parse()?, None).await else { continue };
        let models: Vec<_> = answer.models.into_iter().map(|model| model.name).take(3).collect();
        if !models.is_empty() {
            found.push(Engine { name: format!("{kind}-{port}"), kind, base_url, models, simulated: None });
        }
    }
    Ok(found)
}

async fn simulate(data_dir: &Path) -> anyhow::Result<Vec<Engine>> {
    let path = data_dir.join(PORTS_FILE);
    let last: Ports =
        std::fs::read(&path).ok().and_then(|b| serde_json::from_slice(&b).ok()).unwrap_or_default();
    let (llama, qwen) = (MODELS[0].0, MODELS[1].0);
    let engines = vec![
        simulated("vllm-1", EngineKind::Vllm, sim::Engine::Vllm, llama, last.vllm_1).await?,
        simulated("vllm-2", EngineKind::Vllm, sim::Engine::Vllm, llama, last.vllm_2).await?,
        simulated("ollama", EngineKind::Ollama, sim::Engine::Ollama, qwen, last.ollama).await?,
    ];
    let port =
        |at: usize| engines.get(at).and_then(|e: &Engine| e.simulated.as_ref()).map_or(0, |s| s.addr.port());
    let ports: Value = json!(Ports { vllm_1: port(0), vllm_2: port(1), ollama: port(2) });
    std::fs::write(&path, ports.to_string()).with_context(|| format!("cannot write {}", path.display()))?;
    Ok(engines)
}

/// On the port of last time where that is free, else on any.
async fn simulated(
    name: &str,
    kind: EngineKind,
    engine: sim::Engine,
    model: &str,
    port: u16,
) -> anyhow::Result<Engine> {
    let options = |port| SimOptions {
        listen: SocketAddr::from((Ipv4Addr::LOCALHOST, port)),
        ttft_ms: 80,
        tokens_per_s: 80.0,
        ..SimOptions::unpaced(engine, [model])
    };
    let handle = match sim::start(options(port)).await {
        Ok(handle) => handle,
        Err(_) => sim::start(options(0)).await.context("a simulated engine did not start")?,
    };
    let base_url = handle.base_url();
    Ok(Engine {
        name: name.to_owned(),
        kind,
        base_url,
        models: vec![model.to_owned()],
        simulated: Some(handle),
    })
}
