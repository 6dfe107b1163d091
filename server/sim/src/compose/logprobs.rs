//! Plausible log probabilities.

use super::hash;

#[derive(Debug, Clone, PartialEq)]
pub struct Logprob {
    pub token: String,
    pub logprob: f64,
}

/// A token's log probability and the `top` likeliest tokens at its place, itself first.
pub fn logprob(token: &str, top: u32) -> (f64, Vec<Logprob>) {
    let of = |text: &str| -((hash(text.bytes()) % 1000) as f64) / 2000.0 - 0.0001;
    let own = of(token);
    let others = (0..top.saturating_sub(1)).map(|place| Logprob {
        token: format!("{}{}", if token.starts_with(' ') { " " } else { "" }, other(place)),
        logprob: own - 1.0 - f64::from(place),
    });
    let first = (top > 0).then(|| Logprob { token: token.to_owned(), logprob: own });
    (own, first.into_iter().chain(others).collect())
}

fn other(place: u32) -> String {
    const OTHERS: [&str; 5] = ["the", "and", "so", "it", "one"];
    OTHERS.get(place as usize).map_or_else(|| format!("word{place}"), |word| (*word).to_owned())
}
