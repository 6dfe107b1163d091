//! Embeddings that several callers asked for, in one request: their inputs gathered, the answer divided among them.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;
use shared_chat::{EmbeddingUsage, TextOrTokens};

use crate::{EngineError, Payload, answers::written};

/// One caller's part of a request.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Share {
    pub inputs: usize,
    /// Its tokens, as exactly as they are known: what the engine counts for all is divided by them.
    pub tokens: u64,
    /// The answer's id, where the engine gives one.
    pub id: String,
}

/// All inputs, one caller's after another's. None: texts and token ids don't go together, and nothing is no input.
pub fn gather<'a>(inputs: impl Iterator<Item = &'a TextOrTokens>) -> Option<TextOrTokens> {
    let (mut texts, mut arrays) = (Vec::new(), Vec::new());
    for input in inputs {
        match input {
            TextOrTokens::Text(text) => texts.push(text.clone()),
            TextOrTokens::Texts(several) => texts.extend_from_slice(several),
            TextOrTokens::Tokens(tokens) => arrays.push(tokens.clone()),
            TextOrTokens::TokenArrays(several) => arrays.extend_from_slice(several),
        }
    }
    match (texts.is_empty(), arrays.is_empty()) {
        (false, true) => Some(TextOrTokens::Texts(texts)),
        (true, false) => Some(TextOrTokens::TokenArrays(arrays)),
        _ => None,
    }
}

/// An answer to gathered inputs, one part for each share, in their order. The parts' tokens add up to the whole's.
///
/// # Errors
/// Malformed, where there is not one vector for each input.
pub fn divide(answer: &Payload, shares: &[Share]) -> Result<Vec<Payload>, EngineError> {
    let mut whole: Fields<'_> = parsed_here(answer.json())?;
    let data = whole.remove("data").ok_or_else(EngineError::malformed)?;
    let data = in_order(parsed_here(data.get().as_bytes())?)?;
    if data.len() != shares.iter().map(|share| share.inputs).sum::<usize>() {
        return Err(EngineError::malformed());
    }
    let usage = whole.remove("usage").map(|usage| parsed_here::<EmbeddingUsage>(usage.get().as_bytes()));
    let usage = usage.transpose()?.unwrap_or_default();
    let weights: Vec<u64> = shares.iter().map(|share| share.tokens).collect();
    let prompts = apportioned(usage.prompt_tokens, &weights);
    let totals = apportioned(usage.total_tokens, &weights);
    let mut data = data.into_iter();
    let mut parts = Vec::with_capacity(shares.len());
    for ((share, prompt_tokens), total_tokens) in shares.iter().zip(prompts).zip(totals) {
        let own: Vec<_> = data.by_ref().take(share.inputs).enumerate().map(numbered).collect();
        let mut part: BTreeMap<&str, Field<'_>> =
            whole.iter().map(|(name, value)| (name.as_str(), Field::Kept(value))).collect();
        part.insert("data", Field::Data(own));
        if usage != EmbeddingUsage::default() {
            let usage = EmbeddingUsage { prompt_tokens, total_tokens, ..EmbeddingUsage::default() };
            part.insert("usage", Field::Usage(usage));
        }
        if let Some(id) = part.get_mut("id") {
            *id = Field::Text(&share.id);
        }
        parts.push(written(&part)?);
    }
    Ok(parts)
}

/// An object's fields as they were written: a vector's digits stay its own.
type Fields<'a> = BTreeMap<String, &'a RawValue>;

