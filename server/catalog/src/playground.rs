//! The playground's rules, and what it asks of a gateway.

use async_trait::async_trait;
use axum::{body::Bytes, response::Response};
use shared::{ApiKeyId, ErrorCode};
use web::Problem;

/// The name of a project's playground key, as usage shows it.
pub const KEY_NAME: &str = "Playground";
const MAX_TITLE: usize = 120;
const MAX_SETUP_BYTES: usize = 256 << 10;

/// Makes a project's calls without a secret; implemented over the gateway where the server is wired.
#[async_trait]
pub trait PlaygroundGateway: Send + Sync + 'static {
    /// Answers a chat completion as `/v1/chat/completions` would answer this key: the same stages, limits, metering and
    /// errors, streamed where the body asks for it. The key may have been made a moment ago.
    async fn chat(&self, key: ApiKeyId, body: Bytes, request_id: Option<String>) -> Response;
}

/// A process that serves no calls has no playground either.
pub fn no_gateway() -> Problem {
    Problem::new(ErrorCode::Unavailable, "This server makes no model calls. Use one that runs a gateway.")
}

pub fn check_title(title: &str) -> Result<&str, Problem> {
    let title = title.trim();
    if (1..=MAX_TITLE).contains(&title.chars().count()) {
        return Ok(title);
    }
    Err(Problem::field("title", format!("expected 1 to {MAX_TITLE} characters")))
}

pub fn check_setup(setup: &serde_json::Value) -> Result<(), Problem> {
    if !setup.is_object() {
        return Err(Problem::field("setup", "expected a JSON object"));
    }
    let bytes = setup.to_string().len();
    if bytes > MAX_SETUP_BYTES {
        let accepted = format!("{bytes} bytes: expected at most {MAX_SETUP_BYTES}; leave out large images");
        return Err(Problem::field("setup", accepted));
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn a_share_is_an_object_of_bounded_size_with_a_title() {
        assert_eq!(check_title("  Tone  ").unwrap(), "Tone");
        assert!(check_title(" ").is_err() && check_title(&"x".repeat(121)).is_err());
        assert!(check_setup(&json!({"models": ["a"]})).is_ok());
        assert!(check_setup(&json!("text")).is_err());
        assert!(check_setup(&json!({"image": "x".repeat(MAX_SETUP_BYTES)})).is_err());
    }
}
