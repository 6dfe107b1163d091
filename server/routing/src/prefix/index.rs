//! Who was sent which beginning of a prompt.

use super::{Cut, Fingerprint};

/// A deployment's number in the index, given by whoever keeps it.
pub type Handle = u32;

/// Cuts that share a place in the table.
const WAYS: usize = 4;
/// Deployments that are remembered for a cut: those sent it last.
const HOLDERS: usize = 4;
/// Deployments that a look-up tells of at most.
const MOST_FOUND: usize = 16;
/// Tokens are counted in blocks, as engines' caches do, so that 32 bits last.
const BLOCK: u32 = 16;
/// A KV cache of which nothing is known has this many tokens.
const ASSUMED_KV_TOKENS: u32 = 200_000;
/// How fast trust follows what engines say of their caches.
const TRUST_STEP: f32 = 0.1;

#[derive(Debug, Clone, Copy, Default)]
struct Holder {
    /// 0: nobody; else the handle and one.
    who: u32,
    /// How much its deployment had been sent then, in blocks.
    at: u32,
}

#[derive(Debug, Clone, Copy, Default)]
struct Entry {
    hash: u64,
    /// When it was touched last, by the index's own count.
    touched: u32,
    holders: [Holder; HOLDERS],
}

/// What is known of one deployment's cache.
#[derive(Debug, Clone, Copy)]
struct Cache {
    /// Blocks that it was sent so far, without those it had.
    sent: u32,
    /// Blocks that it holds.
    room: u32,
    /// Of what was predicted to be cached, how much the engine said it was.
    trust: f32,
}

impl Default for Cache {
    fn default() -> Self {
        Self { sent: 0, room: ASSUMED_KV_TOKENS / BLOCK, trust: 1.0 }
    }
}

/// Deployments and the tokens of a prompt that each likely has.
#[derive(Debug, Clone, Copy, Default)]
pub struct Found {
    found: [(Handle, u32); MOST_FOUND],
    count: usize,
}

impl Found {
    /// Tokens that a deployment likely has.
    pub fn tokens(&self, handle: Handle) -> u32 {
        self.iter().find(|(who, _)| *who == handle).map_or(0, |(_, tokens)| tokens)
    }

    /// Longest first.
    pub fn iter(&self) -> impl Iterator<Item = (Handle, u32)> {
        self.found[..self.count].iter().copied()
    }
}

/// A table of fixed size: cuts of prompts, and who was sent them.
///
/// An engine keeps what was used last. How much a deployment was sent since it had a cut tells whether it likely still
/// has it: more than its cache holds, and it has not. What engines say they had cached ([`Self::learn`]) corrects the
/// guess, so that an engine without a prefix cache soon attracts nothing.
#[derive(Debug)]
pub struct PrefixIndex {
    sets: Box<[[Entry; WAYS]]>,
    caches: Vec<Cache>,
    clock: u32,
}

impl PrefixIndex {
    /// For about so many cuts (a prompt of 2,000 tokens has 16), at 48 bytes each.
    pub fn new(cuts: usize) -> Self {
        let sets = (cuts / WAYS).next_power_of_two().max(1);
        Self { sets: vec![[Entry::default(); WAYS]; sets].into(), caches: Vec::new(), clock: 0 }
    }

    /// How many tokens a deployment's KV cache holds, where it is known.
    pub fn set_room(&mut self, handle: Handle, tokens: u32) {
        self.cache(handle).room = (tokens / BLOCK).max(1);
    }

    /// The deployment's cache is empty: it was started anew, or its number is given to another.
    pub fn forget(&mut self, handle: Handle) {
        let room = self.cache(handle).room;
        let cache = self.cache(handle);
        // Everything that it was sent lies further back than its cache reaches.
        *cache = Cache { sent: cache.sent.wrapping_add(room).wrapping_add(1), room, trust: 1.0 };
    }

    /// Who likely has how much of a prompt.
    pub fn find(&self, of: &Fingerprint) -> Found {
        let mut found = Found::default();
        for cut in of.cuts().iter().rev() {
            let Some(entry) = self.entry(cut) else { continue };
            for holder in entry.holders {
                let Some(cache) = holder.who.checked_sub(1).and_then(|who| self.caches.get(who as usize))
                else {
                    continue;
                };
                let handle = holder.who - 1;
                let still_there = cache.sent.wrapping_sub(holder.at) <= cache.room;
                if !still_there || found.iter().any(|(who, _)| who == handle) {
                    continue;
                }
                if found.count == MOST_FOUND {
                    return found;
                }
                found.found[found.count] = (handle, (cut.tokens as f32 * cache.trust) as u32);
                found.count += 1;
            }
        }
        found
    }

    /// A deployment is sent a prompt, of which it had `cached` tokens.
    pub fn sent(&mut self, handle: Handle, of: &Fingerprint, prompt_tokens: u32, cached: u32) {
        let cache = self.cache(handle);
        cache.sent = cache.sent.wrapping_add(prompt_tokens.saturating_sub(cached) / BLOCK);
        let at = cache.sent;
        self.clock = self.clock.wrapping_add(1);
        for cut in of.cuts() {
            self.touch(cut, Holder { who: handle + 1, at });
        }
    }

    /// A deployment wrote an answer: it takes room in its cache like a prompt.
    pub fn wrote(&mut self, handle: Handle, tokens: u32) {
        let cache = self.cache(handle);
        cache.sent = cache.sent.wrapping_add(tokens / BLOCK);
    }

    /// What an engine says it had cached, beside what was predicted.
    pub fn learn(&mut self, handle: Handle, predicted: u32, cached: u32) {
        if predicted > 0 {
            let cache = self.cache(handle);
            let share = (cached as f32 / predicted as f32).min(1.0);
            cache.trust += TRUST_STEP * (share - cache.trust);
        }
    }

    fn cache(&mut self, handle: Handle) -> &mut Cache {
        let index = handle as usize;
        if self.caches.len() <= index {
            self.caches.resize(index + 1, Cache::default());
        }
        &mut self.caches[index]
    }

    fn set(&self, cut: &Cut) -> usize {
        // The table's size is a power of two.
        cut.hash as usize & (self.sets.len() - 1)
    }

    fn entry(&self, cut: &Cut) -> Option<&Entry> {
        self.sets[self.set(cut)].iter().find(|entry| entry.hash == cut.hash)
    }

    fn touch(&mut self, cut: &Cut, by: Holder) {
        let (clock, set) = (self.clock, self.set(cut));
        let set = &mut self.sets[set];
        let place = set.iter().position(|entry| entry.hash == cut.hash).unwrap_or_else(|| {
            // The one that was touched longest ago gives way.
            let oldest = (0..WAYS).max_by_key(|place| clock.wrapping_sub(set[*place].touched)).unwrap_or(0);
            set[oldest] = Entry { hash: cut.hash, ..Entry::default() };
            oldest
        });
        let entry = &mut set[place];
        entry.touched = clock;
        // Newest first.
        let had = entry.holders.iter().position(|holder| holder.who == by.who).unwrap_or(HOLDERS - 1);
        entry.holders[..=had].rotate_right(1);
        entry.holders[0] = by;
    }
}
