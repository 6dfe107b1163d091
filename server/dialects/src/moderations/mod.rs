//! OpenAI's moderations, made of what a classifier says: labels with scores, or Llama Guard's text.
//!
//! A label stands for categories of OpenAI's; one that stands for none that is known is an error, not "not flagged".

mod guard;
mod labels;

use std::collections::BTreeMap;

use serde_json::Value;
use shared_chat::{
    Classification, MODERATION_CATEGORIES, ModerationRequest, ModerationResponse, ModerationResult, Rest,
};

use crate::{Labels, Refused};

/// The score from which a category is flagged.
pub const THRESHOLD: f64 = 0.5;

/// A classifier whose answer cannot be told in OpenAI's categories.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum NotAModerator {
    /// The engine gave no names for its scores.
    #[error("the classifier does not name its labels")]
    Unnamed,
    #[error("the classifier's label {0:?} is of no known kind")]
    UnknownLabel(String),
    /// A text that is neither safe nor unsafe.
    #[error("the classifier's answer is neither \"safe\" nor \"unsafe\"")]
    NoVerdict,
}

/// The texts to judge, a result for each.
pub fn inputs(request: &ModerationRequest) -> Result<Vec<String>, Refused> {
    let texts = request
        .input
        .texts()
        .ok_or_else(|| Refused::unsupported("input", "images are not judged; accepted are texts"))?;
    if texts.is_empty() {
        return Err(Refused::wrong("input", "empty", "a text or at least one"));
    }
    Ok(texts)
}

/// The result for what a classifier said. `labels` are the names of its scores, where the answer has none itself.
pub fn from_classification(
    said: &Classification,
    labels: &[String],
) -> Result<ModerationResult, NotAModerator> {
    let names = said.labels.as_deref().unwrap_or(labels);
    let mut scores = Scores::default();
    if names.len() == said.probs.len() && !names.is_empty() {
        for (name, score) in names.iter().zip(&said.probs) {
            scores.add(name, *score)?;
        }
        return Ok(scores.result(None));
    }
    // Only the likeliest has a name.
    let name = said.label.as_deref().ok_or(NotAModerator::Unnamed)?;
    let score = said.probs.iter().copied().fold(0.0, f64::max);
    scores.add(name, score)?;
    Ok(scores.result(Some(name)))
}

/// The result for what Llama Guard, or a model like it, said: `safe`, or `unsafe` and the hazards' codes.
pub fn from_text(said: &str) -> Result<ModerationResult, NotAModerator> {
    let verdict = guard::read(said).ok_or(NotAModerator::NoVerdict)?;
    let mut scores = Scores::default();
    for code in &verdict.hazards {
        let categories = guard::categories(code).ok_or_else(|| NotAModerator::UnknownLabel(code.clone()))?;
        for category in categories {
            scores.raise(category, 1.0);
        }
    }
    if !verdict.safe && verdict.hazards.is_empty() {
        scores.flagged = true;
    }
    let mut result = scores.result(None);
    if !verdict.hazards.is_empty() {
        result.rest.insert("labels".to_owned(), verdict.hazards.into());
    }
    Ok(result)
}

/// The whole answer.
pub fn response(labels: &Labels, results: Vec<ModerationResult>) -> ModerationResponse {
    ModerationResponse { id: labels.id.clone(), model: labels.model.clone(), results, rest: Rest::new() }
}

#[derive(Default)]
struct Scores {
    by_category: BTreeMap<&'static str, f64>,
    flagged: bool,
}

impl Scores {
    fn add(&mut self, label: &str, score: f64) -> Result<(), NotAModerator> {
        let score = if score.is_finite() { score.clamp(0.0, 1.0) } else { 0.0 };
        match labels::meaning(label).ok_or_else(|| NotAModerator::UnknownLabel(label.to_owned()))? {
            labels::Meaning::Harmless => {}
            labels::Meaning::Harmful => self.flagged |= score >= THRESHOLD,
            labels::Meaning::Categories(categories) => {
                for category in categories {
                    self.raise(category, score);
                }
            }
        }
        Ok(())
    }

    fn raise(&mut self, category: &'static str, score: f64) {
        let known = self.by_category.entry(category).or_default();
        *known = known.max(score);
    }

    fn result(self, label: Option<&str>) -> ModerationResult {
        let score = |category: &str| self.by_category.get(category).copied().unwrap_or_default();
        let of = |category: &&str| (*category).to_owned();
        let categories = MODERATION_CATEGORIES.iter().map(|one| (of(one), score(one) >= THRESHOLD)).collect();
        let category_scores = MODERATION_CATEGORIES.iter().map(|one| (of(one), score(one))).collect();
        let judged = MODERATION_CATEGORIES.iter().map(|one| (of(one), vec!["text".to_owned()])).collect();
        let flagged = self.flagged || self.by_category.values().any(|score| *score >= THRESHOLD);
        let mut rest = Rest::new();
        if let Some(label) = label {
            rest.insert("labels".to_owned(), Value::from(vec![label]));
        }
        ModerationResult { flagged, categories, category_scores, category_applied_input_types: judged, rest }
    }
}
