//! Embeddings by feature hashing: words, their beginnings, neighbouring words and letter triples each push a vector in
//! directions of their own. Texts that share them lie near each other; the same text always lies at the same place.

use super::hash;

/// Directions that a feature pushes in.
const DIRECTIONS: u64 = 6;
/// Letters by which words count as related.
const STEM: usize = 5;

/// A vector of length 1.
pub fn embed(text: &str, dimensions: usize) -> Vec<f32> {
    let mut vector = vec![0.0_f32; dimensions.max(1)];
    let mut push = |feature: &str, kind: u8, weight: f32| {
        for turn in 0..DIRECTIONS {
            let bits = hash(feature.bytes().chain([0, kind, turn as u8]));
            let sign = if bits & 1 == 0 { weight } else { -weight };
            let at = (bits >> 1) as usize % vector.len();
            vector[at] += sign;
        }
    };
    let words = words(text);
    for (at, word) in words.iter().enumerate() {
        let weight = weight(word);
        push(word, b'w', weight);
        push(&stem(word), b's', weight);
        if let Some(next) = words.get(at + 1) {
            push(&format!("{word} {next}"), b'p', weight * 0.3);
        }
        let letters: Vec<_> = word.chars().collect();
        for triple in letters.windows(3) {
            push(&triple.iter().collect::<String>(), b't', weight * 0.15);
        }
    }
    if words.is_empty() {
        push(text, b'x', 1.0);
    }
    unit(vector)
}

/// How well a document answers a query, from 0 to 1.
pub fn relevance(query: &str, document: &str) -> f64 {
    const SPACE: usize = 1024;
    let (left, right) = (embed(query, SPACE), embed(document, SPACE));
    let near: f32 = left.iter().zip(&right).map(|(l, r)| l * r).sum();
    1.0 / (1.0 + (-12.0 * (f64::from(near) - 0.3)).exp())
}

fn words(text: &str) -> Vec<String> {
    let lower = text.to_lowercase();
    lower.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty()).map(str::to_owned).collect()
}

/// A word without its ending, at most [`STEM`] letters.
fn stem(word: &str) -> String {
    let bare = ["ing", "ed", "es", "s"].iter().find_map(|end| word.strip_suffix(end));
    bare.filter(|bare| bare.len() >= 3).unwrap_or(word).chars().take(STEM).collect()
}

/// Words that say little count little.
fn weight(word: &str) -> f32 {
    const COMMON: [&str; 32] = [
        "a", "an", "and", "are", "as", "at", "be", "by", "do", "for", "from", "how", "i", "in", "is", "it",
        "my", "not", "of", "on", "or", "that", "the", "this", "to", "was", "we", "what", "when", "with",
        "you", "your",
    ];
    if COMMON.contains(&word) { 0.15 } else { 1.0 }
}

/// The first numbers of a vector, brought to length 1 again.
pub fn shortened(mut vector: Vec<f32>, dimensions: usize) -> Vec<f32> {
    if dimensions >= vector.len() {
        return vector;
    }
    vector.truncate(dimensions.max(1));
    unit(vector)
}

fn unit(mut vector: Vec<f32>) -> Vec<f32> {
    let length = vector.iter().map(|value| value * value).sum::<f32>().sqrt();
    if length > 0.0 {
        for value in &mut vector {
            *value /= length;
        }
    } else {
        vector[0] = 1.0;
    }
    vector
}

#[cfg(test)]
mod tests {
    use super::*;

    fn near(left: &str, right: &str) -> f32 {
        embed(left, 384).iter().zip(embed(right, 384)).map(|(l, r)| l * r).sum()
    }

    #[test]
    fn vectors_have_length_one_and_repeat() {
        for text in ["", "?!", "one", "The quick brown fox"] {
            let vector = embed(text, 384);
            assert!((vector.iter().map(|v| v * v).sum::<f32>() - 1.0).abs() < 1e-4, "{text}");
            assert_eq!(vector, embed(text, 384));
        }
    }

    #[test]
    fn similar_texts_lie_nearer_than_others() {
        let question = "How do I reset my password?";
        assert!(
            near(question, "Resetting a forgotten password") > near(question, "Quarterly revenue grew") + 0.2
        );
        assert!(near("a cat sat", "cats sitting") > near("a cat sat", "stock exchange"));
    }

    #[test]
    fn relevance_orders_documents() {
        let query = "capital of France";
        let (good, bad) =
            (relevance(query, "Paris is the capital of France."), relevance(query, "Bread is baked."));
        assert!(good > 0.5 && bad < 0.5, "{good} {bad}");
    }
}
