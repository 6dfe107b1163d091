//! Counting a prompt's tokens: by the model's own tokenizer where it is at hand, else by estimate.
//!
//! Tokenizers are read from files beside the configuration, in the background, whenever it changes: no call waits for
//! one. Until a model's own is there, its prompts are estimated. A file that can't be read is told in the log once.

use std::{
    collections::{HashMap, HashSet},
    sync::Arc,
};

use arc_swap::ArcSwap;
use parking_lot::Mutex;
use snapshot::{Model, Snapshot, TokenizerRef};
use tokenizers::Tokenizer;

use crate::estimate::{self, Count};

/// By the SHA-256 of their files.
type Loaded = HashMap<String, Arc<Tokenizer>>;

/// Tokenizers of the models that have one. Bounded by the configuration.
#[derive(Default)]
pub(crate) struct Tokenizers {
    loaded: ArcSwap<Loaded>,
    /// Files that could not be read, so that they are told once.
    failed: Mutex<HashSet<String>>,
}

impl std::fmt::Debug for Tokenizers {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Tokenizers").field("loaded", &self.loaded.load().len()).finish_non_exhaustive()
    }
}

impl Tokenizers {
    /// Whether a model's own tokenizer is at hand.
    pub(crate) fn has(&self, model: &Model) -> bool {
        self.of(model).is_some()
    }

    /// Lends what counts a model's tokens.
    pub(crate) fn with<T>(&self, model: &Model, ask: impl FnOnce(&Count<'_>) -> T) -> T {
        let Some(tokenizer) = self.of(model) else { return ask(&estimate::text_tokens) };
        ask(&|text: &str| {
            let encoded = tokenizer.encode_fast(text, false);
            encoded.map_or_else(|_| estimate::text_tokens(text), |encoding| encoding.len())
        })
    }

    fn of(&self, model: &Model) -> Option<Arc<Tokenizer>> {
        self.loaded.load().get(&model.tokenizer.as_ref()?.sha256).cloned()
    }

    /// Reads what a snapshot names and is not at hand, and forgets what it names no more. Blocks: it reads files.
    pub(crate) fn follow(&self, snapshot: &Snapshot) {
        let wanted: HashMap<String, TokenizerRef> = snapshot
            .models()
            .filter_map(|entry| entry.model.tokenizer.clone())
            .map(|one| (one.sha256.clone(), one))
            .collect();
        let known = self.loaded.load_full();
        let mut next: Loaded = known
            .iter()
            .filter(|(name, _)| wanted.contains_key(*name))
            .map(|(name, tokenizer)| (name.clone(), tokenizer.clone()))
            .collect();
        for (name, file) in wanted {
            if !next.contains_key(&name)
                && let Some(tokenizer) = self.read(&file)
            {
                next.insert(name, Arc::new(tokenizer));
            }
        }
        let changed = next.len() != known.len() || next.keys().any(|name| !known.contains_key(name));
        if changed {
            self.loaded.store(Arc::new(next));
        }
    }

    /// A file that is not there yet is looked for again at the next change.
    fn read(&self, file: &TokenizerRef) -> Option<Tokenizer> {
        match Tokenizer::from_file(&file.path) {
            Ok(tokenizer) => {
                self.failed.lock().remove(&file.sha256);
                tracing::info!(sha256 = %file.sha256, "a model's tokenizer is at hand");
                Some(tokenizer)
            }
            Err(error) => {
                if self.failed.lock().insert(file.sha256.clone()) {
                    tracing::warn!(sha256 = %file.sha256, %error, "a model's tokenizer cannot be read; its prompts are estimated");
                }
                None
            }
        }
    }
}
