//! Answers being written side by side.

use std::{cmp::Reverse, collections::BinaryHeap};

use crate::{
    Micros,
    model::{DECODE_SLOTS, DECODE_TOKENS_PER_SECOND, DECODE_TOKENS_PER_SECOND_FULL},
};

/// Billionths of a token: whole numbers keep runs alike on every machine.
const TOKEN: u64 = 1_000_000_000;
/// Of them, in a microsecond, for a token a second.
const PACE: u64 = TOKEN / crate::model::SECOND;

/// All answers go at the same pace, so one count of progress serves them all: an answer ends where the count has grown
/// by its length.
#[derive(Debug)]
pub(super) struct Decode {
    /// How many times longer a token takes.
    slowness: u64,
    progress: u64,
    since: Micros,
    ends: BinaryHeap<Reverse<(u64, usize)>>,
}

impl Decode {
    pub(super) const fn new(slowness: u64) -> Self {
        Self { slowness, progress: 0, since: 0, ends: BinaryHeap::new() }
    }

    pub(super) fn begin(&mut self, request: usize, tokens: u32, now: Micros) {
        self.reckon(now);
        self.ends.push(Reverse((self.progress + u64::from(tokens) * TOKEN, request)));
    }

    /// When the next answer ends, if nothing else begins.
    pub(super) fn next(&self) -> Option<Micros> {
        let Reverse((end, _)) = self.ends.peek()?;
        Some(self.since + end.saturating_sub(self.progress).div_ceil(self.pace()))
    }

    /// An answer that has ended by now.
    pub(super) fn pop(&mut self, now: Micros) -> Option<usize> {
        self.reckon(now);
        let Reverse((end, request)) = *self.ends.peek()?;
        (end <= self.progress).then(|| {
            self.ends.pop();
            request
        })
    }

    fn reckon(&mut self, now: Micros) {
        self.progress += self.pace() * (now - self.since);
        self.since = now;
    }

    fn pace(&self) -> u64 {
        let others = (self.ends.len() as u64).saturating_sub(1);
        let fall = DECODE_TOKENS_PER_SECOND - DECODE_TOKENS_PER_SECOND_FULL;
        let pace = DECODE_TOKENS_PER_SECOND * PACE - fall * PACE * others / u64::from(DECODE_SLOTS - 1);
        pace / self.slowness
    }
}
