//! What a classifier of harmful texts would say.

/// Labels with words that speak for them; the first is for texts that none of the others fits.
const WORDS: [(&str, &[&str]); 6] = [
    ("safe", &[]),
    ("harassment", &["idiot", "stupid", "loser", "moron"]),
    ("hate", &["hate", "vermin", "subhuman"]),
    ("self-harm", &["suicide", "self-harm", "hurt myself", "kill myself"]),
    ("sexual", &["porn", "nude", "explicit sex"]),
    ("violence", &["kill", "murder", "attack", "bomb", "shoot", "stab"]),
];

/// A classifier's labels, in the order of their numbers.
pub const LABELS: [&str; 6] = [WORDS[0].0, WORDS[1].0, WORDS[2].0, WORDS[3].0, WORDS[4].0, WORDS[5].0];

/// Each label's probability; they add up to 1.
pub fn scores(text: &str) -> [f64; 6] {
    let text = text.to_lowercase();
    let found = WORDS.map(|(_, words)| words.iter().filter(|word| text.contains(**word)).count());
    let mut raised = found.map(|count| if count > 0 { 3.0 + count as f64 } else { -1.0 });
    raised[0] = 2.0;
    let powers = raised.map(f64::exp);
    let sum: f64 = powers.iter().sum();
    powers.map(|power| power / sum)
}

/// The hazard code that Llama Guard would name, if any.
pub fn hazard(text: &str) -> Option<&'static str> {
    let scores = scores(text);
    let best = (0..scores.len()).max_by(|l, r| scores[*l].total_cmp(&scores[*r]))?;
    match LABELS[best] {
        "violence" => Some("S1"),
        "harassment" | "hate" => Some("S10"),
        "self-harm" => Some("S11"),
        "sexual" => Some("S12"),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_raise_their_label() {
        assert_eq!(hazard("Lovely weather today"), None);
        assert_eq!(hazard("I will kill and murder them"), Some("S1"));
        assert!((scores("anything").iter().sum::<f64>() - 1.0).abs() < 1e-9);
    }
}
