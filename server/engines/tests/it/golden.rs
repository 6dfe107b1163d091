//! What each engine's streams and answers become: read the snapshots as the specification.

use std::fmt::Write;

use bytes::{Bytes, BytesMut};
use engines::{Payload, Rewrite, StreamEvent, TaskKind, UsageRewrite, engine, json_text};
use snapshot::{EngineKind, TokenCounts};

use crate::support::{decode, labels};

/// As a relay writes it for a caller who did not ask for usage.
fn rewrite() -> Rewrite {
    Rewrite { id: None, model: Some(json_text("acme/model")), usage: UsageRewrite::Strip }
}

fn counts(usage: Option<TokenCounts>) -> Option<(u64, u64, u64, u64)> {
    usage.map(|u| (u.prompt, u.cached, u.completion, u.reasoning))
}

fn payload(payload: &Payload) -> String {
    let mut json = BytesMut::new();
    payload.write(&rewrite(), &mut json);
    let json = String::from_utf8(json.to_vec()).unwrap();
    serde_json::from_str::<serde_json::Value>(&json).unwrap();
    let summary = payload.summary;
    let usage = counts(summary.usage);
    format!(
        "chunk meaningful={} text_bytes={} finish={:?} usage={usage:?}\n{json}\n",
        summary.meaningful, summary.text_bytes, summary.finish,
    )
}

fn told(kind: EngineKind, task: TaskKind, stream: &[u8]) -> String {
    let mut text = String::new();
    for event in decode(kind, task, [stream]) {
        match event {
            StreamEvent::Chunk(chunk) => text.push_str(&payload(&chunk)),
            StreamEvent::Done => text.push_str("done\n"),
            StreamEvent::Error(error) => writeln!(text, "error {:?}: {error}", error.kind).unwrap(),
            StreamEvent::Malformed { bytes } => writeln!(text, "malformed {bytes}").unwrap(),
        }
    }
    text
}

macro_rules! streams {
    ($($name:ident $kind:ident $task:ident $file:literal)*) => {$(
        #[test]
        fn $name() {
            let stream = include_bytes!(concat!("fixtures/", $file));
            insta::assert_snapshot!(told(EngineKind::$kind, TaskKind::$task, stream));
        }
    )*};
}

streams! {
    vllm_text Vllm Chat "vllm/text.sse"
    vllm_tools Vllm Chat "vllm/tools.sse"
    vllm_named_tool Vllm Chat "vllm/named_tool.sse"
    vllm_reasoning Vllm Chat "vllm/reasoning.sse"
    vllm_completion Vllm Completion "vllm/completion.sse"
    vllm_error_first Vllm Chat "vllm/error_first.sse"
    vllm_error_older Vllm Chat "vllm/error_older.sse"
    sglang_reasoning Sglang Chat "sglang/reasoning.sse"
    vllm_real_text Vllm Chat "vllm/real_text.sse"
    vllm_real_tools Vllm Chat "vllm/real_tools.sse"
    vllm_real_completion Vllm Completion "vllm/real_completion.sse"
    sglang_tools Sglang Chat "sglang/tools.sse"
    tgi_chat_tools Tgi Chat "tgi/chat_tools.sse"
    tgi_chat_tools_older Tgi Chat "tgi/chat_tools_older.sse"
    tgi_generate Tgi Completion "tgi/generate.sse"
    tgi_generate_length Tgi Completion "tgi/generate_length.sse"
    tgi_generate_error Tgi Completion "tgi/generate_error.sse"
    llamacpp_tools Llamacpp Chat "llamacpp/tools.sse"
    llamacpp_error Llamacpp Chat "llamacpp/error.sse"
    llamacpp_real_text Llamacpp Chat "llamacpp/real_text.sse"
    llamacpp_real_tools Llamacpp Chat "llamacpp/real_tools.sse"
    llamacpp_real_completion Llamacpp Completion "llamacpp/real_completion.sse"
    openai_crlf Openai Chat "openai/crlf.sse"
    openai_malformed Openai Chat "openai/malformed.sse"
    openai_parallel_tools Openai Chat "openai/parallel_tools.sse"
    openai_transformers Openai Chat "openai/transformers.sse"
    ollama_text Ollama Chat "ollama/text.ndjson"
    ollama_tools Ollama Chat "ollama/tools.ndjson"
    ollama_error Ollama Chat "ollama/error.ndjson"
    ollama_generate Ollama Completion "ollama/generate.ndjson"
    anthropic_text Anthropic Chat "anthropic/text.sse"
    anthropic_thinking Anthropic Chat "anthropic/thinking.sse"
    anthropic_tools Anthropic Chat "anthropic/tools.sse"
    anthropic_error Anthropic Chat "anthropic/error.sse"
}

