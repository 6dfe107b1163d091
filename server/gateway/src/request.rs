//! What a model is asked, whichever surface it came by.

use engines::{Task, TaskKind};
use shared_chat::{
    ChatRequest, ClassifyRequest, CompletionRequest, DetokenizeRequest, EmbeddingRequest, Message,
    RerankRequest, Rest, TextOrTokens, TokenizeRequest, Tool,
};

use crate::estimate::{self, Count};

/// Tokens of a completion that sets no limit, as OpenAI has it.
const COMPLETION_TOKENS: u64 = 16;

/// A request in the dialect that engines are given.
#[derive(Debug, Clone)]
pub(crate) enum ModelRequest {
    Chat(Box<ChatRequest>),
    Completion(Box<CompletionRequest>),
    Embedding(EmbeddingRequest),
    Rerank(RerankRequest),
    Tokenize(TokenizeRequest),
    Detokenize(DetokenizeRequest),
    Classify(ClassifyRequest),
}

impl ModelRequest {
    pub(crate) fn task(&self) -> Task<'_> {
        match self {
            Self::Chat(request) => Task::Chat(request),
            Self::Completion(request) => Task::Completion(request),
            Self::Embedding(request) => Task::Embedding(request),
            Self::Rerank(request) => Task::Rerank(request),
            Self::Tokenize(request) => Task::Tokenize(request),
            Self::Detokenize(request) => Task::Detokenize(request),
            Self::Classify(request) => Task::Classify(request),
        }
    }

    pub(crate) fn kind(&self) -> TaskKind {
        self.task().kind()
    }

    pub(crate) fn model(&self) -> &str {
        match self {
            Self::Chat(request) => &request.model,
            Self::Completion(request) => &request.model,
            Self::Embedding(request) => &request.model,
            Self::Rerank(request) => &request.model,
            Self::Tokenize(request) => &request.model,
            Self::Detokenize(request) => &request.model,
            Self::Classify(request) => &request.model,
        }
    }

    /// The fields that are not typed.
    pub(crate) fn rest_mut(&mut self) -> &mut Rest {
        match self {
            Self::Chat(request) => &mut request.rest,
            Self::Completion(request) => &mut request.rest,
            Self::Embedding(request) => &mut request.rest,
            Self::Rerank(request) => &mut request.rest,
            Self::Tokenize(request) => &mut request.rest,
            Self::Detokenize(request) => &mut request.rest,
            Self::Classify(request) => &mut request.rest,
        }
    }

    pub(crate) fn rest(&self) -> Option<&Rest> {
        match self {
            Self::Chat(request) => Some(&request.rest),
            Self::Completion(request) => Some(&request.rest),
            Self::Embedding(request) => Some(&request.rest),
            _ => None,
        }
    }

    /// The caller's own end user.
    pub(crate) fn user(&self) -> Option<&String> {
        match self {
            Self::Chat(request) => request.user.as_ref(),
            Self::Completion(request) => request.user.as_ref(),
            Self::Embedding(request) => request.user.as_ref(),
            _ => None,
        }
    }

    pub(crate) fn wants_stream(&self) -> bool {
        self.task().wants_stream()
    }

    /// Whether the caller asked for a last chunk that carries the usage.
    pub(crate) fn wants_stream_usage(&self) -> bool {
        match self {
            Self::Chat(request) => request.wants_stream_usage(),
            Self::Completion(request) => request.wants_stream_usage(),
            _ => false,
        }
    }

    /// Answers, each of which says its own `finish_reason`.
    pub(crate) fn answers(&self) -> u32 {
        match self {
            Self::Chat(request) => request.n.unwrap_or(1).max(1),
            Self::Completion(request) => {
                let prompts = u32::try_from(request.prompt.count()).unwrap_or(u32::MAX).max(1);
                request.n.unwrap_or(1).max(1).saturating_mul(prompts)
            }
            _ => 1,
        }
    }

    /// Whether the model writes text.
    pub(crate) const fn generates(&self) -> bool {
        matches!(self, Self::Chat(_) | Self::Completion(_))
    }

    /// The most tokens of one answer, where the caller bounded it, and the field that says so.
    pub(crate) fn output_limit(&self) -> Option<(&'static str, u64)> {
        match self {
            Self::Chat(request) => match (request.max_completion_tokens, request.max_tokens) {
                (Some(most), _) => Some(("max_completion_tokens", most)),
                (None, Some(most)) => Some(("max_tokens", most)),
                (None, None) => None,
            },
            Self::Completion(request) => {
                Some(("max_tokens", request.max_tokens.unwrap_or(COMPLETION_TOKENS)))
            }
            _ => None,
        }
    }

    /// Bytes of text in the longest prompt, what an estimate of its tokens goes by; token ids count as they are.
    pub(crate) fn longest_bytes(&self) -> usize {
        match self {
            Self::Chat(request) => request.prompt_bytes(),
            Self::Completion(request) => longest(&request.prompt, &str::len),
            Self::Embedding(request) => longest(&request.input, &str::len),
            Self::Classify(request) => longest(&request.input, &str::len),
            Self::Rerank(request) => longest_pair(request, &str::len),
            Self::Tokenize(_) | Self::Detokenize(_) => 0,
        }
    }

    /// Tokens that the longest prompt has: each must fit the context by itself.
    pub(crate) fn longest_tokens(&self, count: &Count<'_>) -> u64 {
        let tokens = match self {
            Self::Chat(request) => return estimate::chat(request, count),
            Self::Completion(request) => longest(&request.prompt, count),
            Self::Embedding(request) => longest(&request.input, count),
            Self::Classify(request) => longest(&request.input, count),
            Self::Rerank(request) => longest_pair(request, count),
            Self::Tokenize(_) | Self::Detokenize(_) => 0,
        };
        tokens as u64
    }

    /// Tokens that all prompts have, for engines that tell no usage.
    pub(crate) fn prompt_tokens(&self, count: &Count<'_>) -> u64 {
        let tokens = match self {
            Self::Chat(request) => return estimate::chat(request, count),
            Self::Completion(request) => total(&request.prompt, count),
            Self::Embedding(request) => total(&request.input, count),
            Self::Classify(request) => total(&request.input, count),
            Self::Rerank(request) => {
                let documents: usize = request.documents.iter().map(|document| count(document.text())).sum();
                documents + count(&request.query) * request.documents.len()
            }
            Self::Tokenize(_) | Self::Detokenize(_) => 0,
        };
        tokens as u64
    }

    /// The messages of a conversation, and the tools that it may call.
    pub(crate) fn messages(&self) -> (&[Message], Option<&[Tool]>) {
        match self {
            Self::Chat(request) => (&request.messages, request.tools.as_deref()),
            Self::Tokenize(request) => {
                (request.messages.as_deref().unwrap_or_default(), request.tools.as_deref())
            }
            _ => (&[], None),
        }
    }
}

fn longest(input: &TextOrTokens, count: &Count<'_>) -> usize {
    match input {
        TextOrTokens::Tokens(tokens) => tokens.len(),
        TextOrTokens::TokenArrays(arrays) => arrays.iter().map(Vec::len).max().unwrap_or(0),
        texts => texts.texts().unwrap_or_default().iter().map(|text| count(text)).max().unwrap_or(0),
    }
}

fn total(input: &TextOrTokens, count: &Count<'_>) -> usize {
    let texts: usize = input.texts().unwrap_or_default().iter().map(|text| count(text)).sum();
    texts + input.token_count()
}

/// A reranker reads the query with each document.
fn longest_pair(request: &RerankRequest, count: &Count<'_>) -> usize {
    let documents = request.documents.iter().map(|document| count(document.text()));
    documents.max().unwrap_or(0) + count(&request.query)
}
