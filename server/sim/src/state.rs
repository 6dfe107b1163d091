//! What the simulator knows: its options, counters, faults, slots and loaded LoRAs.

use std::{
    collections::HashSet,
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering::Relaxed},
    },
    time::{Duration, SystemTime, UNIX_EPOCH},
};

use parking_lot::Mutex;

use crate::{
    SimError, SimOptions,
    compose::{Prompt, Vocabulary},
    fault::Faults,
    gate::Gate,
    models::{Loras, ModelKind, Served},
    options::Engine,
    stats::{Counted, Stats},
};

/// Prompt prefixes remembered; past it, all are forgotten.
const PREFIXES: usize = 4096;
/// Choices that any call may ask for.
const MOST_CHOICES: u32 = 128;
/// Tokens of a block of the prefix cache: only whole blocks are found again.
const BLOCK: u64 = 16;

#[derive(Debug)]
pub struct Sim {
    pub options: SimOptions,
    pub served: Vec<Served>,
    pub stats: Arc<Stats>,
    pub faults: Faults,
    pub gate: Gate,
    pub loras: Loras,
    pub vocabulary: Vocabulary,
    /// Since 1970, when it started.
    pub born: Duration,
    prefixes: Mutex<HashSet<u64>>,
    serial: AtomicU64,
}

/// Which model answers a call.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Found {
    Model {
        served: Served,
        lora: Option<String>,
    },
    /// No model of that name.
    Unknown,
    /// SGLang's: the model is there, its LoRA is not.
    UnknownLora(String),
}

impl Sim {
    pub fn new(options: SimOptions) -> Result<Self, SimError> {
        let engine = options.engine;
        let served: Vec<_> =
            options.models.iter().map(|text| Served::read(text, engine)).collect::<Result<_, _>>()?;
        if served.is_empty() {
            return Err(SimError::NoModel);
        }
        // llama.cpp refuses nobody: calls wait for a slot as long as it takes.
        let queue = if engine == Engine::Llamacpp { usize::MAX } else { options.queue };
        Ok(Self {
            gate: Gate::new(options.slots, queue),
            loras: Loras::with(&options.loras),
            options,
            served,
            stats: Arc::default(),
            faults: Faults::default(),
            vocabulary: Vocabulary::default(),
            born: since_epoch(),
            prefixes: Mutex::default(),
            serial: AtomicU64::new(0),
        })
    }

    pub fn count_call(&self) -> Counted {
        Counted::begin(&self.stats)
    }

    /// What the models served are called.
    pub fn names(&self) -> Vec<&str> {
        self.served.iter().map(|served| served.name.as_str()).collect()
    }

    /// Choices that one call may ask for: llama.cpp answers each in a slot.
    pub fn most_choices(&self) -> u32 {
        let slots = u32::try_from(self.options.slots).unwrap_or(u32::MAX);
        if self.options.engine == Engine::Llamacpp { slots.min(MOST_CHOICES) } else { MOST_CHOICES }
    }

    /// Thirty-two hexadecimal digits that no other call has.
    pub fn unique(&self) -> String {
        format!("{:016x}{:016x}", self.born.as_nanos() as u64, self.serial.fetch_add(1, Relaxed))
    }

    /// The model that an engine takes for a call of this kind. Engines that serve one model only ignore the name.
    pub fn find(&self, model: &str, kind: ModelKind) -> Found {
        let lora = self.loras.has(model).then(|| model.to_owned());
        match self.options.engine {
            Engine::Ollama => self.named(|served| tagged(&served.name) == tagged(model), None),
            Engine::Vllm | Engine::Nim if lora.is_some() => self.named(|_| true, lora),
            Engine::Vllm | Engine::Nim | Engine::Openai | Engine::Anthropic => {
                self.named(|served| served.name == model, None)
            }
            Engine::Sglang => match model.rsplit_once(':') {
                Some((_, lora)) if self.exact(model).is_none() && !self.loras.has(lora) => {
                    Found::UnknownLora(lora.to_owned())
                }
                Some((_, lora)) if self.exact(model).is_none() => self.only(model, kind, Some(lora.into())),
                _ => self.only(model, kind, None),
            },
            Engine::Llamacpp => {
                let mut loras = self.loras.list().into_iter().filter(|lora| lora.scale > 0.0);
                self.only(model, kind, loras.next().map(|lora| lora.name))
            }
            Engine::Tgi => self.only(model, kind, lora),
            Engine::Tei => self.only(model, kind, None),
        }
    }

    fn named(&self, wanted: impl Fn(&Served) -> bool, lora: Option<String>) -> Found {
        let served = self.served.iter().find(|served| wanted(served)).cloned();
        served.map_or(Found::Unknown, |served| Found::Model { served, lora })
    }

    fn only(&self, model: &str, kind: ModelKind, lora: Option<String>) -> Found {
        let first = || self.served.iter().find(|served| served.kind == kind).or(self.served.first());
        let served = self.exact(model).or_else(first).cloned();
        served.map_or(Found::Unknown, |served| Found::Model { served, lora })
    }

    fn exact(&self, model: &str) -> Option<&Served> {
        self.served.iter().find(|served| served.name == model)
    }

    /// The model that LoRAs stand on.
    pub fn base_model(&self) -> &str {
        self.served.first().map_or("", |served| served.name.as_str())
    }

    /// Calls in an engine's hands: answered now, and waiting.
    pub fn load(&self) -> (f64, f64) {
        (self.gate.running() as f64, self.gate.waiting() as f64)
    }

    /// Share of the key-value cache in use: each answer under way is taken to fill a quarter of its context.
    pub fn cache_use(&self) -> f64 {
        self.gate.running() as f64 / self.options.slots as f64 * 0.25
    }

    /// Prompt tokens found in the simulated prefix cache; remembers this prompt's prefixes.
    pub fn cached_tokens(&self, prompt: &Prompt) -> u64 {
        if !self.options.prefix_cache {
            return 0;
        }
        let mut known = self.prefixes.lock();
        let mut found = 0;
        for (hash, tokens) in prompt.prefixes() {
            if known.len() >= PREFIXES {
                known.clear();
            }
            if !known.insert(hash) {
                found = tokens;
            }
        }
        found / BLOCK * BLOCK
    }
}

/// Ollama's full name of a model: without a tag it means `latest`.
pub fn tagged(name: &str) -> String {
    if name.contains(':') { name.to_owned() } else { format!("{name}:latest") }
}

pub fn since_epoch() -> Duration {
    SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default()
}