#[derive(Serialize)]
#[serde(untagged)]
enum Field<'a> {
    Kept(&'a RawValue),
    Text(&'a str),
    Number(usize),
    Usage(EmbeddingUsage),
    Data(Vec<BTreeMap<String, Field<'a>>>),
}

fn parsed_here<'a, T: Deserialize<'a>>(json: &'a [u8]) -> Result<T, EngineError> {
    serde_json::from_slice(json).map_err(|_| EngineError::malformed())
}

/// The items by their `index`, which must be all from 0 on.
fn in_order(items: Vec<Fields<'_>>) -> Result<Vec<Fields<'_>>, EngineError> {
    let index = |item: &Fields<'_>| item.get("index").and_then(|index| index.get().parse::<usize>().ok());
    let mut items: Vec<_> = items.into_iter().map(|item| (index(&item), item)).collect();
    items.sort_by_key(|(index, _)| *index);
    let whole = items.iter().enumerate().all(|(at, (index, _))| *index == Some(at));
    let items = items.into_iter().map(|(_, item)| item).collect();
    if whole { Ok(items) } else { Err(EngineError::malformed()) }
}

fn numbered((at, item): (usize, Fields<'_>)) -> BTreeMap<String, Field<'_>> {
    let mut item: BTreeMap<_, _> = item.into_iter().map(|(name, value)| (name, Field::Kept(value))).collect();
    item.insert("index".to_owned(), Field::Number(at));
    item
}

/// A number divided by weights: whole numbers that add up to it, the largest remainders rounded up.
fn apportioned(total: u64, weights: &[u64]) -> Vec<u64> {
    let sum: u128 = weights.iter().map(|weight| u128::from(*weight)).sum();
    let even = sum == 0;
    let sum = if even { weights.len() as u128 } else { sum };
    let exact = |weight: u64| u128::from(total) * if even { 1 } else { u128::from(weight) };
    let mut parts: Vec<u64> =
        weights.iter().map(|weight| u64::try_from(exact(*weight) / sum).unwrap_or(u64::MAX)).collect();
    let mut left = total - parts.iter().sum::<u64>();
    let mut places: Vec<usize> = (0..weights.len()).collect();
    places.sort_by_key(|place| std::cmp::Reverse(exact(weights[*place]) % sum));
    for place in places {
        if left == 0 {
            break;
        }
        parts[place] += 1;
        left -= 1;
    }
    parts
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;

    fn share(inputs: usize, tokens: u64) -> Share {
        Share { inputs, tokens, id: format!("own-{inputs}") }
    }

    fn answer(vectors: usize, tokens: u64) -> Payload {
        // Out of order, as an engine may answer.
        let data: Vec<Value> = (0..vectors)
            .rev()
            .map(|at| json!({"object": "embedding", "index": at, "embedding": [at as f32, 0.5]}))
            .collect();
        let usage = json!({"prompt_tokens": tokens, "total_tokens": tokens});
        written(&json!({"object": "list", "id": "embd-1", "data": data, "model": "m", "usage": usage}))
            .unwrap()
    }

    #[test]
    fn each_gets_its_own_vectors_in_order_and_the_tokens_add_up() {
        let parts = divide(&answer(4, 10), &[share(1, 1), share(2, 1), share(1, 1)]).unwrap();
        let parts: Vec<Value> =
            parts.iter().map(|part| serde_json::from_slice(part.json()).unwrap()).collect();
        let firsts: Vec<_> =
            parts.iter().map(|part| part["data"][0]["embedding"][0].as_f64().unwrap()).collect();
        assert_eq!(firsts, [0.0, 1.0, 3.0]);
        assert_eq!(parts[1]["data"][1], json!({"object": "embedding", "index": 1, "embedding": [2.0, 0.5]}));
        assert_eq!(parts[1]["id"], "own-2");
        let tokens: Vec<_> =
            parts.iter().map(|part| part["usage"]["prompt_tokens"].as_u64().unwrap()).collect();
        assert_eq!(tokens, [4, 3, 3]);
    }

    #[test]
    fn an_answer_of_another_number_of_vectors_is_malformed() {
        assert!(divide(&answer(3, 9), &[share(1, 1), share(1, 1)]).is_err());
    }

    #[test]
    fn a_total_is_divided_without_a_rest() {
        assert_eq!(apportioned(7, &[1, 1, 1]), [3, 2, 2]);
        assert_eq!(apportioned(100, &[1, 0, 3]), [25, 0, 75]);
        assert_eq!(apportioned(5, &[0, 0]), [3, 2]);
        assert_eq!(apportioned(u64::MAX, &[u64::MAX, u64::MAX]).iter().sum::<u64>(), u64::MAX);
        assert_eq!(apportioned(0, &[4, 4]), [0, 0]);
    }

    #[test]
    fn texts_and_token_ids_are_not_gathered() {
        let text = TextOrTokens::Text("a".into());
        let tokens = TextOrTokens::Tokens(vec![1]);
        assert_eq!(gather([&text, &tokens].into_iter()), None);
        let both = TextOrTokens::Texts(vec!["b".into(), "c".into()]);
        let all = TextOrTokens::Texts(vec!["a".into(), "b".into(), "c".into()]);
        assert_eq!(gather([&text, &both].into_iter()), Some(all));
    }
}
