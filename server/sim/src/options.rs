//! What to simulate, and how fast.

use std::net::{Ipv4Addr, SocketAddr};

use clap::{Args, ValueEnum};

/// The engines whose API is spoken.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
#[value(rename_all = "lower")]
pub enum Engine {
    Vllm,
    Sglang,
    Ollama,
    /// Text Generation Inference.
    Tgi,
    Nim,
    Llamacpp,
    /// Text Embeddings Inference.
    Tei,
    /// Any server that speaks OpenAI's API.
    Openai,
    /// Any server that speaks Anthropic's Messages API.
    Anthropic,
}

#[derive(Debug, Clone, Args)]
pub struct SimOptions {
    /// Address to listen on; port 0 takes a free one
    #[arg(long, default_value = "127.0.0.1:8000")]
    pub listen: SocketAddr,
    /// Engine whose API is spoken
    #[arg(long, value_enum)]
    pub engine: Engine,
    /// Model served, as NAME or NAME=KIND (chat, embedding, rerank, classify); several by repeating it or with commas.
    /// Without a kind the name tells (`…embed…`, `…rerank…`), else it is the engine's usual one
    #[arg(
        long = "model",
        visible_alias = "models",
        value_name = "NAME[=KIND]",
        value_delimiter = ',',
        default_value = "sim-8b"
    )]
    pub models: Vec<String>,
    /// Milliseconds from a call's start to its first token
    #[arg(long, value_name = "MS", default_value_t = 60)]
    pub ttft_ms: u64,
    /// Pace of each answer; 0 is as fast as possible
    #[arg(long, value_name = "RATE", default_value_t = 60.0)]
    pub tokens_per_s: f64,
    /// Calls answered at once
    #[arg(long, value_name = "N", default_value_t = 64)]
    pub slots: usize,
    /// Calls that may wait for a slot; those beyond are refused (llama.cpp lets any number wait)
    #[arg(long, value_name = "N", default_value_t = 256)]
    pub queue: usize,
    /// Tokens of prompt and answer together
    #[arg(long, value_name = "TOKENS", default_value_t = 8192)]
    pub context: u64,
    /// Report prompt tokens found in a simulated prefix cache
    #[arg(long)]
    pub prefix_cache: bool,
    /// Bearer token (Anthropic: `x-api-key`) that calls must carry
    #[arg(long, value_name = "TOKEN")]
    pub api_key: Option<String>,
    /// Take images; without it a call with one is refused
    #[arg(long)]
    pub vision: bool,
    /// Think before answering, where the caller does not forbid it
    #[arg(long)]
    pub reasoning: bool,
    /// LoRA loaded from the start; may be given several times. llama.cpp knows no others
    #[arg(long = "lora", value_name = "NAME")]
    pub loras: Vec<String>,
    /// Numbers of an embedding
    #[arg(long, value_name = "N", default_value_t = 384)]
    pub dimensions: usize,
}

impl SimOptions {
    /// A simulator for tests and benchmarks: no pacing, any free port.
    pub fn unpaced<M: Into<String>>(engine: Engine, models: impl IntoIterator<Item = M>) -> Self {
        Self {
            listen: SocketAddr::from((Ipv4Addr::LOCALHOST, 0)),
            engine,
            models: models.into_iter().map(Into::into).collect(),
            ttft_ms: 0,
            tokens_per_s: 0.0,
            slots: 1024,
            queue: 4096,
            context: 8192,
            prefix_cache: false,
            api_key: None,
            vision: false,
            reasoning: false,
            loras: vec![],
            dimensions: 384,
        }
    }
}
