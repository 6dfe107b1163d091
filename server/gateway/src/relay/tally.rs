//! Counting tokens as they pass.

use engines::Summary;
use snapshot::TokenCounts;

/// Bytes that a token of text has on average, where nobody counts exactly.
const BYTES_PER_TOKEN: u64 = 4;

/// The tokens of an answer so far: the engine's own counts where it tells them, else ours.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Tally {
    told: Option<TokenCounts>,
    /// The prompt's tokens by estimate.
    prompt: u64,
    /// Whether the model writes text: else there is no completion.
    generates: bool,
    frames: u64,
    text_bytes: u64,
}

impl Tally {
    /// `prompt`: its tokens by estimate, for engines that tell no usage. `generates`: the model writes text.
    pub(crate) const fn new(prompt: u64, generates: bool) -> Self {
        Self { told: None, prompt, generates, frames: 0, text_bytes: 0 }
    }

    pub(crate) const fn generates(&self) -> bool {
        self.generates
    }

    pub(crate) fn add(&mut self, summary: &Summary) {
        self.frames += u64::from(summary.meaningful);
        self.text_bytes += summary.text_bytes;
        self.told = summary.usage.or(self.told);
    }

    /// The counts, and whether they are an estimate of ours.
    pub(crate) fn counts(&self) -> (TokenCounts, bool) {
        if let Some(told) = self.told {
            return (told, false);
        }
        // A frame is a token or more, whatever its length.
        let written = self.frames.max(self.text_bytes.div_ceil(BYTES_PER_TOKEN));
        let completion = if self.generates { written } else { 0 };
        (TokenCounts { prompt: self.prompt, cached: 0, completion, reasoning: 0 }, true)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn said(text_bytes: u64, usage: Option<TokenCounts>) -> Summary {
        Summary { choices: 1, meaningful: true, text_bytes, usage, ..Summary::default() }
    }

    #[test]
    fn without_the_engines_word_frames_and_text_are_counted() {
        let mut tally = Tally::new(9, true);
        tally.add(&said(1, None));
        tally.add(&said(1, None));
        assert_eq!(tally.counts(), (TokenCounts { prompt: 9, cached: 0, completion: 2, reasoning: 0 }, true));
        tally.add(&said(40, None));
        assert_eq!(tally.counts().0.completion, 11);
    }

    #[test]
    fn the_engines_last_word_counts() {
        let mut tally = Tally::new(9, true);
        let told = |completion| TokenCounts { prompt: 7, cached: 1, completion, reasoning: 0 };
        tally.add(&said(1, Some(told(1))));
        tally.add(&said(1, Some(told(2))));
        tally.add(&said(1, None));
        assert_eq!(tally.counts(), (told(2), false));
    }
}
