//! Engines of the demo: those that already run on this machine, else simulated ones.

use std::{
    collections::BTreeMap,
    net::{Ipv4Addr, SocketAddr},
    path::Path,
    time::Duration,
};

use anyhow::Context;
use egress::{ConnectTimeout, EgressRules, EngineClient};
use shared::{Currency, Page};
use shared_api::catalog::{CreateDeployment, CreateModel, Deployment, Model, ModelKind, PriceRates};
use sim::{Handle, SimOptions};
use snapshot::EngineKind;

use super::{client::Client, document};
use crate::wiring::engine_probe::Probe;
use catalog::EngineProbe;

/// Where engines listen when nobody moved them: Ollama, vLLM, llama.cpp beside us, SGLang.
const USUAL: [u16; 4] = [11434, 8000, 8081, 30000];
const PORTS_FILE: &str = "demo-engines.json";

/// A model that a simulated engine serves. Prices are dollars per million tokens: prompt, cached prompt, completion.
struct Offer<'a> {
    name: &'a str,
    display_name: &'a str,
    description: &'a str,
    kind: ModelKind,
    context_length: u32,
    price: [&'a str; 3],
}

const LLAMA: Offer<'static> = Offer {
    name: "llama-3.1-8b",
    display_name: "Llama 3.1 8B Instruct",
    description: "A quick all-rounder for chat, extraction and tools.",
    kind: ModelKind::Chat,
    context_length: 8192,
    price: ["0.05", "0.0125", "0.10"],
};
const QWEN: Offer<'static> = Offer {
    name: "qwen2.5-7b",
    display_name: "Qwen 2.5 7B Instruct",
    description: "Strong at code and at many languages.",
    kind: ModelKind::Chat,
    context_length: 8192,
    price: ["0.04", "0.01", "0.09"],
};
const EMBEDDER: Offer<'static> = Offer {
    name: "nomic-embed-text-v1.5",
    display_name: "Nomic Embed Text 1.5",
    description: "Texts as vectors, for search and for telling alike from unlike.",
    kind: ModelKind::Embedding,
    context_length: 8192,
    price: ["0.008", "0.008", "0"],
};
const RERANKER: Offer<'static> = Offer {
    name: "bge-reranker-v2-m3",
    display_name: "BGE Reranker v2 M3",
    description: "Puts documents in the order in which they answer a question.",
    kind: ModelKind::Rerank,
    context_length: 8192,
    price: ["0.01", "0.01", "0"],
};
const OFFERS: [&Offer<'static>; 4] = [&LLAMA, &QWEN, &EMBEDDER, &RERANKER];

/// The simulated engines: name, kind, what it serves.
const SIMULATED: [(&str, EngineKind, sim::Engine, &Offer<'static>); 6] = [
    ("vllm-1", EngineKind::Vllm, sim::Engine::Vllm, &LLAMA),
    ("vllm-2", EngineKind::Vllm, sim::Engine::Vllm, &LLAMA),
    ("ollama", EngineKind::Ollama, sim::Engine::Ollama, &QWEN),
    ("sglang", EngineKind::Sglang, sim::Engine::Sglang, &QWEN),
    ("tei-embed", EngineKind::Tei, sim::Engine::Tei, &EMBEDDER),
    ("tei-rerank", EngineKind::Tei, sim::Engine::Tei, &RERANKER),
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

/// Where the simulated engines listened last time, by name, so that a second start finds its deployments as they were.
type Ports = BTreeMap<String, u16>;

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
            engine: Some(self.kind.as_str().to_owned()),
            base_url: self.base_url.clone(),
            model: model.to_owned(),
            ..CreateDeployment::default()
        }
    }
}

/// A model with its price; a found one that is not among ours gets a price of its own too, so that costs show.
fn described(name: &str) -> CreateModel {
    let found = Offer {
        name: "",
        display_name: name,
        description: "Found on this machine.",
        kind: ModelKind::Chat,
        context_length: 8192,
        price: ["0.05", "0.0125", "0.10"],
    };
    let offer = OFFERS.into_iter().find(|one| one.name == name).unwrap_or(&found);
    let [prompt, cached, completion] = offer.price;
    let million = rust_decimal::Decimal::from(1_000_000);
    let rate = |text: &str| text.parse::<rust_decimal::Decimal>().unwrap_or_default() / million;
    CreateModel {
        name: name.to_owned(),
        display_name: Some(offer.display_name.to_owned()),
        description: offer.description.to_owned(),
        kind: offer.kind,
        context_length: offer.context_length,
        price: Some(PriceRates {
            currency: Currency::USD,
            prompt: rate(prompt),
            cached_prompt: Some(rate(cached)),
            completion: rate(completion),
            request: rust_decimal::Decimal::ZERO,
        }),
        grant_all: true,
        ..CreateModel::default()
    }
}

/// Asks the usual ports of this machine.
async fn find() -> anyhow::Result<Vec<Engine>> {
    let rules = EgressRules::engines(Vec::new())?;
    let probe = Probe::new(EngineClient::new(&rules, ConnectTimeout(Duration::from_millis(300)))?);
    let mut found = Vec::new();
    for port in USUAL {
        let base_url = format!("http://127.0.0.1:{port}");
        let Ok(answer) = probe.detect(&base_url.parse()?, None).await else { continue };
        let models: Vec<_> = answer.models.into_iter().map(|model| model.name).take(3).collect();
        if !models.is_empty() {
            let kind = answer.engine;
            found.push(Engine { name: format!("{kind}-{port}"), kind, base_url, models, simulated: None });
        }
    }
    Ok(found)
}

async fn simulate(data_dir: &Path) -> anyhow::Result<Vec<Engine>> {
    let path = data_dir.join(PORTS_FILE);
    let last: Ports =
        std::fs::read(&path).ok().and_then(|b| serde_json::from_slice(&b).ok()).unwrap_or_default();
    let mut engines = Vec::new();
    let mut ports = Ports::new();
    for (name, kind, engine, offer) in SIMULATED {
        let port = last.get(name).copied().unwrap_or_default();
        let (one, port) = simulated(name, kind, engine, offer, port).await?;
        ports.insert(name.to_owned(), port);
        engines.push(one);
    }
    std::fs::write(&path, serde_json::to_vec(&ports)?)
        .with_context(|| format!("cannot write {}", path.display()))?;
    Ok(engines)
}

/// On the port of last time where that is free, else on any; with the port it took.
async fn simulated(
    name: &str,
    kind: EngineKind,
    engine: sim::Engine,
    offer: &Offer<'_>,
    port: u16,
) -> anyhow::Result<(Engine, u16)> {
    let options = |port| SimOptions {
        listen: SocketAddr::from((Ipv4Addr::LOCALHOST, port)),
        ttft_ms: 80,
        tokens_per_s: 80.0,
        ..SimOptions::unpaced(engine, [offer.name])
    };
    let handle = match sim::start(options(port)).await {
        Ok(handle) => handle,
        Err(_) => sim::start(options(0)).await.context("a simulated engine did not start")?,
    };
    let (base_url, port) = (handle.base_url(), handle.addr.port());
    let models = vec![offer.name.to_owned()];
    Ok((Engine { name: name.to_owned(), kind, base_url, models, simulated: Some(handle) }, port))
}
