//! What a model would do, done without one: answers, tokens, embeddings, labels. All of it follows from the input
//! alone, so that the same input gets the same result in any process.

mod answer;
mod labels;
mod logprobs;
mod prompt;
mod sample;
mod tokens;
mod vectors;
mod vocabulary;

pub use answer::{Answer, Finish, Said, ToolUse, compose};
pub use labels::{LABELS, scores};
pub use logprobs::logprob;
pub use prompt::{Format, Prompt, ToolChoice, ToolSpec, Turn, content_text, images_in};
pub use tokens::{Pieces, count};
pub use vectors::{embed, relevance, shortened};
pub use vocabulary::Vocabulary;

/// FNV-1a, the same in every process and version.
fn hash(bytes: impl IntoIterator<Item = u8>) -> u64 {
    bytes
        .into_iter()
        .fold(0xcbf2_9ce4_8422_2325, |hash, byte| (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3))
}
