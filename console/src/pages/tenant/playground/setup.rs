//! What a playground is set to, and the request that it makes of it. Pure: the same on the server and in the browser.

use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use super::talk::Turn;

/// The settings as they were typed. This is what a shared link keeps.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Setup {
    /// Up to three names, side by side.
    pub models: Vec<String>,
    pub system: String,
    /// What stands in the box where one writes.
    pub prompt: String,
    pub temperature: String,
    pub top_p: String,
    pub max_tokens: String,
    pub seed: String,
    /// One a line.
    pub stop: String,
    /// A JSON schema that answers must follow.
    pub schema: String,
    /// A JSON array of tools.
    pub tools: String,
}

/// How many models stand side by side.
pub const MOST: usize = 3;

/// Which field cannot be sent, and why.
pub type Refusal = (&'static str, String);

/// The parameters of a request in the order in which people read them.
pub type Body = Vec<(&'static str, Value)>;

impl Setup {
    /// What is wrong with the settings; empty where nothing is.
    pub fn refusals(&self) -> Vec<Refusal> {
        self.parameters().err().unwrap_or_default()
    }

    /// A request to one model, after what was said before.
    pub fn request(&self, model: &str, messages: Vec<Value>) -> Result<Body, Vec<Refusal>> {
        let mut body = vec![("model", json!(model)), ("messages", Value::Array(messages))];
        body.extend(self.parameters()?);
        Ok(body)
    }

    /// The messages of a conversation, the system prompt first.
    pub fn messages(&self, turns: &[Turn]) -> Vec<Value> {
        let system = self.system.trim();
        let first = (!system.is_empty()).then(|| json!({ "role": "system", "content": system }));
        first.into_iter().chain(turns.iter().flat_map(Turn::messages)).collect()
    }

    fn parameters(&self) -> Result<Body, Vec<Refusal>> {
        let read = [
            number("temperature", &self.temperature, 0.0, 2.0),
            number("top_p", &self.top_p, 0.0, 1.0),
            whole("max_tokens", &self.max_tokens, 1),
            whole("seed", &self.seed, i64::MIN),
            Ok(stops(&self.stop)),
            schema(&self.schema),
            tools(&self.tools),
        ];
        let mut body = Body::new();
        let mut refused = Vec::new();
        for one in read {
            match one {
                Ok(value) => body.extend(value),
                Err(refusal) => refused.push(refusal),
            }
        }
        if refused.is_empty() { Ok(body) } else { Err(refused) }
    }
}

type Parameter = Result<Option<(&'static str, Value)>, Refusal>;

fn number(name: &'static str, text: &str, least: f64, most: f64) -> Parameter {
    let text = text.trim();
    if text.is_empty() {
        return Ok(None);
    }
    match text.parse::<f64>() {
        Ok(value) if (least..=most).contains(&value) => Ok(Some((name, json!(value)))),
        _ => Err((name, format!("Expected a number from {least} to {most}"))),
    }
}

fn whole(name: &'static str, text: &str, least: i64) -> Parameter {
    let text = text.trim();
    if text.is_empty() {
        return Ok(None);
    }
    match text.parse::<i64>() {
        Ok(value) if value >= least => Ok(Some((name, json!(value)))),
        _ if least > 0 => Err((name, format!("Expected a whole number of at least {least}"))),
        _ => Err((name, "Expected a whole number".to_owned())),
    }
}

fn stops(text: &str) -> Option<(&'static str, Value)> {
    let lines: Vec<_> = text.lines().filter(|line| !line.is_empty()).collect();
    match lines.as_slice() {
        [] => None,
        [one] => Some(("stop", json!(one))),
        several => Some(("stop", json!(several))),
    }
}

fn schema(text: &str) -> Parameter {
    let Some(value) = parsed("schema", text)? else { return Ok(None) };
    if !value.is_object() {
        return Err(("schema", "Expected a JSON schema: an object".to_owned()));
    }
    let format = json!({ "type": "json_schema", "json_schema": { "name": "answer", "schema": value } });
    Ok(Some(("response_format", format)))
}

fn tools(text: &str) -> Parameter {
    let Some(value) = parsed("tools", text)? else { return Ok(None) };
    let functions = |tools: &Vec<Value>| {
        tools.iter().all(|tool| tool["type"].is_string() && tool["function"]["name"].is_string())
    };
    match value.as_array() {
        Some(none) if none.is_empty() => Ok(None),
        Some(tools) if functions(tools) => Ok(Some(("tools", value))),
        _ => Err((
            "tools",
            r#"Expected an array of tools: [{"type": "function", "function": {"name": …}}]"#.to_owned(),
        )),
    }
}

fn parsed(name: &'static str, text: &str) -> Result<Option<Value>, Refusal> {
    let text = text.trim();
    if text.is_empty() {
        return Ok(None);
    }
    serde_json::from_str(text).map(Some).map_err(|error| (name, format!("Not JSON: {error}")))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_left_empty_is_not_sent() {
        let body = Setup::default().request("m", Vec::new()).unwrap();
        assert_eq!(body, [("model", json!("m")), ("messages", json!([]))]);
    }

    #[test]
    fn parameters_are_sent_in_the_form_of_the_api() {
        let setup = Setup {
            temperature: "0.7".into(),
            max_tokens: " 64 ".into(),
            stop: "END\n\nSTOP".into(),
            schema: r#"{"type":"object"}"#.into(),
            ..Setup::default()
        };
        let body = setup.request("m", Vec::new()).unwrap();
        assert_eq!(
            body[2..],
            [
                ("temperature", json!(0.7)),
                ("max_tokens", json!(64)),
                ("stop", json!(["END", "STOP"])),
                (
                    "response_format",
                    json!({"type":"json_schema","json_schema":{"name":"answer","schema":{"type":"object"}}})
                ),
            ]
        );
    }

    #[test]
    fn every_bad_field_is_named_at_once() {
        let setup = Setup {
            temperature: "hot".into(),
            top_p: "1.5".into(),
            max_tokens: "0".into(),
            seed: "1.5".into(),
            schema: "{".into(),
            tools: r#"[{"name":"x"}]"#.into(),
            ..Setup::default()
        };
        let fields: Vec<_> = setup.refusals().into_iter().map(|(field, _)| field).collect();
        assert_eq!(fields, ["temperature", "top_p", "max_tokens", "seed", "schema", "tools"]);
    }

    #[test]
    fn an_older_share_still_opens() {
        let setup: Setup = serde_json::from_str(r#"{"models":["a"],"of_tomorrow":1}"#).unwrap();
        assert_eq!(setup.models, ["a"]);
    }
}
