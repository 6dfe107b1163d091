//! `POST /v1/chat/completions`.

use serde_json::Value;
use shared_chat::ChatRequest;

use super::{answers, at_least_one, given, not_built, refuse, service_tier, stream_options, wrong};
use crate::error::CallError;

/// What a refused field would do, and what to do without it.
const NOT_BUILT: &[(&str, &str)] = &[
    ("prompt", "named prompts and bare text prompts are not available here; send `messages`"),
    ("web_search_options", "web search is not available"),
    ("audio", "audio output is not available"),
];

pub(crate) fn check(request: &ChatRequest) -> Result<(), CallError> {
    not_built(&request.rest, NOT_BUILT)?;
    options(request)?;
    if request.messages.is_empty() {
        return Err(wrong("messages", "`messages` is empty: send at least one message."));
    }
    answers("n", request.n)?;
    at_least_one("max_tokens", request.max_tokens)?;
    at_least_one("max_completion_tokens", request.max_completion_tokens)
}

/// Fields of which some values are fine.
fn options(request: &ChatRequest) -> Result<(), CallError> {
    if given(&request.rest, "store").is_some_and(|store| *store != Value::Bool(false)) {
        return Err(refuse(
            "store",
            "`store` is not supported: completions are not kept. Leave it out or send false.",
        ));
    }
    if let Some(modalities) = given(&request.rest, "modalities") {
        let only_text = modalities.as_array().is_some_and(|all| all.iter().all(|one| one == "text"));
        if !only_text {
            return Err(refuse("modalities", "`modalities` other than [\"text\"] are not supported."));
        }
    }
    service_tier(&request.rest)?;
    stream_options(request.stream_options.as_ref(), request.wants_stream())
}

#[cfg(test)]
mod tests {
    use serde_json::json;
    use shared::ErrorCode;

    use super::*;

    fn with(field: &str, value: Value) -> Result<(), CallError> {
        let mut body = json!({"model": "m", "messages": [{"role": "user", "content": "hi"}]});
        body[field] = value;
        check(&serde_json::from_value(body).unwrap())
    }

    #[test]
    fn what_is_not_built_is_refused_by_name() {
        for (field, _) in super::super::NOT_BUILT.iter().chain(NOT_BUILT) {
            let error = with(field, json!({"x": 1})).unwrap_err();
            assert_eq!((error.code, error.param.as_deref()), (ErrorCode::UnsupportedField, Some(*field)));
            assert!(error.message.contains(field));
            assert_eq!(with(field, Value::Null), Ok(()));
        }
    }

    #[test]
    fn a_field_that_has_harmless_values_is_refused_only_with_others() {
        assert_eq!(with("store", json!(false)), Ok(()));
        assert!(with("store", json!(true)).is_err());
        assert_eq!(with("modalities", json!(["text"])), Ok(()));
        assert!(with("modalities", json!(["text", "audio"])).is_err());
        assert_eq!(with("service_tier", json!("auto")), Ok(()));
        assert!(with("service_tier", json!("flex")).is_err());
    }

    #[test]
    fn an_unknown_field_passes() {
        assert_eq!(with("min_p", json!(0.1)), Ok(()));
        assert_eq!(with("a_field_of_tomorrow", json!({"x": [1]})), Ok(()));
    }
}
