//! Answers as they are told: judged by OpenAI's document where it is at hand, costs read in their exact digits.

use http::StatusCode;
use rust_decimal::Decimal;
use serde_json::Value;

/// The body of a call that went well.
pub async fn good(request: reqwest::RequestBuilder) -> Value {
    serde_json::from_str(&good_text(request).await).unwrap()
}

/// The same as text.
pub async fn good_text(request: reqwest::RequestBuilder) -> String {
    let response = request.send().await.unwrap();
    let status = response.status();
    let text = response.text().await.unwrap();
    assert_eq!(status, StatusCode::OK, "{text}");
    text
}

/// Status, code and field of a refusal.
pub async fn refused(request: reqwest::RequestBuilder) -> (u16, String, Option<String>) {
    let response = request.send().await.unwrap();
    let status = response.status().as_u16();
    let body: Value = response.json().await.unwrap();
    let error = &body["error"];
    assert_eq!(error.as_object().map(serde_json::Map::len), Some(4), "{body}");
    (status, error["code"].as_str().unwrap().to_owned(), error["param"].as_str().map(str::to_owned))
}

/// The digits of the first `cost` in a text of JSON.
pub fn cost(text: &str) -> Decimal {
    let (_, after) = text.split_once("\"cost\":").expect("a cost");
    let digits: String = after.chars().take_while(|c| c.is_ascii_digit() || "eE.+-".contains(*c)).collect();
    assert!(!digits.contains(['e', 'E']), "in plain digits: {digits}");
    digits.parse().unwrap()
}

/// Judged by a schema of OpenAI's document, where it is at hand.
pub fn judge(schema: &str, value: &Value) {
    if let Some(spec) = testkit::openai_spec() {
        spec.check(schema, value).unwrap_or_else(|wrong| panic!("not a {schema}:\n{wrong}\n{value:#}"));
    }
}

/// An event of a streamed response.
pub fn judge_event(value: &Value) {
    if let Some(spec) = testkit::openai_spec() {
        spec.check_event(value).unwrap_or_else(|wrong| panic!("{wrong}\n{value:#}"));
    }
}
