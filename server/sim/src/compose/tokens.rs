//! The simulator's notion of a token.
//!
//! A token is an optional run of white space and then up to six letters or digits, or one other character. English prose
//! comes to about 1.3 tokens a word, near to what real tokenizers give. The same cut makes the frames of a stream.

/// Tokens that a chat template adds around each message.
pub const PER_MESSAGE: u64 = 4;
/// Tokens that it adds for the answer to begin with.
pub const PER_PROMPT: u64 = 3;
/// Tokens that an image takes.
pub const PER_IMAGE: u64 = 256;

const WORD_CHARS: usize = 6;

/// Tokens in a text.
pub fn count(text: &str) -> u64 {
    Cuts { text, at: 0 }.count() as u64
}

/// A text cut into tokens.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Pieces {
    pub text: String,
    ends: Vec<usize>,
}

impl Pieces {
    pub fn of(text: String) -> Self {
        let ends = Cuts { text: &text, at: 0 }.collect();
        Self { text, ends }
    }

    pub fn len(&self) -> u64 {
        self.ends.len() as u64
    }

    pub fn iter(&self) -> impl Iterator<Item = &str> {
        let starts = std::iter::once(0).chain(self.ends.iter().copied());
        starts.zip(&self.ends).map(|(start, end)| &self.text[start..*end])
    }

    /// Keeps the first tokens; true if some were cut off.
    pub fn truncate(&mut self, tokens: u64) -> bool {
        let keep = usize::try_from(tokens).unwrap_or(usize::MAX);
        let cut = keep < self.ends.len();
        if cut {
            self.ends.truncate(keep);
            self.text.truncate(self.ends.last().copied().unwrap_or(0));
        }
        cut
    }
}

/// Ends of the tokens, in bytes.
struct Cuts<'a> {
    text: &'a str,
    at: usize,
}

impl Iterator for Cuts<'_> {
    type Item = usize;

    fn next(&mut self) -> Option<usize> {
        let rest = &self.text[self.at..];
        if rest.is_empty() {
            return None;
        }
        let word = rest.trim_start();
        let start = rest.len() - word.len();
        let letters: usize =
            word.chars().take(WORD_CHARS).take_while(|c| c.is_alphanumeric()).map(char::len_utf8).sum();
        let length = if letters > 0 { letters } else { word.chars().next().map_or(0, char::len_utf8) };
        self.at += start + length;
        Some(self.at)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pieces_join_to_the_text() {
        for text in ["", " ", "Hello, wörld!  Counterintuitively…\n", "日本語のテキスト", "a\u{301}\t"]
        {
            let pieces = Pieces::of(text.to_owned());
            assert_eq!(pieces.iter().collect::<String>(), text);
            assert_eq!(pieces.len(), count(text));
        }
        assert_eq!(
            Pieces::of("Hello, wonderful world".to_owned()).iter().collect::<Vec<_>>(),
            ["Hello", ",", " wonder", "ful", " world"]
        );
    }

    #[test]
    fn truncation_tells_whether_it_cut() {
        let mut pieces = Pieces::of("one two three".to_owned());
        assert!(!pieces.truncate(3));
        assert!(pieces.truncate(2));
        assert_eq!(pieces.text, "one two");
    }
}
