//! Traffic of several kinds, each drawn from a seed.
//!
//! Rates are such that the fleet works at 60 to 80 % of what limits it: its slots, its readers, or its LoRA slots.

mod chat;
mod draw;
mod lora;
mod mixed;
mod rag;

use std::{fmt, str::FromStr};

use draw::Draw;

use crate::{BlockId, Trace, model::BLOCK_TOKENS};

/// The kinds of traffic.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TraceKind {
    /// Prompts and answers of all sizes that have nothing in common.
    Mixed,
    /// Conversations: each prompt is the one before it, its answer, and a new message.
    Chat,
    /// Many short questions on some tens of long preambles.
    Rag,
    /// As mixed, but most of it comes in bursts.
    Bursts,
    /// As mixed, with one slow deployment.
    Slow,
    /// Many LoRAs, few of them popular.
    Lora,
}

impl TraceKind {
    pub const ALL: [Self; 6] = [Self::Mixed, Self::Chat, Self::Rag, Self::Bursts, Self::Slow, Self::Lora];

    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Mixed => "mixed",
            Self::Chat => "chat",
            Self::Rag => "rag",
            Self::Bursts => "bursts",
            Self::Slow => "slow",
            Self::Lora => "lora",
        }
    }

    /// Whether prompts begin alike.
    pub const fn shares_prefixes(self) -> bool {
        matches!(self, Self::Chat | Self::Rag)
    }

    /// All requests of this kind, from a seed.
    pub fn draw(self, seed: u64) -> Trace {
        let mut draw = Draw::new(seed);
        match self {
            Self::Mixed => mixed::steady(&mut draw, None),
            Self::Chat => chat::trace(&mut draw),
            Self::Rag => rag::trace(&mut draw),
            Self::Bursts => mixed::bursts(&mut draw),
            Self::Slow => mixed::steady(&mut draw, Some(SLOW_DEPLOYMENT)),
            Self::Lora => lora::trace(&mut draw),
        }
    }
}

/// Which deployment is the slow one.
const SLOW_DEPLOYMENT: usize = 3;

impl fmt::Display for TraceKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}

impl FromStr for TraceKind {
    type Err = String;

    fn from_str(word: &str) -> Result<Self, String> {
        let names = || Self::ALL.map(Self::as_str).join(", ");
        let found = Self::ALL.into_iter().find(|kind| kind.as_str() == word);
        found.ok_or_else(|| format!("no trace '{word}': one of {}", names()))
    }
}

/// Hands out blocks' numbers.
#[derive(Debug, Default)]
struct Blocks {
    last: BlockId,
}

impl Blocks {
    /// Makes `path` as long as so many tokens' whole blocks; the new ones are nobody else's.
    fn extend(&mut self, path: &mut Vec<BlockId>, tokens: u32) {
        for _ in path.len()..(tokens / BLOCK_TOKENS) as usize {
            self.last += 1;
            path.push(self.last);
        }
    }
}
