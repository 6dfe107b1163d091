//! What is asked of an engine, whichever surface the caller used.

use std::sync::Arc;

use shared_chat::{
    ChatRequest, ClassifyRequest, CompletionRequest, DetokenizeRequest, EmbeddingRequest, EncodingFormat,
    RerankRequest, TokenizeRequest,
};

/// A request in OpenAI's dialect, or for what that lacks in vLLM's.
#[derive(Debug, Clone, Copy)]
pub enum Task<'a> {
    Chat(&'a ChatRequest),
    Completion(&'a CompletionRequest),
    Embedding(&'a EmbeddingRequest),
    Rerank(&'a RerankRequest),
    Tokenize(&'a TokenizeRequest),
    Detokenize(&'a DetokenizeRequest),
    Classify(&'a ClassifyRequest),
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum TaskKind {
    Chat,
    Completion,
    Embedding,
    Rerank,
    Tokenize,
    Detokenize,
    Classify,
}

impl TaskKind {
    pub const ALL: [Self; 7] = [
        Self::Chat,
        Self::Completion,
        Self::Embedding,
        Self::Rerank,
        Self::Tokenize,
        Self::Detokenize,
        Self::Classify,
    ];

    /// What a model is for, by whether it generates text.
    pub(crate) fn generates(text: bool) -> Vec<Self> {
        if text { vec![Self::Chat, Self::Completion] } else { vec![Self::Embedding] }
    }

    /// What a caller calls it, for example in "has no embeddings".
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Chat => "chat completions",
            Self::Completion => "completions",
            Self::Embedding => "embeddings",
            Self::Rerank => "reranking",
            Self::Tokenize => "tokenisation",
            Self::Detokenize => "detokenisation",
            Self::Classify => "classification",
        }
    }
}

impl Task<'_> {
    pub const fn kind(&self) -> TaskKind {
        match self {
            Self::Chat(_) => TaskKind::Chat,
            Self::Completion(_) => TaskKind::Completion,
            Self::Embedding(_) => TaskKind::Embedding,
            Self::Rerank(_) => TaskKind::Rerank,
            Self::Tokenize(_) => TaskKind::Tokenize,
            Self::Detokenize(_) => TaskKind::Detokenize,
            Self::Classify(_) => TaskKind::Classify,
        }
    }

    /// Only chat and completions stream.
    pub fn wants_stream(&self) -> bool {
        match self {
            Self::Chat(request) => request.wants_stream(),
            Self::Completion(request) => request.wants_stream(),
            _ => false,
        }
    }

    /// Inputs that each have an answer of their own.
    pub fn inputs(&self) -> usize {
        match self {
            Self::Chat(_) | Self::Tokenize(_) | Self::Detokenize(_) => 1,
            Self::Completion(request) => request.prompt.count(),
            Self::Embedding(request) => request.input.count(),
            Self::Rerank(request) => request.documents.len(),
            Self::Classify(request) => request.input.count(),
        }
    }
}

/// What of a request its answer is measured by: an engine may answer in another form, or in more words.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Asked {
    /// Of embeddings.
    pub encoding: EncodingFormat,
    /// Length of embeddings.
    pub dimensions: Option<u32>,
    /// Results of a reranking.
    pub top_n: Option<u32>,
    /// Documents of a reranking that its results repeat; None when they do not.
    pub documents: Option<Arc<[String]>>,
}

impl Asked {
    pub fn of(task: &Task<'_>) -> Self {
        match task {
            Task::Embedding(request) => {
                Self { encoding: request.encoding(), dimensions: request.dimensions, ..Self::default() }
            }
            Task::Rerank(request) => {
                let texts = || request.documents.iter().map(|document| document.text().to_owned()).collect();
                let documents = (request.return_documents == Some(true)).then(texts);
                Self { top_n: request.top_n, documents, ..Self::default() }
            }
            _ => Self::default(),
        }
    }
}