macro_rules! answers {
    ($($name:ident $kind:ident $task:ident $file:literal)*) => {$(
        #[test]
        fn $name() {
            let body = Bytes::from_static(include_bytes!(concat!("fixtures/", $file)).trim_ascii());
            let answer = engine(EngineKind::$kind).whole(TaskKind::$task, body, &labels()).unwrap();
            insta::assert_snapshot!(payload(&answer));
        }
    )*};
}

answers! {
    vllm_whole Vllm Chat "vllm/whole.json"
    vllm_embedding Vllm Embedding "vllm/embedding.json"
    vllm_rerank Vllm Rerank "vllm/rerank.json"
    vllm_classify Vllm Classify "vllm/classify.json"
    vllm_tokenize Vllm Tokenize "vllm/tokenize.json"
    vllm_real_whole Vllm Chat "vllm/real_whole.json"
    vllm_real_named_tool Vllm Chat "vllm/real_named_tool.json"
    sglang_rerank Sglang Rerank "sglang/rerank.json"
    sglang_detokenize Sglang Detokenize "sglang/detokenize.json"
    ollama_whole Ollama Chat "ollama/whole.json"
    ollama_generate_whole Ollama Completion "ollama/generate_whole.json"
    ollama_embed Ollama Embedding "ollama/embed.json"
    tgi_chat_tools_whole Tgi Chat "tgi/chat_tools_whole.json"
    tgi_generate_whole Tgi Completion "tgi/generate.sse"
    tgi_tokenize Tgi Tokenize "tgi/tokenize.json"
    nim_ranking Nim Rerank "nim/ranking.json"
    llamacpp_tokenize Llamacpp Tokenize "llamacpp/tokenize.json"
    llamacpp_tokenize_plain Llamacpp Tokenize "llamacpp/tokenize_plain.json"
    llamacpp_detokenize Llamacpp Detokenize "llamacpp/detokenize.json"
    llamacpp_rerank Llamacpp Rerank "llamacpp/rerank.json"
    llamacpp_real_tools_whole Llamacpp Chat "llamacpp/real_tools_whole.json"
    llamacpp_real_logprobs Llamacpp Chat "llamacpp/real_logprobs.json"
    llamacpp_real_completion_whole Llamacpp Completion "llamacpp/real_completion.json"
    llamacpp_embedding Llamacpp Embedding "llamacpp/embedding.json"
    tei_embedding Tei Embedding "tei/embedding.json"
    tei_rerank Tei Rerank "tei/rerank.json"
    tei_predict Tei Classify "tei/predict.json"
    tei_predict_single Tei Classify "tei/predict_single.json"
    tei_tokenize Tei Tokenize "tei/tokenize.json"
    tei_decode Tei Detokenize "tei/decode.json"
    openai_transformers_whole Openai Chat "openai/transformers.json"
    openai_embedding Openai Embedding "openai/embedding.json"
    anthropic_whole Anthropic Chat "anthropic/whole.json"
    anthropic_thinking_whole Anthropic Chat "anthropic/thinking.json"
}
