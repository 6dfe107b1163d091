//! The same over a WebSocket: a request is an event of the client's, an error has another form.

use serde::Deserialize;
use serde_json::{Map, Value, json};
use shared_chat::ErrorObject;

use super::ResponsesRequest;
use crate::{Refused, fields::quoted};

/// Reads `{"type":"response.create", …the request…}`.
pub fn client_event(text: &str) -> Result<ResponsesRequest, Refused> {
    let mut event: Map<String, Value> = serde_json::from_str(text)
        .map_err(|_| Refused::wrong("(message)", "not a JSON object", "an event with a `type`"))?;
    match event.remove("type") {
        Some(Value::String(kind)) if kind == "response.create" => {}
        Some(Value::String(other)) => {
            return Err(Refused::wrong("type", &quoted(&other), "\"response.create\""));
        }
        _ => return Err(Refused::missing("type", "\"response.create\"")),
    }
    if event.get("stream_id").is_some_and(|id| !id.is_null()) {
        return Err(Refused::unsupported("stream_id", "a connection makes one response at a time"));
    }
    // Here everything streams.
    event.insert("stream".to_owned(), true.into());
    ResponsesRequest::deserialize(Value::Object(event)).map_err(|error| {
        let said = error.to_string();
        // The reader quotes the field that it misses or stumbles on, if any.
        let field = said.split('`').nth(1).unwrap_or("(message)").to_owned();
        Refused::wrong(field, &format!("not as it should be ({said})"), "the body of POST /v1/responses")
    })
}

/// An error on a WebSocket. Source: `ResponseWsError`.
pub fn socket_error(status: u16, error: &ErrorObject) -> Value {
    json!({"type": "error", "status": status, "error": error})
}
