//! Plays a trace.

use std::{cmp::Reverse, collections::BinaryHeap};

use rand::{RngExt, SeedableRng, rngs::ChaCha8Rng};

use crate::{
    Arrival, Ask, Engine, Event, Finish, Micros, Outcome, Policy, PolicyKind, Seen, Trace, View,
    model::{DEPLOYMENTS, SLOW_FACTOR},
};

/// What gateways there are, and how well they see.
#[derive(Debug, Clone, Copy)]
pub struct Conditions {
    /// Between two words of an engine; None: it says nothing.
    pub scrape_every: Option<Micros>,
    /// Gateways before the one fleet, blind to each other's calls.
    pub replicas: usize,
}

impl Default for Conditions {
    fn default() -> Self {
        Self { scrape_every: Some(200_000), replicas: 1 }
    }
}

struct Gateway {
    policy: Box<dyn Policy>,
    view: View,
}

/// Where a request is in its life.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Course {
    pub(crate) arrived: Micros,
    pub(crate) first_token: Micros,
    pub(crate) finished: Micros,
    pub(crate) cached: u32,
    pub(crate) deployment: usize,
    gateway: usize,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Due {
    Scrape { gateway: usize },
    Request(usize),
}

/// Engines, gateways before them, and the requests on their way.
pub struct Fleet<'a> {
    trace: &'a Trace,
    conditions: Conditions,
    engines: Vec<Engine<'a>>,
    gateways: Vec<Gateway>,
    courses: Vec<Course>,
    due: BinaryHeap<Reverse<(Micros, Due)>>,
    /// For each request those that come after it.
    followers: Vec<Vec<(usize, Micros)>>,
    unfinished: usize,
    /// Which gateway a request meets.
    random: ChaCha8Rng,
}

impl<'a> Fleet<'a> {
    pub fn new(trace: &'a Trace, policy: PolicyKind, conditions: Conditions, seed: u64) -> Self {
        let slowness = |place| if trace.slow == Some(place) { SLOW_FACTOR } else { 1 };
        let gateway = |number: usize| Gateway {
            policy: policy.make(DEPLOYMENTS, seed.wrapping_mul(1_000).wrapping_add(number as u64)),
            view: View { deployments: vec![Seen::default(); DEPLOYMENTS] },
        };
        let mut fleet = Self {
            trace,
            conditions,
            engines: (0..DEPLOYMENTS).map(|place| Engine::new(trace, slowness(place))).collect(),
            gateways: (0..conditions.replicas.max(1)).map(gateway).collect(),
            courses: vec![Course::default(); trace.requests.len()],
            due: BinaryHeap::new(),
            followers: vec![Vec::new(); trace.requests.len()],
            unfinished: trace.requests.len(),
            random: ChaCha8Rng::seed_from_u64(seed),
        };
        fleet.schedule();
        fleet
    }

    fn schedule(&mut self) {
        for (id, request) in self.trace.requests.iter().enumerate() {
            match request.arrival {
                Arrival::At(at) => self.due.push(Reverse((at, Due::Request(id)))),
                Arrival::After { request, think } => self.followers[request].push((id, think)),
            }
        }
        // Gateways don't ask at the same moment.
        let replicas = self.gateways.len() as u64;
        for gateway in 0..self.gateways.len() {
            if let Some(every) = self.conditions.scrape_every {
                self.due.push(Reverse((every * gateway as u64 / replicas, Due::Scrape { gateway })));
            }
        }
    }

    /// Plays all of it.
    pub fn run(mut self) -> Outcome {
        let mut told = Vec::new();
        while self.unfinished > 0 {
            let engine = (0..self.engines.len())
                .filter_map(|place| self.engines[place].next().map(|at| (at, place)))
                .min();
            let due = self.due.peek().map(|Reverse((at, _))| *at);
            match (engine, due) {
                (Some((now, place)), due) if due.is_none_or(|due| now <= due) => {
                    self.engines[place].advance(now, &mut told);
                    for event in told.drain(..) {
                        self.hear(event, now);
                    }
                }
                _ => {
                    let Some(Reverse((now, due))) = self.due.pop() else { break };
                    match due {
                        Due::Request(id) => self.arrive(id, now),
                        Due::Scrape { gateway } => self.scrape(gateway, now),
                    }
                }
            }
        }
        let work: Vec<_> = self.engines.iter().map(Engine::work).collect();
        Outcome::of(self.trace, &self.courses, &work)
    }

    fn arrive(&mut self, id: usize, now: Micros) {
        let number = self.random.random_range(0..self.gateways.len());
        let gateway = &mut self.gateways[number];
        let ask = Ask::of(id, &self.trace.requests[id]);
        let deployment = gateway.policy.choose(&gateway.view, &ask, now);
        gateway.view.deployments[deployment].in_flight += 1;
        let course = &mut self.courses[id];
        (course.arrived, course.gateway, course.deployment) = (now, number, deployment);
        self.engines[deployment].submit(id, now);
    }

    fn scrape(&mut self, gateway: usize, now: Micros) {
        let asked = &mut self.gateways[gateway];
        for (place, (engine, seen)) in self.engines.iter().zip(&mut asked.view.deployments).enumerate() {
            let scraped = engine.scrape(now, seen.in_flight);
            asked.policy.scraped(place, &scraped);
            seen.scraped = Some(scraped);
        }
        if let Some(every) = self.conditions.scrape_every {
            self.due.push(Reverse((now + every, Due::Scrape { gateway })));
        }
    }

    fn hear(&mut self, event: Event, now: Micros) {
        match event {
            Event::FirstToken { request, cached } => {
                let ask = Ask::of(request, &self.trace.requests[request]);
                let course = &mut self.courses[request];
                (course.first_token, course.cached) = (now, cached);
                self.gateways[course.gateway].policy.first_token(course.deployment, &ask, now);
            }
            Event::Finished { request: id } => {
                let request = &self.trace.requests[id];
                let course = &mut self.courses[id];
                course.finished = now;
                let gateway = &mut self.gateways[course.gateway];
                gateway.view.deployments[course.deployment].in_flight -= 1;
                let finish = Finish {
                    first_token_at: course.first_token,
                    cached_tokens: course.cached,
                    output_tokens: request.output_tokens,
                };
                let ask = Ask::of(id, request);
                gateway.policy.finished(&gateway.view, course.deployment, &ask, &finish, now);
                self.unfinished -= 1;
                for (follower, think) in std::mem::take(&mut self.followers[id]) {
                    self.due.push(Reverse((now + think, Due::Request(follower))));
                }
            }
        }
    }
}
