//! Who chooses.

mod ours;
mod simple;

use std::{fmt, str::FromStr};

use ours::Ours;
use shared::route::Preset;
use simple::{LeastRequests, Random, RoundRobin};

use crate::{Ask, Micros, Scraped, View};

/// What a gateway learns at a call's end.
#[derive(Debug, Clone, Copy)]
pub struct Finish {
    pub first_token_at: Micros,
    /// By the engine's word in the usage.
    pub cached_tokens: u32,
    pub output_tokens: u32,
}

/// One gateway's way of choosing. What it returns from [`Self::choose`] it has sent: the call is on it from then on.
pub trait Policy: Send {
    /// The place of a deployment in the view.
    fn choose(&mut self, view: &View, ask: &Ask<'_>, now: Micros) -> usize;

    /// An engine's word came; it stands in the view.
    fn scraped(&mut self, _deployment: usize, _scraped: &Scraped) {}

    fn first_token(&mut self, _deployment: usize, _ask: &Ask<'_>, _now: Micros) {}

    /// `view` is without the call.
    fn finished(&mut self, _view: &View, _deployment: usize, _ask: &Ask<'_>, _finish: &Finish, _now: Micros) {
    }
}

/// The policies that are compared.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PolicyKind {
    Random,
    RoundRobin,
    /// The fewest own calls, of all; among as few, any.
    LeastRequests,
    Ours(Preset),
}

impl PolicyKind {
    pub const ALL: [Self; 7] = [
        Self::Random,
        Self::RoundRobin,
        Self::LeastRequests,
        Self::Ours(Preset::Balanced),
        Self::Ours(Preset::Latency),
        Self::Ours(Preset::Throughput),
        Self::Ours(Preset::Cost),
    ];

    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Random => "random",
            Self::RoundRobin => "round-robin",
            Self::LeastRequests => "least-requests",
            Self::Ours(preset) => preset.as_str(),
        }
    }

    /// One for each gateway.
    pub fn make(self, deployments: usize, seed: u64) -> Box<dyn Policy> {
        match self {
            Self::Random => Box::new(Random::new(seed)),
            Self::RoundRobin => Box::new(RoundRobin::new(seed)),
            Self::LeastRequests => Box::new(LeastRequests::new(seed)),
            Self::Ours(preset) => Box::new(Ours::new(preset, deployments, seed)),
        }
    }
}

impl fmt::Display for PolicyKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}

impl FromStr for PolicyKind {
    type Err = String;

    fn from_str(word: &str) -> Result<Self, String> {
        let names = || Self::ALL.map(Self::as_str).join(", ");
        let found = Self::ALL.into_iter().find(|kind| kind.as_str() == word);
        found.ok_or_else(|| format!("no policy '{word}': one of {}", names()))
    }
}
