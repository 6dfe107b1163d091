//! What classifiers say, in OpenAI's categories.

use dialects::moderations::{self, NotAModerator};
use serde_json::json;
use shared_chat::{Classification, MODERATION_CATEGORIES, ModerationRequest, ModerationResult};

fn said(probs: &[f64], label: Option<&str>) -> Classification {
    Classification {
        index: 0,
        label: label.map(str::to_owned),
        probs: probs.to_vec(),
        num_classes: probs.len() as u32,
        labels: None,
        rest: shared_chat::Rest::new(),
    }
}

fn flagged(result: &ModerationResult) -> Vec<&str> {
    result.categories.iter().filter(|(_, flagged)| **flagged).map(|(category, _)| category.as_str()).collect()
}

#[test]
fn scores_count_for_the_categories_that_their_labels_mean() {
    let labels = ["toxic", "threat", "identity_hate"].map(str::to_owned);
    let result = moderations::from_classification(&said(&[0.91, 0.2, 0.5], None), &labels).unwrap();
    assert!(result.flagged);
    assert_eq!(flagged(&result), ["harassment", "hate"]);
    assert!((result.category_scores["violence"] - 0.2).abs() < f64::EPSILON);
    assert_eq!(result.categories.len(), MODERATION_CATEGORIES.len());
    assert_eq!(result.category_applied_input_types["hate"], ["text"]);
}

#[test]
fn nothing_is_flagged_below_the_threshold_or_by_what_is_harmless() {
    let labels = ["neutral", "toxic"].map(str::to_owned);
    let result = moderations::from_classification(&said(&[0.99, 0.01], None), &labels).unwrap();
    assert!(!result.flagged);
    assert_eq!(flagged(&result), [""; 0]);
}

#[test]
fn the_likeliest_label_alone_is_enough() {
    let result = moderations::from_classification(&said(&[0.1, 0.9], Some("Hate")), &[]).unwrap();
    assert_eq!(flagged(&result), ["hate"]);
    assert_eq!(result.rest["labels"], json!(["Hate"]));
    let result = moderations::from_classification(&said(&[0.1, 0.9], Some("unsafe")), &[]).unwrap();
    assert!(result.flagged);
}

#[test]
fn labels_that_say_nothing_are_an_error_and_not_harmless() {
    let unknown = NotAModerator::UnknownLabel("LABEL_1".to_owned());
    assert_eq!(moderations::from_classification(&said(&[0.9], Some("LABEL_1")), &[]).unwrap_err(), unknown);
    assert_eq!(
        moderations::from_classification(&said(&[0.9], None), &[]).unwrap_err(),
        NotAModerator::Unnamed
    );
}

#[test]
fn a_score_that_is_no_number_flags_nothing() {
    let labels = ["toxic".to_owned()];
    let result = moderations::from_classification(&said(&[f64::NAN], None), &labels).unwrap();
    assert!(!result.flagged);
    assert!(result.category_scores.values().all(|score| score.is_finite()));
}

#[test]
fn llama_guard_s_words_are_understood() {
    assert!(!moderations::from_text("\n\nsafe").unwrap().flagged);
    let result = moderations::from_text("unsafe\nS1,S10").unwrap();
    assert_eq!(flagged(&result), ["hate", "illicit/violent", "violence"]);
    assert_eq!(result.rest["labels"], json!(["S1", "S10"]));
    assert!(moderations::from_text("unsafe").unwrap().flagged);
    assert_eq!(moderations::from_text("I cannot").unwrap_err(), NotAModerator::NoVerdict);
    assert!(moderations::from_text("unsafe\nS99").is_err());
    for hazard in 1..=14 {
        let result = moderations::from_text(&format!("unsafe\nS{hazard}")).unwrap();
        assert!(result.flagged && !flagged(&result).is_empty(), "S{hazard}");
    }
}

#[test]
fn inputs_are_texts_one_for_each_result() {
    let of = |input: serde_json::Value| -> ModerationRequest {
        serde_json::from_value(json!({"input": input})).unwrap()
    };
    assert_eq!(moderations::inputs(&of(json!("a"))).unwrap(), ["a"]);
    assert_eq!(moderations::inputs(&of(json!(["a", "b"]))).unwrap(), ["a", "b"]);
    let parts = json!([{"type": "text", "text": "a"}, {"type": "text", "text": "b"}]);
    assert_eq!(moderations::inputs(&of(parts)).unwrap(), ["a\nb"]);
    let image = json!([{"type": "image_url", "image_url": {"url": "x"}}]);
    assert_eq!(moderations::inputs(&of(image)).unwrap_err().field, "input");
    assert!(moderations::inputs(&of(json!([]))).is_err());
}
