//! How many tokens a prompt surely has, when no tokenizer is at hand.
//!
//! Counts the pieces that byte-pair tokenizers cut before merging (GPT-4's and Llama 3's pattern: words, runs of up to
//! three digits, runs of signs, runs of blanks), with long words counted as several. It errs on the low side, so that
//! a prompt which fits is not refused; an engine that counts exactly has the last word.

use shared_chat::{ChatRequest, Message, Tool};

/// Letters that a very common word may have in one token.
const LETTERS_PER_TOKEN: usize = 10;
const DIGITS_PER_TOKEN: usize = 3;
const SIGNS_PER_TOKEN: usize = 4;
/// A blank run merges into one token up to this length.
const BLANKS_PER_TOKEN: usize = 16;
/// Characters beyond ASCII: CJK has one to two in a token.
const WIDE_PER_TOKEN: usize = 2;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kind {
    Letter,
    Digit,
    Sign,
    Space,
    Blank,
    Wide,
}

const fn kind(byte: u8) -> Option<Kind> {
    match byte {
        b'a'..=b'z' | b'A'..=b'Z' | b'_' => Some(Kind::Letter),
        b'0'..=b'9' => Some(Kind::Digit),
        b' ' => Some(Kind::Space),
        b'\t' | b'\n' | b'\r' => Some(Kind::Blank),
        // The later bytes of a character beyond ASCII count with its first.
        0x80..=0xbf => None,
        0xc0..=0xff => Some(Kind::Wide),
        _ => Some(Kind::Sign),
    }
}

const fn tokens(kind: Kind, length: usize) -> usize {
    match kind {
        Kind::Letter => length.div_ceil(LETTERS_PER_TOKEN),
        Kind::Digit => length.div_ceil(DIGITS_PER_TOKEN),
        Kind::Sign => length.div_ceil(SIGNS_PER_TOKEN),
        // One space goes with the word after it.
        Kind::Space => (length - 1).div_ceil(BLANKS_PER_TOKEN),
        Kind::Blank => length.div_ceil(BLANKS_PER_TOKEN),
        Kind::Wide => length.div_ceil(WIDE_PER_TOKEN),
    }
}

/// Tokens in a text, at least about that many.
pub(crate) fn text_tokens(text: &str) -> usize {
    let mut total = 0;
    let mut run: Option<(Kind, usize)> = None;
    for next in text.bytes().filter_map(kind) {
        run = match run {
            Some((of, length)) if of == next => Some((of, length + 1)),
            before => {
                total += before.map_or(0, |(of, length)| tokens(of, length));
                Some((next, 1))
            }
        };
    }
    total + run.map_or(0, |(of, length)| tokens(of, length))
}

/// Counts the tokens of a text.
pub(crate) type Count<'a> = dyn Fn(&str) -> usize + 'a;

/// Tokens in a conversation and its tools, at least about that many. Images and other media count for nothing.
pub(crate) fn chat(request: &ChatRequest, count: &Count<'_>) -> u64 {
    conversation(&request.messages, request.tools.as_deref(), count)
}

pub(crate) fn conversation(messages: &[Message], tools: Option<&[Tool]>, count: &Count<'_>) -> u64 {
    let messages: usize = messages.iter().map(|message| message_tokens(message, count)).sum();
    let tools = tools.into_iter().flatten().filter_map(|tool| tool.function.as_ref());
    let tools: usize =
        tools.map(|function| count(&function.name) + function.description.as_deref().map_or(0, count)).sum();
    (messages + tools) as u64
}

fn message_tokens(message: &Message, count: &Count<'_>) -> usize {
    let content = message.content.as_ref().map_or(0, |content| count(&content.text()));
    let calls = message.tool_calls.iter().flatten().filter_map(|call| call.function.as_ref());
    let calls: usize = calls.map(|call| count(&call.name) + count(&call.arguments)).sum();
    // A chat template spends about this much on a message's role and bounds.
    content + calls + 3
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn short_prose_is_about_a_token_a_word() {
        let text = "The quick brown fox jumps over the lazy dog.";
        assert_eq!(text_tokens(text), 10);
        assert_eq!(text_tokens(""), 0);
    }

    #[test]
    fn a_run_without_blanks_is_not_one_token() {
        assert_eq!(text_tokens(&"x".repeat(100_000)), 10_000);
        assert_eq!(text_tokens(&"7".repeat(300)), 100);
        assert_eq!(text_tokens(&"語".repeat(300)), 150);
    }

    #[test]
    fn it_never_exceeds_the_bytes() {
        for text in ["a", " a b", "\n\n", "é", "1,2;3", "a  b"] {
            assert!(text_tokens(text) <= text.len(), "{text:?}");
        }
    }
}
