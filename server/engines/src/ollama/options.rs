//! Sampling options, which Ollama has in an object of their own.

use serde_json::{Map, Number, Value};
use shared_chat::{Rest, Stop};

use crate::{PrepareContext, Unsupported};

/// Options by our name and Ollama's.
const SAME: &[(&str, &str)] = &[
    ("frequency_penalty", "frequency_penalty"),
    ("presence_penalty", "presence_penalty"),
    ("repetition_penalty", "repeat_penalty"),
    ("top_k", "top_k"),
    ("min_p", "min_p"),
];
/// Fields that are Ollama's own but not the caller's to set, or that it would read otherwise.
const KEPT_BACK: &[&str] = &[
    "keep_alive",
    "options",
    "format",
    "think",
    "reasoning_effort",
    "reasoning",
    "logprobs",
    "raw",
    "template",
    "context",
    "system",
    "truncate",
];

/// What of a request sets how tokens are chosen.
pub struct Sampling<'a> {
    pub limit: Option<u64>,
    pub temperature: Option<&'a Number>,
    pub top_p: Option<&'a Number>,
    pub seed: Option<i64>,
    pub stop: Option<&'a Stop>,
    pub rest: &'a Rest,
}

pub fn options(sampling: &Sampling<'_>, context: &PrepareContext<'_>) -> Value {
    let mut options = Map::new();
    let mut set = |key: &str, value: Option<Value>| {
        if let Some(value) = value.filter(|value| !value.is_null()) {
            options.insert(key.to_owned(), value);
        }
    };
    set("num_ctx", context.context_length.map(Value::from));
    set("num_predict", sampling.limit.map(Value::from));
    set("temperature", sampling.temperature.cloned().map(Value::Number));
    set("top_p", sampling.top_p.cloned().map(Value::Number));
    set("seed", sampling.seed.map(Value::from));
    set("stop", sampling.stop.map(|stop| stop.as_slice().into()));
    for (ours, theirs) in SAME {
        set(theirs, sampling.rest.get(*ours).cloned());
    }
    Value::Object(options)
}

/// Fields that are not known here reach the engine too.
pub fn passed_through(rest: &Rest) -> Map<String, Value> {
    let own = |key: &str| KEPT_BACK.contains(&key) || SAME.iter().any(|(ours, _)| *ours == key);
    rest.iter().filter(|(key, _)| !own(key)).map(|(key, value)| (key.clone(), value.clone())).collect()
}

/// Refuses the first of these fields that is set.
pub fn refuse(rest: &Rest, fields: &[&str]) -> Result<(), Unsupported> {
    let set = |field: &&&str| rest.get(**field).is_some_and(|value| !value.is_null());
    fields.iter().find(set).map_or(Ok(()), |field| Err(Unsupported::unknown(*field)))
}
