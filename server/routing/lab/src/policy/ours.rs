//! The gateway's own way: `routing`'s plan, fed as a gateway feeds it.

use std::{collections::HashMap, time::Duration};

use rand::{RngExt, SeedableRng, rngs::ChaCha8Rng};
use routing::{
    Candidate, Demand, Fingerprint, Fingerprinter, Latency, Lora, Policy as Wishes, PrefixIndex, Scrape,
    Slots,
};
use shared::{DeploymentId, route::Preset};
use snapshot::EngineLoad;
use uuid::Uuid;

use super::{Finish, Policy};
use crate::{
    Ask, Micros, View, block_bytes,
    model::{BLOCK_TOKENS, KV_TOKENS, LORA_SLOTS},
    view::{Scraped, Seen},
};

/// Cuts of prompts that the index has room for.
const INDEX_CUTS: usize = 1 << 16;
/// What a caller who says nothing is supposed to get, until answers have shown.
const USUAL_OUTPUT: f32 = 150.0;
/// How fast that follows the latest answer.
const STEP: f32 = 0.02;
/// What a gateway supposes where an engine tells nothing.
const SUPPOSED_SLOTS: u32 = 16;

/// What is remembered of a call on its way.
#[derive(Debug, Clone, Copy)]
struct Sent {
    at: Micros,
    predicted: u32,
    /// Prompt tokens of its own to be read, by prediction.
    own: u32,
    /// And of those before it.
    before: u32,
    /// Share of the slots that were in use.
    full: f32,
    waits: bool,
}

#[derive(Debug, Default)]
struct Known {
    latency: Latency,
    slots: Slots,
    unread: u32,
    /// LoRAs that were sent there, and when last; the latest at the end.
    loras: Vec<(u32, Micros)>,
}

#[derive(Debug)]
pub(super) struct Ours {
    wishes: Wishes,
    ids: Vec<DeploymentId>,
    known: Vec<Known>,
    prefixes: PrefixIndex,
    sent: HashMap<usize, Sent>,
    output: f32,
    seeds: ChaCha8Rng,
    /// Kept between calls.
    candidates: Vec<Candidate>,
}

impl Ours {
    pub(super) fn new(preset: Preset, deployments: usize, seed: u64) -> Self {
        let mut prefixes = PrefixIndex::new(INDEX_CUTS);
        (0..deployments as u32).for_each(|handle| prefixes.set_room(handle, KV_TOKENS));
        let id = |place: usize| DeploymentId::from_uuid(Uuid::from_u128(place as u128 + 1));
        Self {
            wishes: Wishes::of(preset),
            ids: (0..deployments).map(id).collect(),
            known: (0..deployments).map(|_| Known::default()).collect(),
            prefixes,
            sent: HashMap::new(),
            output: USUAL_OUTPUT,
            seeds: ChaCha8Rng::seed_from_u64(seed),
            candidates: Vec::new(),
        }
    }

    fn candidate(&self, place: usize, seen: &Seen, ask: &Ask<'_>, cached: u32) -> Candidate {
        let known = &self.known[place];
        let mut slots = known.slots;
        let scrape = seen
            .scraped
            .as_ref()
            .map(|scraped| Scrape { load: slots.learn(load(scraped)), ours: scraped.ours });
        Candidate {
            in_flight: seen.in_flight,
            unread_tokens: known.unread,
            slots: SUPPOSED_SLOTS,
            scrape,
            pace: known.latency.pace(),
            cached_tokens: cached,
            lora: ask.lora.map_or(Lora::NotAsked, |lora| known.lora(lora, seen)),
            ..Candidate::idle(self.ids[place])
        }
    }
}

impl Known {
    /// An engine's word, and what was sent there since; without a word, the last that were sent there.
    fn lora(&self, lora: u32, seen: &Seen) -> Lora {
        let since = seen.scraped.as_ref().map(|scraped| scraped.at);
        let told = seen.scraped.as_ref().is_some_and(|scraped| scraped.loras.contains(&lora));
        let mut recent = self.loras.iter().rev().take(LORA_SLOTS);
        let sent = recent.any(|(sent, at)| *sent == lora && since.is_none_or(|since| *at >= since));
        if told || sent { Lora::Resident } else { Lora::Absent }
    }
}

