//! What classifiers call things, and what OpenAI calls them.

/// What a label says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Meaning {
    Harmless,
    /// Of no particular kind.
    Harmful,
    Categories(&'static [&'static str]),
}

use Meaning::{Categories, Harmful, Harmless};

/// Labels in lower case, words joined by `_`. Names of: OpenAI's own, Jigsaw's (toxic-bert and its kin), KoalaAI's
/// Text-Moderation (single letters), and the usual pairs of two-way classifiers.
const KNOWN: &[(&str, Meaning)] = &[
    // Nothing wrong.
    ("safe", Harmless),
    ("ok", Harmless),
    ("neutral", Harmless),
    ("normal", Harmless),
    ("not_toxic", Harmless),
    ("non_toxic", Harmless),
    ("nontoxic", Harmless),
    ("not_hate", Harmless),
    ("nothate", Harmless),
    ("non_hate", Harmless),
    ("not_offensive", Harmless),
    ("non_offensive", Harmless),
    ("benign", Harmless),
    ("sfw", Harmless),
    // Something.
    ("unsafe", Harmful),
    ("harmful", Harmful),
    ("jailbreak", Harmful),
    ("injection", Harmful),
    // Jigsaw.
    ("toxic", Categories(&["harassment"])),
    ("toxicity", Categories(&["harassment"])),
    ("severe_toxic", Categories(&["harassment"])),
    ("severe_toxicity", Categories(&["harassment"])),
    ("obscene", Categories(&["sexual"])),
    ("sexual_explicit", Categories(&["sexual"])),
    ("threat", Categories(&["harassment/threatening", "violence"])),
    ("insult", Categories(&["harassment"])),
    ("identity_hate", Categories(&["hate"])),
    ("identity_attack", Categories(&["hate"])),
    ("offensive", Categories(&["harassment"])),
    ("hateful", Categories(&["hate"])),
    ("nsfw", Categories(&["sexual"])),
    ("self_harm", Categories(&["self-harm"])),
    // KoalaAI.
    ("s", Categories(&["sexual"])),
    ("h", Categories(&["hate"])),
    ("v", Categories(&["violence"])),
    ("hr", Categories(&["harassment"])),
    ("sh", Categories(&["self-harm"])),
    ("s3", Categories(&["sexual", "sexual/minors"])),
    ("h2", Categories(&["hate", "hate/threatening"])),
    ("v2", Categories(&["violence", "violence/graphic"])),
    // OpenAI.
    ("harassment", Categories(&["harassment"])),
    ("harassment/threatening", Categories(&["harassment", "harassment/threatening"])),
    ("hate", Categories(&["hate"])),
    ("hate/threatening", Categories(&["hate", "hate/threatening"])),
    ("illicit", Categories(&["illicit"])),
    ("illicit/violent", Categories(&["illicit", "illicit/violent"])),
    ("self_harm/instructions", Categories(&["self-harm", "self-harm/instructions"])),
    ("self_harm/intent", Categories(&["self-harm", "self-harm/intent"])),
    ("sexual", Categories(&["sexual"])),
    ("sexual/minors", Categories(&["sexual", "sexual/minors"])),
    ("violence", Categories(&["violence"])),
    ("violence/graphic", Categories(&["violence", "violence/graphic"])),
];

pub(super) fn meaning(label: &str) -> Option<Meaning> {
    let plain = label.trim().to_lowercase().replace(['-', ' '], "_");
    KNOWN.iter().find(|(name, _)| *name == plain).map(|(_, meaning)| *meaning)
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use shared_chat::MODERATION_CATEGORIES;

    use super::*;

    #[test]
    fn every_category_has_its_label_and_labels_name_categories() {
        for category in MODERATION_CATEGORIES {
            let Some(Categories(meant)) = meaning(category) else { panic!("{category} is not a label") };
            assert!(meant.contains(&category), "{category}");
        }
        let names: HashSet<_> = KNOWN.iter().map(|(name, _)| name).collect();
        assert_eq!(names.len(), KNOWN.len());
        for (name, meaning) in KNOWN {
            if let Categories(categories) = meaning {
                assert!(categories.iter().all(|one| MODERATION_CATEGORIES.contains(one)), "{name}");
            }
        }
    }

    #[test]
    fn case_and_separators_do_not_matter() {
        assert_eq!(meaning("Self-Harm"), Some(Categories(&["self-harm"])));
        assert_eq!(meaning("SEVERE TOXIC"), meaning("severe_toxic"));
        assert_eq!(meaning("LABEL_1"), None);
    }
}
