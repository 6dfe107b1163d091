//! What the simulator knows: its options, counters, faults, slots and loaded LoRAs.

use std::{
    collections::{BTreeMap, HashSet},
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering::Relaxed},
    },
    time::{Duration, SystemTime, UNIX_EPOCH},
};

use parking_lot::Mutex;

use crate::{
    SimOptions,
    fault::Faults,
    gate::Gate,
    options::Engine,
    prompt::Prompt,
    stats::{Counted, Stats},
};

/// Prompt prefixes remembered; past it, all are forgotten.
const PREFIXES: usize = 4096;
/// Tokens of a block of the prefix cache: only whole blocks are found again.
const BLOCK: u64 = 16;

#[derive(Debug)]
pub struct Sim {
    pub options: SimOptions,
    pub stats: Arc<Stats>,
    pub faults: Faults,
    pub gate: Gate,
    /// Paths of the loaded LoRAs by name.
    pub loras: Mutex<BTreeMap<String, String>>,
    /// Since 1970, when it started.
    pub born: Duration,
    prefixes: Mutex<HashSet<u64>>,
    serial: AtomicU64,
}

impl Sim {
    pub fn new(options: SimOptions) -> Self {
        Self {
            gate: Gate::new(options.slots, options.queue),
            options,
            stats: Arc::default(),
            faults: Faults::default(),
            loras: Mutex::default(),
            born: since_epoch(),
            prefixes: Mutex::default(),
            serial: AtomicU64::new(0),
        }
    }

    pub fn count_call(&self) -> Counted {
        Counted::begin(&self.stats)
    }

    /// Thirty-two hexadecimal digits that no other call has.
    pub fn unique(&self) -> String {
        format!("{:016x}{:016x}", self.born.as_nanos() as u64, self.serial.fetch_add(1, Relaxed))
    }

    pub fn serves(&self, model: &str) -> bool {
        let names = || self.options.models.iter();
        match self.options.engine {
            Engine::Ollama => names().any(|name| tagged(name) == tagged(model)),
            _ => names().any(|name| name == model) || self.loras.lock().contains_key(model),
        }
    }

    /// The model that LoRAs stand on.
    pub fn base_model(&self) -> &str {
        self.options.models.first().map_or("", String::as_str)
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
