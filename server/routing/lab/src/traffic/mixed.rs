//! Prompts of all sizes with nothing in common.

use super::{Blocks, Draw};
use crate::{
    Arrival, Micros, Request, Trace,
    model::{LENGTH, SECOND},
};

/// Requests a second; with a slow deployment, less.
const RATE: f64 = 24.0;
const RATE_SLOW: f64 = 20.0;
/// Bursts: between them, and in them.
const RATE_CALM: f64 = 9.0;
const RATE_BURST: f64 = 80.0;
/// Milliseconds from a burst's end to the next, and of a burst: least and most.
const CALM: (u32, u32) = (9_000, 15_000);
const BURST: (u32, u32) = (2_000, 4_000);

pub(super) fn steady(draw: &mut Draw, slow: Option<usize>) -> Trace {
    let rate = if slow.is_some() { RATE_SLOW } else { RATE };
    let (mut requests, mut blocks, mut now) = (Vec::new(), Blocks::default(), 0);
    loop {
        now += draw.gap(rate);
        if now >= LENGTH {
            return Trace { requests, blocks: blocks.last, slow };
        }
        requests.push(request(draw, &mut blocks, now));
    }
}

pub(super) fn bursts(draw: &mut Draw) -> Trace {
    let (mut requests, mut blocks, mut now) = (Vec::new(), Blocks::default(), 0);
    let mut in_burst = true;
    while now < LENGTH {
        in_burst = !in_burst;
        let (rate, length) = if in_burst { (RATE_BURST, BURST) } else { (RATE_CALM, CALM) };
        let lasts = Micros::from(draw.between(length.0, length.1)) * SECOND / 1_000;
        let until = (now + lasts).min(LENGTH);
        let mut next = now + draw.gap(rate);
        while next < until {
            requests.push(request(draw, &mut blocks, next));
            next += draw.gap(rate);
        }
        now = until;
    }
    Trace { requests, blocks: blocks.last, slow: None }
}

fn request(draw: &mut Draw, blocks: &mut Blocks, at: Micros) -> Request {
    let prompt_tokens = draw.tokens(600.0, 1.2, 16, 30_000);
    let output_tokens = draw.tokens(120.0, 0.9, 4, 2_000);
    let mut path = Vec::new();
    blocks.extend(&mut path, prompt_tokens + output_tokens);
    Request {
        arrival: Arrival::At(at),
        blocks: path.into(),
        prompt_tokens,
        output_tokens,
        session: None,
        lora: None,
    }
}
