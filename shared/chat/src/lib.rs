//! The OpenAI dialect: what callers send to the surfaces of `/v1` and what they get back, a file for each surface.
//!
//! Source: OpenAI's OpenAPI document 2.3.0; the model list is OpenRouter's schema, a superset of OpenAI's; reranking
//! and tokenisation, which OpenAI lacks, are in vLLM's form. The Responses and Messages dialects are in `dialects`.
//!
//! Invariants
//! - Only fields that the platform acts on are typed. Every other field stays in `rest` and is written back unchanged,
//!   so a field invented tomorrow passes through today. Order of keys is not kept.
//! - Reading then writing loses nothing but a `null` in an optional typed field of the request's top level (the dialect
//!   takes it as absent).
//! - A type error is raised at the field it concerns, so that a reader which tracks the path can name it.
//! - Plain serde types: no I/O, builds for wasm.

mod batch;
mod chunk;
mod classify;
mod completion;
mod content;
mod embedding;
mod error;
mod file;
mod list;
mod message;
mod models;
mod moderation;
mod preferences;
mod request;
mod rerank;
mod response;
mod stop;
mod tokenize;
mod tokens;
mod usage;

pub use batch::{
    Batch, BatchCounts, BatchError, BatchErrors, BatchInputDetails, BatchLine, BatchLineError,
    BatchOutputDetails, BatchResponse, BatchResultLine, BatchStatus, BatchUsage, CreateBatch,
};
pub use chunk::{ChatChunk, ChunkChoice, Delta, FunctionCallDelta, ToolCallDelta};
pub use classify::{Classification, ClassifyRequest, ClassifyResponse};
pub use completion::{CompletionChoice, CompletionChunk, CompletionRequest, CompletionResponse};
pub use content::Content;
pub use embedding::{Embedding, EmbeddingRequest, EmbeddingResponse, EmbeddingUsage, EncodingFormat, Vector};
pub use error::{ErrorBody, ErrorObject};
pub use file::{ExpiresAfter, FileDeleted, FileObject};
pub use list::ListObject;
pub use message::{FunctionCall, Message, ToolCall};
pub use models::{Architecture, Model, ModelLinks, ModelList, Pricing, TopProvider};
pub use moderation::{
    MODERATION_CATEGORIES, ModerationInput, ModerationPart, ModerationRequest, ModerationResponse,
    ModerationResult,
};
pub use preferences::{BadPreference, DataCollection, MaxPrice, Preferences, Price, ProviderPreferences};
pub use request::{ChatRequest, StreamOptions, Tool, ToolFunction};
pub use rerank::{RerankDocument, RerankRequest, RerankResponse, RerankResult};
pub use response::{ChatResponse, Choice, ResponseMessage};
pub use stop::Stop;
pub use tokenize::{DetokenizeRequest, DetokenizeResponse, TokenizeRequest, TokenizeResponse};
pub use tokens::TextOrTokens;
pub use usage::{CompletionTokensDetails, PromptTokensDetails, Usage};

/// Fields that are not typed here, kept as they came.
pub type Rest = serde_json::Map<String, serde_json::Value>;

/// The payload that ends a stream of chunks.
pub const DONE: &str = "[DONE]";

pub mod finish_reason {
    //! Values of `finish_reason` that the platform itself writes.
    pub const STOP: &str = "stop";
    pub const LENGTH: &str = "length";
    pub const TOOL_CALLS: &str = "tool_calls";
    /// A stream that broke after its first token (OpenRouter's convention).
    pub const ERROR: &str = "error";
}
