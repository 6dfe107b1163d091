//! Log probabilities of a completion, which llama.cpp writes as a chat's: `{"content": [{token, logprob, …}]}`. OpenAI's
//! completions have parallel lists instead.
//!
//! Source: seen in build 11434.

use std::collections::{BTreeMap, VecDeque};

use bytes::Bytes;
use serde::Deserialize;
use serde_json::{Map, Value, json};

use crate::{Decoder, Labels, StreamEvent, framing::Cut, openai, stream::Dialect};

/// What is in every body that has them, and in few others.
const MARK: &[u8] = br#""logprobs":{"#;

#[derive(Deserialize)]
struct Entry {
    token: String,
    logprob: f64,
    #[serde(default)]
    top_logprobs: Vec<Likely>,
}

#[derive(Deserialize)]
struct Likely {
    token: String,
    logprob: f64,
}

/// Characters that each choice has said so far, by its index.
#[derive(Debug, Default)]
struct Said(BTreeMap<u64, usize>);

/// A whole body, with its lists.
pub fn whole(body: Bytes) -> Bytes {
    Said::default().listed(body)
}

pub fn decoder(labels: Labels) -> Decoder {
    Decoder::sse(Stream { said: Said::default(), openai: openai::stream(labels) })
}

#[derive(Debug)]
struct Stream<D> {
    said: Said,
    openai: D,
}

impl<D: Dialect> Dialect for Stream<D> {
    fn read(&mut self, frame: Cut, ready: &mut VecDeque<StreamEvent>) {
        let frame = match frame {
            Cut::Payload(data) => Cut::Payload(self.said.listed(data)),
            other @ Cut::TooLong(_) => other,
        };
        self.openai.read(frame, ready);
    }
}

impl Said {
    fn listed(&mut self, body: Bytes) -> Bytes {
        if !body.windows(MARK.len()).any(|bytes| bytes == MARK) {
            return body;
        }
        let Ok(mut json) = serde_json::from_slice::<Value>(&body) else { return body };
        let mut changed = false;
        for choice in json.get_mut("choices").and_then(Value::as_array_mut).into_iter().flatten() {
            changed |= self.choice(choice);
        }
        if changed { json.to_string().into() } else { body }
    }

    fn choice(&mut self, choice: &mut Value) -> bool {
        let index = choice.get("index").and_then(Value::as_u64).unwrap_or_default();
        let Some(content) = choice.pointer_mut("/logprobs/content").map(Value::take) else { return false };
        let Ok(entries) = serde_json::from_value::<Vec<Entry>>(content) else { return false };
        let lists = lists(&entries, self.0.entry(index).or_default());
        let Some(logprobs) = choice.get_mut("logprobs") else { return false };
        *logprobs = lists;
        true
    }
}

fn lists(entries: &[Entry], said: &mut usize) -> Value {
    let offsets = entries.iter().map(|entry| {
        let at = *said;
        *said += entry.token.chars().count();
        at
    });
    let offsets: Vec<_> = offsets.collect();
    let likely = |entry: &Entry| -> Map<String, Value> {
        entry.top_logprobs.iter().map(|other| (other.token.clone(), other.logprob.into())).collect()
    };
    json!({
        "tokens": entries.iter().map(|entry| &entry.token).collect::<Vec<_>>(),
        "token_logprobs": entries.iter().map(|entry| entry.logprob).collect::<Vec<_>>(),
        "top_logprobs": entries.iter().map(likely).collect::<Vec<_>>(),
        "text_offset": offsets,
    })
}
