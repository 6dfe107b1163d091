//! What one call asks of a deployment.

use serde::{Deserialize, Serialize};

/// Numbers and hashes only: nothing of the prompt can be read from it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Demand {
    /// Tokens that must fit: the prompt's, and the completion where the caller bounded it.
    pub tokens: u64,
    /// Tokens of the prompt, by estimate: what an engine reads.
    pub prompt_tokens: u32,
    /// Tokens that the answer will likely have.
    pub output_tokens: u32,
    /// Who is to be held on one deployment where it costs little; None draws anew.
    pub session: Option<u64>,
}
