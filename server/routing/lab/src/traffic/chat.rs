//! Conversations.

use super::{Blocks, Draw};
use crate::{
    Arrival, BlockId, Micros, Request, Trace,
    model::{LENGTH, SECOND},
};

/// Conversations that begin in a second.
const RATE: f64 = 2.8;
/// Applications, each with a preamble of its own that all its conversations begin with.
const PREAMBLES: u32 = 8;
/// Whether one more turn follows.
const GOES_ON: f64 = 0.85;
const MOST_TURNS: u32 = 24;
/// Seconds that a caller reads and types, on average.
const THINK: f64 = 12.0;

pub(super) fn trace(draw: &mut Draw) -> Trace {
    let (mut requests, mut blocks, mut now) = (Vec::new(), Blocks::default(), 0);
    let preambles: Vec<(u32, Vec<BlockId>)> = (0..PREAMBLES)
        .map(|_| {
            let tokens = draw.between(200, 1_200);
            let mut path = Vec::new();
            blocks.extend(&mut path, tokens);
            (tokens, path)
        })
        .collect();
    let mut session = 0;
    loop {
        now += draw.gap(RATE);
        if now >= LENGTH {
            return Trace { requests, blocks: blocks.last, slow: None };
        }
        session += 1;
        let (tokens, path) = &preambles[draw.popular(PREAMBLES, 1.0)];
        conversation(draw, &mut blocks, &mut requests, (*tokens, path.clone()), session, now);
    }
}

fn conversation(
    draw: &mut Draw,
    blocks: &mut Blocks,
    requests: &mut Vec<Request>,
    (mut tokens, mut path): (u32, Vec<BlockId>),
    session: u64,
    begins: Micros,
) {
    // What the caller brings along: some nothing, some a document.
    tokens += draw.tokens(1_200.0, 1.1, 10, 16_000);
    let mut arrival = Arrival::At(begins);
    // Requests that come after the trace's length, if every answer took ten seconds, are not made.
    let mut about = begins;
    for _ in 0..MOST_TURNS {
        let output_tokens = draw.tokens(150.0, 0.8, 4, 1_500);
        blocks.extend(&mut path, tokens + output_tokens);
        let request = requests.len();
        requests.push(Request {
            arrival,
            blocks: path.as_slice().into(),
            prompt_tokens: tokens,
            output_tokens,
            session: Some(session),
            lora: None,
        });
        let think = draw.gap(1.0 / THINK);
        about += think + 10 * SECOND;
        if !draw.chance(GOES_ON) || about >= LENGTH {
            return;
        }
        arrival = Arrival::After { request, think };
        tokens += output_tokens + draw.tokens(60.0, 1.0, 4, 4_000);
    }
}
