//! The surfaces of `/v1`: one table of what each is called, metered as and answered in.

use snapshot::{ModelKind, Operation};

/// One address that takes calls of models.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) enum Endpoint {
    ChatCompletions,
    Completions,
    Embeddings,
    Rerank,
    Tokenize,
    Detokenize,
    Moderations,
    /// By REST or, a turn at a time, by WebSocket.
    Responses,
    /// Anthropic's.
    Messages,
    /// Anthropic's.
    CountTokens,
    InputTokens,
}

impl Endpoint {
    pub(crate) const ALL: [Self; 11] = [
        Self::ChatCompletions,
        Self::Completions,
        Self::Embeddings,
        Self::Rerank,
        Self::Tokenize,
        Self::Detokenize,
        Self::Moderations,
        Self::Responses,
        Self::Messages,
        Self::CountTokens,
        Self::InputTokens,
    ];

    /// Under `/v1`.
    pub(crate) const fn path(self) -> &'static str {
        match self {
            Self::ChatCompletions => "/chat/completions",
            Self::Completions => "/completions",
            Self::Embeddings => "/embeddings",
            Self::Rerank => "/rerank",
            Self::Tokenize => "/tokenize",
            Self::Detokenize => "/detokenize",
            Self::Moderations => "/moderations",
            Self::Responses => "/responses",
            Self::Messages => "/messages",
            Self::CountTokens => "/messages/count_tokens",
            Self::InputTokens => "/responses/input_tokens",
        }
    }

    /// The endpoint of a path such as `/v1/embeddings`.
    pub(crate) fn of_path(path: &str) -> Option<Self> {
        let rest = path.strip_prefix("/v1")?;
        Self::ALL.into_iter().find(|endpoint| endpoint.path() == rest)
    }

    pub(crate) const fn operation(self) -> Operation {
        match self {
            Self::ChatCompletions => Operation::ChatCompletion,
            Self::Completions => Operation::Completion,
            Self::Embeddings => Operation::Embedding,
            Self::Rerank => Operation::Rerank,
            Self::Tokenize | Self::Detokenize | Self::CountTokens | Self::InputTokens => Operation::Tokenize,
            Self::Moderations => Operation::Moderation,
            Self::Responses => Operation::Response,
            Self::Messages => Operation::Message,
        }
    }

    /// What an answer's id begins with.
    pub(crate) const fn id_prefix(self) -> &'static str {
        match self {
            Self::ChatCompletions => "chatcmpl-",
            Self::Completions => "cmpl-",
            Self::Embeddings => "embd-",
            Self::Rerank => "rerank-",
            Self::Tokenize | Self::Detokenize | Self::CountTokens | Self::InputTokens => "tok-",
            Self::Moderations => "modr-",
            Self::Responses => "resp_",
            Self::Messages => "msg_",
        }
    }

    /// The field that holds what the model reads.
    pub(crate) const fn prompt_field(self) -> &'static str {
        match self {
            Self::ChatCompletions | Self::Messages | Self::CountTokens => "messages",
            Self::Completions | Self::Tokenize => "prompt",
            Self::Embeddings | Self::Moderations | Self::Responses | Self::InputTokens => "input",
            Self::Rerank => "documents",
            Self::Detokenize => "tokens",
        }
    }

    /// Whether errors, and the key's header, are Anthropic's here.
    pub(crate) const fn speaks_anthropic(self) -> bool {
        matches!(self, Self::Messages | Self::CountTokens)
    }

    /// Whether what the model reads and writes is counted and billed.
    pub(crate) const fn is_counted(self) -> bool {
        !matches!(self, Self::Tokenize | Self::Detokenize | Self::CountTokens | Self::InputTokens)
    }

    /// Whether it tells nothing but a number of tokens.
    pub(crate) const fn counts(self) -> bool {
        matches!(self, Self::CountTokens | Self::InputTokens)
    }

    /// A field of the chat that a request was converted to, by the name that it has here.
    pub(crate) fn field(self, chat: &str) -> &str {
        match (self, chat) {
            (Self::Responses, "max_completion_tokens" | "max_tokens") => "max_output_tokens",
            (Self::Responses, "response_format") => "text.format",
            (Self::Responses, "logprobs") => "top_logprobs",
            (Self::Messages, "max_completion_tokens") => "max_tokens",
            (Self::Messages, "response_format") => "output_config.format",
            (Self::Messages, "parallel_tool_calls") => "tool_choice.disable_parallel_tool_use",
            (Self::Responses | Self::InputTokens, field) if field.starts_with("messages") => "input",
            (_, field) => field,
        }
    }

    /// Whether models of a kind answer here.
    pub(crate) const fn takes(self, kind: ModelKind) -> bool {
        match self {
            Self::ChatCompletions | Self::Completions | Self::Responses | Self::Messages => {
                matches!(kind, ModelKind::Chat | ModelKind::Moderation)
            }
            Self::CountTokens | Self::InputTokens => matches!(kind, ModelKind::Chat),
            Self::Embeddings => matches!(kind, ModelKind::Embedding),
            Self::Rerank => matches!(kind, ModelKind::Rerank),
            Self::Moderations => matches!(kind, ModelKind::Moderation),
            Self::Tokenize | Self::Detokenize => true,
        }
    }
}

/// Where models of a kind are called.
pub(crate) const fn place_of(kind: ModelKind) -> &'static str {
    match kind {
        ModelKind::Chat => "POST /v1/chat/completions",
        ModelKind::Embedding => "POST /v1/embeddings",
        ModelKind::Rerank => "POST /v1/rerank",
        ModelKind::Moderation => "POST /v1/moderations",
    }
}
