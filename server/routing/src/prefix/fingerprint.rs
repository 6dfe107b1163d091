//! Hashes of a prompt's beginnings.

use xxhash_rust::xxh3::xxh3_64;

use crate::seed::mix;

/// Bytes in which every one counts. Beyond, only those before each cut do.
pub const READ_BYTES: usize = 32 * 1024;
/// Cuts that a fingerprint has at most.
pub const MOST_CUTS: usize = 44;
/// Bytes before a cut that count where not all do.
const SAMPLE: usize = 256;
/// The longest distance of two cuts in which every byte counts.
const MOST_PENDING: usize = 2_048;
/// What a token has in bytes, about.
const BYTES_PER_TOKEN: usize = 4;

/// Where a prompt is cut: every 512 bytes at first, then at growing distances.
const fn cuts() -> [usize; MOST_CUTS] {
    let mut cuts = [0; MOST_CUTS];
    let (mut at, mut index) = (0, 0);
    while index < MOST_CUTS {
        at += match at {
            0..8_192 => 512,
            8_192..16_384 => 1_024,
            16_384..32_768 => 2_048,
            32_768..65_536 => 16_384,
            65_536..131_072 => 32_768,
            131_072..262_144 => 65_536,
            _ => 131_072,
        };
        cuts[index] = at;
        index += 1;
    }
    cuts
}

static CUTS: [usize; MOST_CUTS] = cuts();

/// One beginning of a prompt.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Cut {
    pub hash: u64,
    /// Tokens up to it, about.
    pub tokens: u32,
}

/// The beginnings of a prompt, shortest first. Two prompts share a cut's hash where they begin alike up to it.
#[derive(Debug, Clone, Copy)]
pub struct Fingerprint {
    cuts: [Cut; MOST_CUTS],
    count: usize,
}

impl Default for Fingerprint {
    fn default() -> Self {
        Self { cuts: [Cut::default(); MOST_CUTS], count: 0 }
    }
}

impl Fingerprint {
    /// Whole cuts; none of a prompt that is shorter than the first.
    pub fn cuts(&self) -> &[Cut] {
        &self.cuts[..self.count]
    }
}

/// Takes the fingerprint of a prompt, piece by piece.
#[derive(Debug)]
pub struct Fingerprinter {
    print: Fingerprint,
    /// The hash of all whole cuts.
    chain: u64,
    /// Bytes seen.
    seen: usize,
    /// Those since the last cut that count.
    pending: [u8; MOST_PENDING],
    filled: usize,
}

impl Fingerprinter {
    /// `salt`: what else must be alike for a cache to be shared: the model, the LoRA, the tenant.
    pub const fn new(salt: u64) -> Self {
        let print = Fingerprint { cuts: [Cut { hash: 0, tokens: 0 }; MOST_CUTS], count: 0 };
        Self { print, chain: salt, seen: 0, pending: [0; MOST_PENDING], filled: 0 }
    }

    /// The next piece of the prompt. Returns whether more would count.
    pub fn push(&mut self, mut piece: &[u8]) -> bool {
        while self.print.count < MOST_CUTS && !piece.is_empty() {
            let cut = CUTS[self.print.count];
            // What does not count up to here is passed over at once, however long.
            let counts_from = if cut <= READ_BYTES { self.seen } else { cut - SAMPLE };
            if self.seen < counts_from {
                let skipped = (counts_from - self.seen).min(piece.len());
                (self.seen, piece) = (self.seen + skipped, &piece[skipped..]);
                continue;
            }
            let (taken, rest) = piece.split_at((cut - self.seen).min(piece.len()));
            (self.seen, piece) = (self.seen + taken.len(), rest);
            if self.filled == 0 && self.seen == cut {
                // All of it at once, where it lies.
                self.end_cut(xxh3_64(taken));
                continue;
            }
            self.pending[self.filled..self.filled + taken.len()].copy_from_slice(taken);
            self.filled += taken.len();
            if self.seen == cut {
                self.end_cut(xxh3_64(&self.pending[..self.filled]));
            }
        }
        self.print.count < MOST_CUTS
    }

    pub const fn finish(self) -> Fingerprint {
        self.print
    }

    fn end_cut(&mut self, since_last: u64) {
        self.chain = mix(self.chain, since_last);
        let tokens = u32::try_from(self.seen / BYTES_PER_TOKEN).unwrap_or(u32::MAX);
        self.print.cuts[self.print.count] = Cut { hash: self.chain, tokens };
        (self.print.count, self.filled) = (self.print.count + 1, 0);
    }
}
