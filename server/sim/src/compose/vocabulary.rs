//! Tokens as numbers.

use std::collections::HashMap;

use parking_lot::Mutex;

use super::{hash, tokens::Pieces};

/// Tokens remembered for reading numbers back; past it, all are forgotten.
const REMEMBERED: usize = 65_536;
/// Numbers of other tokens stay below it.
const SIZE: u64 = 1 << 30;
/// A token of one character has its own number plus this, and so needs no memory.
const CHARACTERS: u32 = 1 << 30;

/// A token's number is a hash of its text. What was once turned into numbers can be read back.
#[derive(Debug, Default)]
pub struct Vocabulary(Mutex<HashMap<u32, String>>);

impl Vocabulary {
    /// Cuts a text into tokens and numbers them.
    pub fn encode(&self, text: &str) -> Vec<(u32, String)> {
        let pieces = Pieces::of(text.to_owned());
        let mut known = self.0.lock();
        if known.len() > REMEMBERED {
            known.clear();
        }
        let numbered = |piece: &str| {
            let id = number(piece);
            if id < CHARACTERS {
                known.entry(id).or_insert_with(|| piece.to_owned());
            }
            (id, piece.to_owned())
        };
        pieces.iter().map(numbered).collect()
    }

    /// The text of tokens; one never seen reads as U+FFFD.
    pub fn decode(&self, ids: &[u32]) -> String {
        let known = self.0.lock();
        let piece = |id: &u32| match id.checked_sub(CHARACTERS) {
            Some(code) => char::from_u32(code).map(String::from),
            None => known.get(id).cloned(),
        };
        ids.iter().map(|id| piece(id).unwrap_or_else(|| "\u{fffd}".to_owned())).collect()
    }
}

fn number(piece: &str) -> u32 {
    let mut characters = piece.chars();
    match (characters.next(), characters.next()) {
        (Some(only), None) => CHARACTERS + u32::from(only),
        _ => (hash(piece.bytes()) % SIZE) as u32,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_encoded_reads_back() {
        let vocabulary = Vocabulary::default();
        let text = "Hello, wonderful wörld — 日本";
        let ids: Vec<_> = vocabulary.encode(text).into_iter().map(|(id, _)| id).collect();
        assert_eq!(vocabulary.decode(&ids), text);
        assert_eq!(Vocabulary::default().decode(&[number("a"), number("unseen")]), "a\u{fffd}");
    }
}
