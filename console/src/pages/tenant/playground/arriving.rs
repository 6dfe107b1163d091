//! An answer as it arrives: what each event of the stream adds to it.

use serde::Deserialize;

use super::talk::{Answer, ToolCall, Usage};

/// Of an event, what is shown. The whole type of the dialect keeps unknown fields, which would weigh on the wasm.
#[derive(Deserialize)]
struct Event {
    #[serde(default)]
    choices: Vec<Choice>,
    usage: Option<Usage>,
    error: Option<Failure>,
}

#[derive(Deserialize)]
struct Choice {
    #[serde(default)]
    delta: Delta,
    finish_reason: Option<String>,
}

#[derive(Default, Deserialize)]
struct Delta {
    content: Option<String>,
    reasoning_content: Option<String>,
    reasoning: Option<String>,
    tool_calls: Option<Vec<Piece>>,
}

#[derive(Deserialize)]
struct Piece {
    #[serde(default)]
    index: usize,
    id: Option<String>,
    function: Option<FunctionPiece>,
}

#[derive(Deserialize)]
struct FunctionPiece {
    name: Option<String>,
    arguments: Option<String>,
}

#[derive(Deserialize)]
struct Failure {
    message: String,
}

impl Answer {
    /// Takes one event of the stream, which came at `now`.
    pub fn take(&mut self, event: &[u8], now: f64) {
        let Ok(Event { choices, usage, error }) = serde_json::from_slice(event) else { return };
        if let Some(usage) = usage {
            self.usage = Some(usage);
        }
        if let Some(failure) = error {
            self.error = Some(failure.message);
        }
        for Choice { delta, finish_reason } in choices {
            self.grow(delta, now);
            if finish_reason.is_some() {
                self.finish = finish_reason;
            }
        }
    }

    fn grow(&mut self, delta: Delta, now: f64) {
        let reasoning = delta.reasoning_content.or(delta.reasoning).unwrap_or_default();
        let text = delta.content.unwrap_or_default();
        let calls = delta.tool_calls.unwrap_or_default();
        if reasoning.is_empty() && text.is_empty() && calls.is_empty() {
            return;
        }
        self.first_at.get_or_insert(now);
        self.last_at = now;
        self.pieces += 1;
        self.reasoning.push_str(&reasoning);
        self.text.push_str(&text);
        for Piece { index, id, function } in calls {
            // A call's place comes from outside: no more of them than anybody would read.
            if index >= 64 {
                continue;
            }
            if self.tools.len() <= index {
                self.tools.resize_with(index + 1, ToolCall::default);
            }
            let call = &mut self.tools[index];
            call.id.push_str(&id.unwrap_or_default());
            if let Some(FunctionPiece { name, arguments }) = function {
                call.name.push_str(&name.unwrap_or_default());
                call.arguments.push_str(&arguments.unwrap_or_default());
            }
        }
    }
}

/// How much of a text is whole paragraphs, in bytes: up to the last empty line outside of a block of code.
pub fn settled(text: &str) -> usize {
    let (mut end, mut at, mut in_code) = (0, 0, false);
    for line in text.split_inclusive('\n').filter(|line| line.ends_with('\n')) {
        at += line.len();
        let words = line.trim();
        if words.starts_with("```") || words.starts_with("~~~") {
            in_code = !in_code;
        } else if words.is_empty() && !in_code {
            end = at;
        }
    }
    end
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::pages::tenant::playground::talk::{Said, Turn};

    fn taken(events: &[&str]) -> Answer {
        let mut answer = Answer::asked(100.0);
        for (at, event) in events.iter().enumerate() {
            answer.take(event.as_bytes(), 300.0 + at as f64 * 100.0);
        }
        answer
    }

    #[test]
    fn speed_is_measured_from_the_first_token_on() {
        let answer = taken(&[
            r#"{"choices":[{"index":0,"delta":{"role":"assistant","content":""}}]}"#,
            r#"{"choices":[{"index":0,"delta":{"content":"a"}}]}"#,
            r#"{"choices":[{"index":0,"delta":{"content":"b"}}]}"#,
            r#"{"choices":[{"index":0,"delta":{"content":"c"},"finish_reason":"stop"}]}"#,
            r#"{"choices":[],"usage":{"prompt_tokens":7,"completion_tokens":5,"cost":0.00012}}"#,
        ]);
        assert_eq!((answer.text.as_str(), answer.finish.as_deref()), ("abc", Some("stop")));
        assert_eq!(answer.first_token_ms(), Some(300.0));
        assert_eq!(answer.tokens(), 5);
        assert_eq!(answer.rate(), Some(20.0));
        assert_eq!(answer.usage.unwrap().cost.unwrap().to_string(), "0.00012");
    }

    #[test]
    fn a_tool_call_is_joined_from_its_pieces_and_answered() {
        let answer = taken(&[
            r#"{"choices":[{"delta":{"tool_calls":[{"index":0,"id":"c1","function":{"name":"weather","arguments":"{\"ci"}}]}}]}"#,
            r#"{"choices":[{"delta":{"tool_calls":[{"index":0,"function":{"arguments":"ty\":1}"}}]},"finish_reason":"tool_calls"}]}"#,
        ]);
        assert_eq!(answer.open_calls()[0].arguments, r#"{"city":1}"#);
        let asked = Turn::new(Said::Text { text: "?".into(), images: Vec::new() }, answer);
        let told = Turn::new(Said::Results(vec![("c1".into(), "sunny".into())]), Answer::default());
        let messages: Vec<_> = [asked, told].iter().flat_map(Turn::messages).collect();
        assert_eq!(messages[1]["tool_calls"][0]["function"]["name"], "weather");
        assert_eq!(messages[2], json!({"role":"tool","tool_call_id":"c1","content":"sunny"}));
    }

    #[test]
    fn paragraphs_are_settled_once_an_empty_line_follows() {
        for (text, whole) in [
            ("", ""),
            ("one\ntwo", ""),
            ("one\n\ntw", "one\n\n"),
            ("one\n\n```\na\n\nb", "one\n\n"),
            ("```\na\n\nb\n```\n\nc", "```\na\n\nb\n```\n\n"),
            ("Größe\r\n\r\n ", "Größe\r\n\r\n"),
        ] {
            assert_eq!(&text[..settled(text)], whole, "{text:?}");
        }
    }

    #[test]
    fn a_stream_that_breaks_says_why() {
        let answer = taken(&[r#"{"choices":[],"error":{"message":"the engine went away"}}"#, "not json"]);
        assert_eq!(answer.error.as_deref(), Some("the engine went away"));
        assert_eq!(answer.rate(), None);
    }

    #[test]
    fn images_travel_as_parts() {
        let said = Said::Text { text: "what is it".into(), images: vec!["data:image/png;base64,AA".into()] };
        let messages = Turn::new(said, Answer::default()).messages();
        assert_eq!(messages[0]["content"][1]["image_url"]["url"], "data:image/png;base64,AA");
        assert_eq!(messages.len(), 1);
    }
}
