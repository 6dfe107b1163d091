//! What callers send.

use std::sync::Arc;

/// Virtual time since the trace's beginning.
pub type Micros = u64;

/// A block of 16 tokens and all that stands before it: two requests have a block in common where they are alike up to
/// its end (and run on the same LoRA). Counted from 1.
pub type BlockId = u32;

/// Bytes that a block's tokens have.
pub const BLOCK_BYTES: usize = 64;

/// When a request comes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Arrival {
    At(Micros),
    /// Its caller reads the answer to an earlier one first, and thinks so long.
    After {
        request: usize,
        think: Micros,
    },
}

#[derive(Debug, Clone)]
pub struct Request {
    pub arrival: Arrival,
    /// The whole blocks of the prompt and of the answer after it.
    pub blocks: Arc<[BlockId]>,
    pub prompt_tokens: u32,
    /// At least 1.
    pub output_tokens: u32,
    pub session: Option<u64>,
    pub lora: Option<u32>,
}

impl Request {
    pub fn prompt_blocks(&self) -> &[BlockId] {
        &self.blocks[..(self.prompt_tokens / crate::model::BLOCK_TOKENS) as usize]
    }
}

/// What a gateway sees of a request.
#[derive(Debug, Clone, Copy)]
pub struct Ask<'a> {
    pub id: usize,
    pub blocks: &'a [BlockId],
    pub prompt_tokens: u32,
    pub session: Option<u64>,
    pub lora: Option<u32>,
}

impl<'a> Ask<'a> {
    pub fn of(id: usize, request: &'a Request) -> Self {
        Self {
            id,
            blocks: request.prompt_blocks(),
            prompt_tokens: request.prompt_tokens,
            session: request.session,
            lora: request.lora,
        }
    }
}

/// All requests of one draw.
#[derive(Debug, Clone)]
pub struct Trace {
    /// Whose [`Arrival::After`] name earlier ones only.
    pub requests: Vec<Request>,
    /// The highest block's number.
    pub blocks: u32,
    /// A deployment that is slow.
    pub slow: Option<usize>,
}

/// Stands for the text of a block: the same for the same block, else unlike.
pub fn block_bytes(block: BlockId) -> [u8; BLOCK_BYTES] {
    let mut bytes = [0; BLOCK_BYTES];
    for (word, eight) in bytes.chunks_exact_mut(8).enumerate() {
        let number = (u64::from(block) << 8 | word as u64).wrapping_mul(0x9e37_79b9_7f4a_7c15);
        eight.copy_from_slice(&number.to_le_bytes());
    }
    bytes
}
