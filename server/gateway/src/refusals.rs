//! Fields that ask for what is not built, and values that no engine should see: refused by name, never passed on as
//! if they had worked. Every other field that is not typed passes through untouched.

use serde_json::Value;
use shared::ErrorCode;
use shared_chat::ChatRequest;

use crate::error::CallError;

/// Answers that one call may ask for.
const MOST_ANSWERS: u32 = 128;

/// What a refused field would do, and what to do without it.
const NOT_BUILT: &[(&str, &str)] = &[
    ("rag", "document collections are not available here; put the context into `messages`"),
    ("models", "a list of fallback models is not available; name one in `model`"),
    ("provider", "choosing among providers is not available; the platform picks the deployment"),
    ("route", "choosing a route is not available; the platform picks the deployment"),
    ("sort", "sorting deployments is not available; the platform picks the deployment"),
    ("transforms", "message transforms are not available; shorten `messages` yourself"),
    ("plugins", "plugins are not available"),
    ("preset", "presets are not available; send the parameters themselves"),
    ("prompt", "named prompts and bare text prompts are not available here; send `messages`"),
    ("web_search_options", "web search is not available"),
    ("audio", "audio output is not available"),
];

pub(crate) fn check(request: &ChatRequest) -> Result<(), CallError> {
    for (field, why) in NOT_BUILT {
        // `null` is how generated clients say "not set".
        if request.rest.get(*field).is_some_and(|value| !value.is_null()) {
            return Err(refuse(field, format!("`{field}` is not supported: {why}.")));
        }
    }
    options(request)?;
    values(request)
}

/// Fields of which some values are fine.
fn options(request: &ChatRequest) -> Result<(), CallError> {
    let rest = |field| request.rest.get(field).filter(|value| !value.is_null());
    if rest("store").is_some_and(|store| *store != Value::Bool(false)) {
        return Err(refuse(
            "store",
            "`store` is not supported: completions are not kept. Leave it out or send false.",
        ));
    }
    if let Some(modalities) = rest("modalities") {
        let only_text = modalities.as_array().is_some_and(|all| all.iter().all(|one| one == "text"));
        if !only_text {
            return Err(refuse("modalities", "`modalities` other than [\"text\"] are not supported."));
        }
    }
    if let Some(tier) = rest("service_tier")
        && tier != "auto"
        && tier != "default"
    {
        return Err(refuse(
            "service_tier",
            "`service_tier` is not supported but as \"auto\" or \"default\".",
        ));
    }
    if request.stream_options.is_some() && !request.wants_stream() {
        let message = "`stream_options` is only accepted with `stream: true`.";
        return Err(CallError::field(ErrorCode::InvalidValue, "stream_options", message));
    }
    Ok(())
}

fn values(request: &ChatRequest) -> Result<(), CallError> {
    let wrong = |field: &str, message: String| Err(CallError::field(ErrorCode::InvalidValue, field, message));
    if request.model.is_empty() {
        return wrong("model", "`model` is empty. GET /v1/models lists those you may use.".to_owned());
    }
    if request.messages.is_empty() {
        return wrong("messages", "`messages` is empty: send at least one message.".to_owned());
    }
    if let Some(answers) = request.n.filter(|n| !(1..=MOST_ANSWERS).contains(n)) {
        return wrong("n", format!("`n` is {answers}: accepted is 1 to {MOST_ANSWERS}."));
    }
    for (field, limit) in
        [("max_tokens", request.max_tokens), ("max_completion_tokens", request.max_completion_tokens)]
    {
        if limit == Some(0) {
            return wrong(field, format!("`{field}` is 0: accepted is 1 or more."));
        }
    }
    Ok(())
}

fn refuse(field: &str, message: impl Into<String>) -> CallError {
    CallError::field(ErrorCode::UnsupportedField, field, message)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn with(field: &str, value: Value) -> Result<(), CallError> {
        let mut body = json!({"model": "m", "messages": [{"role": "user", "content": "hi"}]});
        body[field] = value;
        check(&serde_json::from_value(body).unwrap())
    }

    #[test]
    fn what_is_not_built_is_refused_by_name() {
        for (field, _) in NOT_BUILT {
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
