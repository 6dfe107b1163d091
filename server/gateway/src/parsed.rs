//! Stage 2: what is asked, typed by its surface, and how its answer goes back.

use std::sync::Arc;

use bytes::Bytes;
use dialects::messages::MessagesRequest;
use engines::TaskKind;
use shared::ErrorCode;
use shared_chat::{
    ChatRequest, CompletionRequest, DetokenizeRequest, EmbeddingRequest, RerankRequest, TokenizeRequest,
};

use crate::{
    error::CallError,
    estimate::{self, Count},
    intake, refusals,
    request::ModelRequest,
    road::Road,
    surface::Endpoint,
    wishes::Wishes,
};

/// A request that is well formed, asks for nothing that is not built, and is within bounds.
#[derive(Debug)]
pub(crate) struct Parsed {
    endpoint: Endpoint,
    request: ModelRequest,
    wishes: Wishes,
    road: Road,
    /// As it came, where it came in Anthropic's dialect.
    messages: Option<Arc<MessagesRequest>>,
    longest_bytes: usize,
    /// As it came, where its caller takes an answer later.
    body: Option<Bytes>,
}

impl Parsed {
    /// A body of a surface whose requests go to engines as they come.
    pub(crate) fn read(endpoint: Endpoint, body: &[u8]) -> Result<Self, CallError> {
        let request = match endpoint {
            Endpoint::Completions => {
                let request: CompletionRequest = intake::json(body, "`model` and `prompt`")?;
                refusals::completion::check(&request)?;
                ModelRequest::Completion(Box::new(request))
            }
            Endpoint::Embeddings => {
                let request: EmbeddingRequest = intake::json(body, "`model` and `input`")?;
                refusals::embedding::check(&request)?;
                ModelRequest::Embedding(request)
            }
            Endpoint::Rerank => {
                let request: RerankRequest = intake::json(body, "`model`, `query` and `documents`")?;
                refusals::rerank::check(&request)?;
                ModelRequest::Rerank(request)
            }
            Endpoint::Tokenize => {
                let request: TokenizeRequest = intake::json(body, "`model` and `prompt`")?;
                refusals::tokenize::check(&request)?;
                ModelRequest::Tokenize(request)
            }
            Endpoint::Detokenize => {
                let request: DetokenizeRequest = intake::json(body, "`model` and `tokens`")?;
                refusals::tokenize::check_back(&request)?;
                ModelRequest::Detokenize(request)
            }
            _ => {
                let request: ChatRequest = intake::json(body, "`model` and `messages`")?;
                refusals::chat::check(&request)?;
                ModelRequest::Chat(Box::new(request))
            }
        };
        Self::of(endpoint, request, Road::Plain)
    }

    /// A request that was converted from another dialect, with the way back.
    pub(crate) fn of(endpoint: Endpoint, mut request: ModelRequest, road: Road) -> Result<Self, CallError> {
        if request.model().is_empty() {
            return Err(CallError::field(
                ErrorCode::InvalidValue,
                "model",
                "`model` is empty. GET /v1/models lists those you may use.",
            ));
        }
        let wishes = Wishes::take(request.rest_mut())?;
        let longest_bytes = request.longest_bytes();
        Ok(Self { endpoint, request, wishes, road, messages: None, longest_bytes, body: None })
    }

    /// For engines that speak Anthropic's dialect too: what was asked, in it.
    pub(crate) fn with_messages(self, asked: Arc<MessagesRequest>) -> Self {
        Self { messages: Some(asked), ..self }
    }

    /// The same request, with an answer that goes back as it comes.
    pub(crate) fn copy(&self) -> Self {
        Self {
            endpoint: self.endpoint,
            request: self.request.clone(),
            wishes: self.wishes.clone(),
            road: Road::Plain,
            messages: self.messages.clone(),
            longest_bytes: self.longest_bytes,
            body: None,
        }
    }

    /// Keeps what came, for an answer later.
    pub(crate) fn with_body(self, body: Bytes) -> Self {
        Self { body: Some(body), ..self }
    }

    pub(crate) fn body(&self) -> Option<&[u8]> {
        self.body.as_deref()
    }

    pub(crate) fn messages(&self) -> Option<&MessagesRequest> {
        self.messages.as_deref()
    }

    pub(crate) const fn endpoint(&self) -> Endpoint {
        self.endpoint
    }

    pub(crate) const fn request(&self) -> &ModelRequest {
        &self.request
    }

    pub(crate) const fn wishes(&self) -> &Wishes {
        &self.wishes
    }

    /// Bytes of text in the longest prompt.
    pub(crate) const fn longest_bytes(&self) -> usize {
        self.longest_bytes
    }

    /// Tokens of the longest prompt, about: four bytes each. For weighing, never for refusing.
    pub(crate) fn about_tokens(&self) -> u32 {
        u32::try_from(self.longest_bytes / 4).unwrap_or(u32::MAX)
    }

    /// How the answer goes back; taken once.
    pub(crate) fn take_road(&mut self) -> Road {
        std::mem::replace(&mut self.road, Road::Plain)
    }

    pub(crate) fn kind(&self) -> TaskKind {
        self.request.kind()
    }

    /// The model's name as the caller wrote it.
    pub(crate) fn model(&self) -> &str {
        self.request.model()
    }

    /// Tokens that a deployment must have room for: the longest prompt's, and the answer's where the caller bounded
    /// it. The text is looked at only where it might not fit: a token is at least a byte, so most prompts fit by
    /// their length.
    pub(crate) fn tokens_against(&self, limit: u32, count: &Count<'_>) -> u64 {
        let generates = u64::from(self.request.generates());
        let answer = self.request.output_limit().map_or(generates, |(_, most)| most);
        if (self.longest_bytes as u64).saturating_add(answer) <= u64::from(limit) {
            return answer;
        }
        self.request.longest_tokens(count).saturating_add(answer)
    }

    /// Tokens that all prompts surely have, by estimate; none where nothing is billed by them.
    pub(crate) fn prompt_tokens(&self) -> u64 {
        if self.endpoint.is_counted() { self.request.prompt_tokens(&estimate::text_tokens) } else { 0 }
    }
}
