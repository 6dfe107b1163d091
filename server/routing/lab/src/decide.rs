//! One decision, to be measured: a model's deployments found by index, the prompt's beginning looked up, a plan made.

use std::{collections::HashMap, time::Duration};

use rand::{RngExt, SeedableRng, rngs::ChaCha8Rng};
use routing::{Candidate, Demand, Fingerprint, Fingerprinter, Plan, Policy, PrefixIndex, Scrape, plan};
use shared::{DeploymentId, route::Preset};
use snapshot::EngineLoad;
use uuid::Uuid;

/// Bytes of a token of text, about.
const TOKEN_BYTES: usize = 4;
/// Cuts that the index has room for: more than what a gateway keeps by default would make no difference.
const INDEX_CUTS: usize = 1 << 16;

/// Deployments of several models, and a prompt that some of them have seen.
#[derive(Debug)]
pub struct Scene {
    by_model: HashMap<String, Vec<usize>>,
    all: Vec<Candidate>,
    prefixes: PrefixIndex,
    prompt: Vec<u8>,
    demand: Demand,
    policy: Policy,
    seed: u64,
    /// Kept between decisions.
    candidates: Vec<Candidate>,
}

impl Scene {
    /// So many deployments, dealt out to so many models, and a prompt of so many tokens.
    pub fn new(deployments: usize, models: usize, prompt_tokens: u32) -> Self {
        let mut random = ChaCha8Rng::seed_from_u64(1);
        let all: Vec<Candidate> = (0..deployments).map(|place| candidate(place, &mut random)).collect();
        let mut by_model: HashMap<String, Vec<usize>> = HashMap::new();
        for place in 0..deployments {
            by_model.entry(Self::model(place % models)).or_default().push(place);
        }
        let mut prompt = vec![0; prompt_tokens as usize * TOKEN_BYTES];
        random.fill(&mut prompt[..]);
        let demand = Demand {
            tokens: u64::from(prompt_tokens) + 500,
            prompt_tokens,
            output_tokens: 200,
            session: Some(7),
        };
        let mut prefixes = PrefixIndex::new(INDEX_CUTS);
        for place in by_model.get(&Self::model(0)).into_iter().flatten().take(4) {
            prefixes.sent(*place as u32, &fingerprint(&prompt), prompt_tokens, 0);
        }
        let policy = Policy::of(Preset::Balanced);
        Self { by_model, all, prefixes, prompt, demand, policy, seed: 0, candidates: Vec::new() }
    }

    /// The name of a model, by its number.
    pub fn model(number: usize) -> String {
        format!("model-{number}")
    }

    /// Of the prompt, as a gateway takes it once for a call.
    pub fn fingerprint(&self) -> Fingerprint {
        fingerprint(&self.prompt)
    }

    /// What is done for each call once its prompt's fingerprint is there.
    pub fn decide(&mut self, model: &str, print: &Fingerprint) -> Plan {
        let found = self.prefixes.find(print);
        self.candidates.clear();
        for &place in self.by_model.get(model).into_iter().flatten() {
            let cached = found.tokens(place as u32).min(self.demand.prompt_tokens);
            self.candidates.push(Candidate { cached_tokens: cached, ..self.all[place] });
        }
        self.seed += 1;
        let plan = plan(&self.demand, &self.candidates, &self.policy, Duration::from_mins(1), self.seed);
        if let Some(first) = plan.ordered.first() {
            let chosen = self.by_model[model][first.index] as u32;
            let cached = self.candidates[first.index].cached_tokens;
            self.prefixes.sent(chosen, print, self.demand.prompt_tokens, cached);
        }
        plan
    }
}

fn candidate(place: usize, random: &mut ChaCha8Rng) -> Candidate {
    let in_flight = random.random_range(0..40);
    let load = EngineLoad {
        running: in_flight + random.random_range(0..8),
        waiting: random.random_range(0..2),
        kv_use: Some(random.random_range(0.1..0.9)),
        slots: None,
        capacity: None,
    };
    Candidate {
        in_flight,
        unread_tokens: random.random_range(0..5_000),
        scrape: Some(Scrape { load, ours: in_flight }),
        cost: random.random_range(0.1..2.0),
        ..Candidate::idle(DeploymentId::from_uuid(Uuid::from_u128(place as u128 + 1)))
    }
}

fn fingerprint(prompt: &[u8]) -> Fingerprint {
    let mut print = Fingerprinter::new(1);
    print.push(prompt);
    print.finish()
}
