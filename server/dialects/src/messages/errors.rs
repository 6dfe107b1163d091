//! Errors as Anthropic's packages expect them. Source: Anthropic's API reference, "Errors".

use bytes::Bytes;
use serde_json::{Value, json};
use shared_chat::ErrorObject;

/// The type that goes with a status of ours.
pub fn error_type(status: u16, error: &ErrorObject) -> &'static str {
    match (status, error.kind.as_str()) {
        (_, "overloaded_error") => "overloaded_error",
        (413, _) => "request_too_large",
        (400..=499, _) => match status {
            401 => "authentication_error",
            402 => "billing_error",
            403 => "permission_error",
            404 => "not_found_error",
            429 => "rate_limit_error",
            _ => "invalid_request_error",
        },
        (504, _) | (_, "timeout_error") => "timeout_error",
        _ => "api_error",
    }
}

/// The status on this surface: an overload is 529 here.
pub fn status(status: u16, error: &ErrorObject) -> u16 {
    if error_type(status, error) == "overloaded_error" { 529 } else { status }
}

/// The body of an error.
pub fn error_body(status: u16, error: &ErrorObject, request_id: Option<&str>) -> Bytes {
    error_value(status, error, request_id).to_string().into()
}

pub(super) fn error_value(status: u16, error: &ErrorObject, request_id: Option<&str>) -> Value {
    let told = json!({"type": error_type(status, error), "message": error.message});
    json!({"type": "error", "error": told, "request_id": request_id})
}

/// The status that an error has which comes without one, inside a stream.
pub(super) fn status_of(error: &ErrorObject) -> u16 {
    match error.kind.as_str() {
        "invalid_request_error" => 400,
        "authentication_error" => 401,
        "permission_error" => 403,
        "rate_limit_error" => 429,
        "overloaded_error" => 503,
        "timeout_error" => 504,
        _ => 500,
    }
}
