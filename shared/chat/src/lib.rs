//! The OpenAI chat dialect: what callers send to `/v1/chat/completions` and `/v1/models`, and what they get back.
//!
//! Source: OpenAI's OpenAPI document 2.3.0; the model list is OpenRouter's schema, a superset of OpenAI's.
//!
//! Invariants
//! - Only fields that the platform acts on are typed. Every other field stays in `rest` and is written back unchanged,
//!   so a field invented tomorrow passes through today. Order of keys is not kept.
//! - Reading then writing loses nothing but a `null` in an optional typed field of the request's top level (the dialect
//!   takes it as absent).
//! - A type error is raised at the field it concerns, so that a reader which tracks the path can name it.
//! - Plain serde types: no I/O, builds for wasm.

mod chunk;
mod content;
mod error;
mod message;
mod models;
mod request;
mod response;
mod stop;
mod usage;

pub use chunk::{ChatChunk, ChunkChoice, Delta, FunctionCallDelta, ToolCallDelta};
pub use content::Content;
pub use error::{ErrorBody, ErrorObject};
pub use message::{FunctionCall, Message, ToolCall};
pub use models::{Architecture, Model, ModelLinks, ModelList, Pricing, TopProvider};
pub use request::{ChatRequest, StreamOptions, Tool, ToolFunction};
pub use response::{ChatResponse, Choice, ResponseMessage};
pub use stop::Stop;
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
