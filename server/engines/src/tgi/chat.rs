//! Chat by `/v1/chat/completions`, whose fields TGI reads in its own way.

use serde_json::{Value, json};
use shared_chat::{ChatRequest, Stop};

use crate::{
    EngineRequest, PrepareContext, Task, Unsupported,
    openai::{self, Abilities},
};

/// Known to TGI by name and left unread.
const UNUSED: &[&str] = &["logit_bias"];

pub fn prepare(request: &ChatRequest, context: &PrepareContext<'_>) -> Result<EngineRequest, Unsupported> {
    refuse(request)?;
    let mut request = request.clone();
    // Both names at once are a field twice to it.
    request.max_tokens = request.output_limit();
    request.max_completion_tokens = None;
    request.stop = request.stop.map(|stop| Stop::Many(stop.as_slice().to_vec()));
    request.n = None;
    // It takes shares below one only; one is to keep all tokens.
    request.top_p = request.top_p.filter(|share| share.as_f64().is_none_or(|share| share < 1.0));
    request.response_format = request.response_format.as_ref().map_or(Ok(None), grammar)?;
    for message in request.messages.iter_mut().filter(|message| message.role == "developer") {
        "system".clone_into(&mut message.role);
    }
    openai::prepare(&Abilities::CHAT, Task::Chat(&request), context)
}

fn refuse(request: &ChatRequest) -> Result<(), Unsupported> {
    if request.n.is_some_and(|n| n != 1) {
        return Err(Unsupported::new("n", "must be 1 for this model: its engine gives one answer at a time"));
    }
    if request.seed.is_some_and(|seed| seed < 0) {
        return Err(Unsupported::new("seed", "must not be negative for this model"));
    }
    let set = |field: &&&str| request.rest.get(**field).is_some_and(|value| !value.is_null());
    UNUSED.iter().find(set).map_or(Ok(()), |field| Err(Unsupported::unknown(*field)))
}

/// Its grammars have their schema under `value`.
fn grammar(format: &Value) -> Result<Option<Value>, Unsupported> {
    match format.get("type").and_then(Value::as_str) {
        None if format.is_null() => Ok(None),
        Some("text") => Ok(None),
        Some("json_object") if format.get("value").is_none() => {
            Ok(Some(json!({"type": "json", "value": {"type": "object"}})))
        }
        Some("json_schema") if format.get("value").is_none() => match format.pointer("/json_schema/schema") {
            Some(schema) if schema.is_object() => Ok(Some(json!({"type": "json", "value": schema}))),
            _ => Err(Unsupported::new("response_format.json_schema.schema", "must be a JSON schema object")),
        },
        Some("json" | "regex" | "json_object" | "json_schema") => Ok(Some(format.clone())),
        _ => Err(Unsupported::new("response_format.type", "must be text, json_object or json_schema")),
    }
}
