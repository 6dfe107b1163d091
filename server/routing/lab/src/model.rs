//! The fleet that is simulated: every constant of it.

use crate::Micros;

pub const SECOND: Micros = 1_000_000;

/// Deployments of the one model.
pub const DEPLOYMENTS: usize = 8;
/// Prompt tokens that an engine reads in a second, of those that its cache has not. One prompt at a time.
pub const PREFILL_TOKENS_PER_SECOND: u64 = 8_000;
/// Tokens of a block of the KV cache. A whole block at a prompt's beginning that is cached costs nothing.
pub const BLOCK_TOKENS: u32 = 16;
/// Answers that an engine writes at once.
pub const DECODE_SLOTS: u32 = 32;
/// Tokens a second of one answer that is alone on its engine.
pub const DECODE_TOKENS_PER_SECOND: u64 = 40;
/// The same when every slot is taken; in between it falls in a line.
pub const DECODE_TOKENS_PER_SECOND_FULL: u64 = 20;
/// Tokens whose keys and values an engine holds, of running requests and of its prefix cache (least recently used
/// blocks give way; those of running requests stay).
pub const KV_TOKENS: u32 = 400_000;
/// LoRAs in an engine's memory; the least recently used one gives way.
pub const LORA_SLOTS: usize = 8;
/// Until a LoRA is loaded. Loads go side by side and hold up only those that want that LoRA.
pub const LORA_LOAD: Micros = 1_500_000;
/// How many times longer the slow deployment of the trace `slow` takes for everything it does.
pub const SLOW_FACTOR: u64 = 3;
/// Requests that arrive earlier fill the caches, and are not counted.
pub const WARM_UP: Micros = 60 * SECOND;
/// Requests that arrive later are not there.
pub const LENGTH: Micros = 300 * SECOND;

/// The constants in words, for whoever reads the figures.
pub fn describe() -> String {
    format!(
        "{DEPLOYMENTS} deployments; prefill {PREFILL_TOKENS_PER_SECOND} tokens/s of what is not cached, one prompt at a time; \
         a cached prefix block of {BLOCK_TOKENS} tokens is free;\n{DECODE_SLOTS} decode slots each at \
         {DECODE_TOKENS_PER_SECOND} tokens/s, falling in a line to {DECODE_TOKENS_PER_SECOND_FULL} when all are taken; \
         KV for {KV_TOKENS} tokens, LRU, running requests pinned;\n{LORA_SLOTS} LoRA slots each, LRU, a load takes {:.1} s; \
         the slow deployment takes {SLOW_FACTOR} times as long. {} s of traffic, the first {} s not counted.",
        seconds(LORA_LOAD),
        LENGTH / SECOND,
        WARM_UP / SECOND,
    )
}

pub fn seconds(micros: Micros) -> f64 {
    micros as f64 / SECOND as f64
}
