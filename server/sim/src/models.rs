//! The models served, what each is for, and the LoRAs on them.

use parking_lot::Mutex;

use crate::{SimError, options::Engine};

/// What a model does. A chat model completes prompts too.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ModelKind {
    Chat,
    Embedding,
    Rerank,
    Classify,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Served {
    pub name: String,
    pub kind: ModelKind,
}

impl Served {
    /// Reads `NAME` or `NAME=KIND`.
    pub fn read(text: &str, engine: Engine) -> Result<Self, SimError> {
        let (name, kind) = match text.rsplit_once('=') {
            None => (text, guessed(text, engine)),
            Some((name, "chat")) => (name, ModelKind::Chat),
            Some((name, "embedding")) => (name, ModelKind::Embedding),
            Some((name, "rerank")) => (name, ModelKind::Rerank),
            Some((name, "classify")) => (name, ModelKind::Classify),
            Some(_) => return Err(SimError::Kind(text.to_owned())),
        };
        if name.is_empty() { Err(SimError::NoModel) } else { Ok(Self { name: name.to_owned(), kind }) }
    }
}

fn guessed(name: &str, engine: Engine) -> ModelKind {
    let name = name.to_lowercase();
    let has = |words: &[&str]| words.iter().any(|word| name.contains(word));
    if has(&["rerank"]) {
        ModelKind::Rerank
    } else if has(&["toxic", "classifier", "moderation"]) {
        ModelKind::Classify
    } else if engine == Engine::Tei || has(&["embed", "bge-", "gte-", "e5-", "minilm"]) {
        ModelKind::Embedding
    } else {
        ModelKind::Chat
    }
}

#[derive(Debug, Clone, PartialEq)]
pub struct Lora {
    pub name: String,
    pub path: String,
    /// llama.cpp's weight of it; 0 leaves it out.
    pub scale: f64,
}

/// Loaded LoRAs, in the order in which they came.
#[derive(Debug, Default)]
pub struct Loras(Mutex<Vec<Lora>>);

impl Loras {
    pub fn with(names: &[String]) -> Self {
        let lora = |name: &String| Lora { name: name.clone(), path: format!("/loras/{name}"), scale: 1.0 };
        Self(Mutex::new(names.iter().map(lora).collect()))
    }

    pub fn list(&self) -> Vec<Lora> {
        self.0.lock().clone()
    }

    pub fn has(&self, name: &str) -> bool {
        self.0.lock().iter().any(|lora| lora.name == name)
    }

    /// Adds one, or replaces the one of that name.
    pub fn put(&self, name: String, path: String) {
        let mut loras = self.0.lock();
        loras.retain(|lora| lora.name != name);
        loras.push(Lora { name, path, scale: 1.0 });
    }

    /// False if there was none of that name.
    pub fn remove(&self, name: &str) -> bool {
        let mut loras = self.0.lock();
        let before = loras.len();
        loras.retain(|lora| lora.name != name);
        loras.len() < before
    }

    /// Sets scales by position; those not named get 0, as llama.cpp does. False if a position has no LoRA.
    pub fn scale(&self, scales: &[(usize, f64)]) -> bool {
        let mut loras = self.0.lock();
        if scales.iter().any(|(at, _)| *at >= loras.len()) {
            return false;
        }
        for (at, lora) in loras.iter_mut().enumerate() {
            lora.scale = scales.iter().rev().find(|(id, _)| *id == at).map_or(0.0, |(_, scale)| *scale);
        }
        true
    }
}
