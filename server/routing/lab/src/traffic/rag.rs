//! Short questions on long preambles.

use super::{Blocks, Draw};
use crate::{Arrival, BlockId, Request, Trace, model::LENGTH};

/// Requests a second.
const RATE: f64 = 17.0;
const PREAMBLES: u32 = 90;
/// How much more popular some are than others.
const EXPONENT: f64 = 0.8;

pub(super) fn trace(draw: &mut Draw) -> Trace {
    let (mut requests, mut blocks, mut now) = (Vec::new(), Blocks::default(), 0);
    let preambles: Vec<(u32, Vec<BlockId>)> = (0..PREAMBLES)
        .map(|_| {
            let tokens = draw.between(2_000, 8_000);
            let mut path = Vec::new();
            blocks.extend(&mut path, tokens);
            (tokens, path)
        })
        .collect();
    loop {
        now += draw.gap(RATE);
        if now >= LENGTH {
            return Trace { requests, blocks: blocks.last, slow: None };
        }
        let (preamble, path) = &preambles[draw.popular(PREAMBLES, EXPONENT)];
        let prompt_tokens = preamble + draw.tokens(60.0, 0.8, 4, 1_000);
        let output_tokens = draw.tokens(120.0, 0.8, 4, 1_500);
        let mut path = path.clone();
        blocks.extend(&mut path, prompt_tokens + output_tokens);
        requests.push(Request {
            arrival: Arrival::At(now),
            blocks: path.into(),
            prompt_tokens,
            output_tokens,
            session: None,
            lora: None,
        });
    }
}
