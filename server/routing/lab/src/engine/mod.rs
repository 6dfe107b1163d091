//! One engine: a queue, a reader of prompts, slots for answers, a cache.
//!
//! A request waits in the queue until a slot, room for its KV (prompt and answer) and a place for its LoRA are there;
//! one that lacks only a place for its LoRA lets others pass. It then holds its slot, waits for its LoRA, waits for the
//! reader, is read (what is cached is free), has its first token at the end of that, and writes the others.

mod cache;
mod decode;
mod loras;

use std::{
    cmp::Reverse,
    collections::{BinaryHeap, VecDeque},
};

pub use cache::BlockCache;
use decode::Decode;
use loras::Loras;

use crate::{
    Micros, Request, Scraped, Trace,
    model::{BLOCK_TOKENS, DECODE_SLOTS, KV_TOKENS, PREFILL_TOKENS_PER_SECOND, SECOND},
};

/// What an engine tells its caller.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Event {
    /// With the prompt tokens that its cache had.
    FirstToken {
        request: usize,
        cached: u32,
    },
    Finished {
        request: usize,
    },
}

/// What an engine has done so far.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Work {
    /// Time that the reader was busy.
    pub prefill: Micros,
    pub lora_loads: u64,
}

#[derive(Debug)]
pub struct Engine<'a> {
    requests: &'a [Request],
    slowness: u64,
    waiting: VecDeque<usize>,
    /// Slots taken.
    running: u32,
    loading: BinaryHeap<Reverse<(Micros, usize)>>,
    unread: VecDeque<usize>,
    /// Whom the reader reads, until when, and what was cached of it.
    reading: Option<(usize, Micros, u32)>,
    decode: Decode,
    cache: BlockCache,
    loras: Loras,
    work: Work,
}

impl<'a> Engine<'a> {
    pub fn new(trace: &'a Trace, slowness: u64) -> Self {
        Self {
            requests: &trace.requests,
            slowness,
            waiting: VecDeque::new(),
            running: 0,
            loading: BinaryHeap::new(),
            unread: VecDeque::new(),
            reading: None,
            decode: Decode::new(slowness),
            cache: BlockCache::new(KV_TOKENS / BLOCK_TOKENS, trace.blocks),
            loras: Loras::default(),
            work: Work::default(),
        }
    }

    pub fn submit(&mut self, request: usize, now: Micros) {
        self.waiting.push_back(request);
        self.admit(now);
    }

    /// When something happens next, if nothing comes in.
    pub fn next(&self) -> Option<Micros> {
        let loaded = self.loading.peek().map(|Reverse((ready, _))| *ready);
        let read = self.reading.map(|(_, end, _)| end);
        [loaded, read, self.decode.next()].into_iter().flatten().min()
    }

    /// Does what is due by now, and tells.
    pub fn advance(&mut self, now: Micros, tell: &mut Vec<Event>) {
        while let Some(request) = self.decode.pop(now) {
            self.finish(request, now, tell);
        }
        while self.loading.peek().is_some_and(|Reverse((ready, _))| *ready <= now) {
            self.unread.extend(self.loading.pop().map(|Reverse((_, request))| request));
        }
        if let Some((request, _, cached)) = self.reading.take_if(|(_, end, _)| *end <= now) {
            self.begin_answer(request, cached, now, tell);
        }
        self.admit(now);
    }

    /// What it says of itself to who asks now.
    pub fn scrape(&self, now: Micros, ours: u32) -> Scraped {
        Scraped {
            at: now,
            running: self.running,
            waiting: self.waiting.len() as u32,
            kv_use: self.cache.held_share(),
            loras: self.loras.resident().collect(),
            ours,
        }
    }

    pub fn work(&self) -> Work {
        Work { lora_loads: self.loras.loads, ..self.work }
    }

    fn admit(&mut self, now: Micros) {
        let mut place = 0;
        while self.running < DECODE_SLOTS
            && let Some(&id) = self.waiting.get(place)
        {
            let request = &self.requests[id];
            if request.lora.is_some_and(|lora| !self.loras.has_place(lora)) {
                place += 1;
                continue;
            }
            if !self.cache.hold(&request.blocks, unfinished(request)) {
                break;
            }
            let ready = request.lora.map_or(now, |lora| self.loras.acquire(lora, self.slowness, now));
            self.waiting.remove(place);
            self.running += 1;
            if ready > now {
                self.loading.push(Reverse((ready, id)));
            } else {
                self.unread.push_back(id);
            }
        }
        self.read(now);
    }

    fn read(&mut self, now: Micros) {
        if self.reading.is_some() {
            return;
        }
        let Some(id) = self.unread.pop_front() else { return };
        let request = &self.requests[id];
        // The last token is always read: the first of the answer comes of it.
        let whole = (request.prompt_tokens.saturating_sub(1) / BLOCK_TOKENS) as usize;
        let cached =
            self.cache.cached(&request.blocks[..whole.min(request.blocks.len())]) as u32 * BLOCK_TOKENS;
        let tokens = u64::from(request.prompt_tokens - cached);
        let takes = (tokens * SECOND).div_ceil(PREFILL_TOKENS_PER_SECOND) * self.slowness;
        self.work.prefill += takes;
        self.reading = Some((id, now + takes, cached));
    }

    fn begin_answer(&mut self, id: usize, cached: u32, now: Micros, tell: &mut Vec<Event>) {
        let request = &self.requests[id];
        self.cache.computed(request.prompt_blocks());
        tell.push(Event::FirstToken { request: id, cached });
        if request.output_tokens > 1 {
            self.decode.begin(id, request.output_tokens - 1, now);
        } else {
            self.finish(id, now, tell);
        }
    }

    fn finish(&mut self, id: usize, now: Micros, tell: &mut Vec<Event>) {
        let request = &self.requests[id];
        self.cache.computed(&request.blocks);
        self.cache.release(&request.blocks, unfinished(request));
        if let Some(lora) = request.lora {
            self.loras.release(lora, now);
        }
        self.running -= 1;
        tell.push(Event::Finished { request: id });
    }
}

/// Blocks that a request holds and that are not whole: at most the last.
fn unfinished(request: &Request) -> u32 {
    let all = (request.prompt_tokens + request.output_tokens).div_ceil(BLOCK_TOKENS);
    all - request.blocks.len() as u32
}
