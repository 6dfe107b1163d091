//! Many LoRAs of one model.

use super::{Blocks, Draw};
use crate::{Arrival, Request, Trace, model::LENGTH};

/// Requests a second.
const RATE: f64 = 18.0;
const LORAS: u32 = 60;
/// How much more popular some are than others.
const EXPONENT: f64 = 1.0;

pub(super) fn trace(draw: &mut Draw) -> Trace {
    let (mut requests, mut blocks, mut now) = (Vec::new(), Blocks::default(), 0);
    loop {
        now += draw.gap(RATE);
        if now >= LENGTH {
            return Trace { requests, blocks: blocks.last, slow: None };
        }
        let lora = draw.popular(LORAS, EXPONENT) as u32;
        let prompt_tokens = draw.tokens(300.0, 1.0, 16, 8_000);
        let output_tokens = draw.tokens(100.0, 0.8, 4, 1_500);
        let mut path = Vec::new();
        blocks.extend(&mut path, prompt_tokens + output_tokens);
        requests.push(Request {
            arrival: Arrival::At(now),
            blocks: path.into(),
            prompt_tokens,
            output_tokens,
            session: None,
            lora: Some(lora),
        });
    }
}
