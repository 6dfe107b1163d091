//! What an engine that speaks OpenAI's dialect makes of it.

use crate::TaskKind;

/// Where a stream is asked to tell its usage.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum StreamUsage {
    AtEnd,
    /// On every chunk too, so that a stream cut short is counted exactly (vLLM).
    Continuous,
}

/// What embedding requests may ask for. What is missing is made up for here or refused.
#[derive(Debug, Clone, Copy)]
pub struct Embeddings {
    /// It writes vectors in base64; else they are encoded on the way back.
    pub base64: bool,
    /// It shortens vectors, where the model can be shortened.
    pub dimensions: bool,
    /// It takes token ids.
    pub tokens: bool,
}

/// The routes of an engine. None: it has no such route.
#[derive(Debug, Clone, Copy)]
pub struct Abilities {
    pub stream_usage: StreamUsage,
    pub completions: bool,
    pub embeddings: Option<Embeddings>,
    pub rerank: Option<&'static str>,
    pub tokenize: Option<&'static str>,
    pub detokenize: Option<&'static str>,
    pub classify: Option<&'static str>,
}

impl Abilities {
    /// Chat and completions alone.
    pub const CHAT: Self = Self {
        stream_usage: StreamUsage::AtEnd,
        completions: true,
        embeddings: None,
        rerank: None,
        tokenize: None,
        detokenize: None,
        classify: None,
    };

    pub const fn supports(&self, task: TaskKind) -> bool {
        match task {
            TaskKind::Chat => true,
            TaskKind::Completion => self.completions,
            TaskKind::Embedding => self.embeddings.is_some(),
            TaskKind::Rerank => self.rerank.is_some(),
            TaskKind::Tokenize => self.tokenize.is_some(),
            TaskKind::Detokenize => self.detokenize.is_some(),
            TaskKind::Classify => self.classify.is_some(),
        }
    }
}
