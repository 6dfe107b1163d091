//! Classifications in vLLM's form.

use shared_chat::{Classification, ClassifyResponse, Rest, Usage};

use super::{index, written};
use crate::{EngineError, Labels, Payload};

/// A label and its probability.
pub type Scored = (String, f64);

/// The labels of each input, in the order of the inputs.
pub fn response(labels: &Labels, inputs: Vec<Vec<Scored>>) -> Result<Payload, EngineError> {
    let classification = |(at, scored): (usize, Vec<Scored>)| {
        let likeliest = scored.iter().max_by(|a, b| a.1.total_cmp(&b.1)).map(|(label, _)| label.clone());
        let (names, probs): (Vec<_>, Vec<_>) = scored.into_iter().unzip();
        Ok(Classification {
            index: index(at)?,
            label: likeliest,
            num_classes: index(probs.len())?,
            probs,
            labels: Some(names),
            rest: Rest::new(),
        })
    };
    written(&ClassifyResponse {
        id: labels.id.clone(),
        object: "list".to_owned(),
        created: labels.created,
        model: labels.model.clone(),
        data: inputs.into_iter().enumerate().map(classification).collect::<Result<_, EngineError>>()?,
        usage: None::<Usage>,
        rest: Rest::new(),
    })
}