impl Policy for Ours {
    fn scraped(&mut self, deployment: usize, scraped: &Scraped) {
        self.known[deployment].slots.learn(load(scraped));
    }

    fn choose(&mut self, view: &View, ask: &Ask<'_>, now: Micros) -> usize {
        let print = fingerprint(ask.blocks);
        let found = self.prefixes.find(&print);
        let mut candidates = std::mem::take(&mut self.candidates);
        candidates.clear();
        for (place, seen) in view.deployments.iter().enumerate() {
            let cached = found.tokens(place as u32).min(ask.prompt_tokens);
            candidates.push(self.candidate(place, seen, ask, cached));
        }
        let demand = Demand {
            tokens: u64::from(ask.prompt_tokens),
            prompt_tokens: ask.prompt_tokens,
            output_tokens: self.output as u32,
            session: ask.session,
        };
        let plan = routing::plan(
            &demand,
            &candidates,
            &self.wishes,
            Duration::from_micros(now),
            self.seeds.random(),
        );
        let chosen = plan.ordered.first().map_or(0, |choice| choice.index);
        let predicted = candidates[chosen].cached_tokens;
        let full = candidates[chosen].full();
        self.candidates = candidates;
        self.prefixes.sent(chosen as u32, &print, ask.prompt_tokens, predicted);
        let known = &mut self.known[chosen];
        let own = ask.prompt_tokens - predicted;
        self.sent.insert(ask.id, Sent { at: now, predicted, own, before: known.unread, full, waits: true });
        known.unread += own;
        if let Some(lora) = ask.lora {
            known.loras.retain(|(sent, _)| *sent != lora);
            known.loras.push((lora, now));
            if known.loras.len() > 2 * LORA_SLOTS {
                known.loras.remove(0);
            }
        }
        chosen
    }

    fn first_token(&mut self, deployment: usize, ask: &Ask<'_>, _now: Micros) {
        if let Some(sent) = self.sent.get_mut(&ask.id).filter(|sent| sent.waits) {
            sent.waits = false;
            self.known[deployment].unread -= sent.own;
        }
    }

    fn finished(&mut self, _view: &View, deployment: usize, ask: &Ask<'_>, finish: &Finish, now: Micros) {
        let Some(sent) = self.sent.remove(&ask.id) else { return };
        self.output += STEP * (finish.output_tokens as f32 - self.output);
        self.prefixes.learn(deployment as u32, sent.predicted, finish.cached_tokens);
        self.prefixes.wrote(deployment as u32, finish.output_tokens);
        let seen = routing::Seen {
            prompt_tokens: ask.prompt_tokens,
            read_tokens: sent.before + ask.prompt_tokens - finish.cached_tokens,
            full: sent.full,
            first_token: Some(Duration::from_micros(finish.first_token_at - sent.at)),
            decoded: Some((finish.output_tokens - 1, Duration::from_micros(now - finish.first_token_at))),
            service: Duration::from_micros(now - sent.at),
        };
        self.known[deployment].latency.learn(&seen, Duration::from_micros(now));
    }
}

/// As the commonest engines tell it: not how many slots they have.
const fn load(scraped: &Scraped) -> EngineLoad {
    EngineLoad {
        running: scraped.running,
        waiting: scraped.waiting,
        kv_use: Some(scraped.kv_use),
        slots: None,
        capacity: None,
    }
}

/// Of the text that the blocks stand for.
fn fingerprint(blocks: &[u32]) -> Fingerprint {
    let mut print = Fingerprinter::new(u64::from(BLOCK_TOKENS));
    for &block in blocks {
        if !print.push(&block_bytes(block)) {
            break;
        }
    }
    print.finish()
}
