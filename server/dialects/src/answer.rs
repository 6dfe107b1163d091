//! What is read of a chat answer, whole or in chunks. Everything may be missing: engines differ.

use serde::{Deserialize, Deserializer};
use serde_json::Value;
use shared_chat::Usage;

use crate::Unreadable;

/// A chat completion or a chunk of one.
#[derive(Debug, Default, Deserialize)]
pub(crate) struct Answer {
    #[serde(default)]
    choices: Vec<Choice>,
    #[serde(default)]
    pub(crate) usage: Option<Usage>,
}

#[derive(Debug, Default, Deserialize)]
pub(crate) struct Choice {
    #[serde(default)]
    index: u32,
    #[serde(default, alias = "delta")]
    pub(crate) message: Option<Said>,
    #[serde(default)]
    pub(crate) finish_reason: Option<String>,
    /// vLLM's: the text of `stop` that ended the answer.
    #[serde(default)]
    pub(crate) stop_reason: Option<Value>,
    #[serde(default)]
    pub(crate) logprobs: Option<Logprobs>,
}

#[derive(Debug, Default, Deserialize)]
pub(crate) struct Logprobs {
    #[serde(default)]
    pub(crate) content: Option<Vec<Value>>,
}

/// What the model said, or said next.
#[derive(Debug, Default, Deserialize)]
pub(crate) struct Said {
    #[serde(default, deserialize_with = "lenient")]
    pub(crate) content: Option<String>,
    /// The name that DeepSeek gave it and most engines have.
    #[serde(default, deserialize_with = "lenient")]
    reasoning_content: Option<String>,
    /// vLLM's newer name, also OpenRouter's.
    #[serde(default, deserialize_with = "lenient")]
    reasoning: Option<String>,
    #[serde(default, deserialize_with = "lenient")]
    pub(crate) refusal: Option<String>,
    #[serde(default)]
    pub(crate) tool_calls: Option<Vec<CallPiece>>,
    /// Of an engine that speaks Anthropic's dialect.
    #[serde(default)]
    thinking_blocks: Option<Vec<ThinkingBlock>>,
}

/// Reasoning as Anthropic gives it: said, proved, or sealed.
#[derive(Debug, Default, PartialEq, Eq, Deserialize)]
pub(crate) struct ThinkingBlock {
    #[serde(default)]
    pub(crate) thinking: String,
    #[serde(default)]
    pub(crate) signature: Option<String>,
    /// Of a `redacted_thinking` block.
    #[serde(default)]
    pub(crate) data: Option<String>,
}

/// A tool call, or the next piece of one.
#[derive(Debug, Default, Deserialize)]
pub(crate) struct CallPiece {
    #[serde(default)]
    pub(crate) index: Option<u32>,
    #[serde(default)]
    pub(crate) id: Option<String>,
    #[serde(default)]
    pub(crate) function: CallFunction,
}

#[derive(Debug, Default, Deserialize)]
pub(crate) struct CallFunction {
    #[serde(default)]
    pub(crate) name: Option<String>,
    #[serde(default)]
    pub(crate) arguments: Option<String>,
}

impl Answer {
    pub(crate) fn read(json: &[u8]) -> Result<Self, Unreadable> {
        Ok(serde_json::from_slice(json)?)
    }

    /// The first choice: the dialects know no other.
    pub(crate) fn choice(self) -> Option<Choice> {
        self.choices.into_iter().find(|choice| choice.index == 0)
    }
}

impl Said {
    pub(crate) fn reasoning(&mut self) -> Option<String> {
        self.reasoning_content.take().filter(|text| !text.is_empty()).or_else(|| self.reasoning.take())
    }

    /// Blocks of reasoning, where the engine gives them. Those of a whole answer say what [`Self::reasoning`] says too.
    pub(crate) fn thinking_blocks(&mut self) -> Vec<ThinkingBlock> {
        self.thinking_blocks.take().unwrap_or_default()
    }
}

/// A text, or the texts of an array of parts; anything else is nothing.
fn lenient<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<String>, D::Error> {
    let text = |value: Value| match value {
        Value::String(text) => Some(text),
        Value::Array(parts) => {
            let texts = parts.iter().filter_map(|part| part.get("text")?.as_str());
            Some(texts.collect::<String>())
        }
        _ => None,
    };
    Ok(Option::<Value>::deserialize(deserializer)?.and_then(text))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_engines_get_wrong_is_nothing_and_not_an_error() {
        let json = br#"{"choices":[{"delta":{"content":[{"text":"a"},{"text":"b"}],"reasoning":{"x":1}},
            "logprobs":null,"finish_reason":null}]}"#;
        let said = Answer::read(json).unwrap().choice().unwrap().message.unwrap();
        assert_eq!(said.content.as_deref(), Some("ab"));
        assert_eq!(said.reasoning, None);
    }

    #[test]
    fn reasoning_goes_by_either_name() {
        for name in ["reasoning", "reasoning_content"] {
            let json = format!(r#"{{"choices":[{{"index":0,"message":{{"{name}":"why"}}}}]}}"#);
            let mut said = Answer::read(json.as_bytes()).unwrap().choice().unwrap().message.unwrap();
            assert_eq!(said.reasoning().as_deref(), Some("why"));
        }
    }
}
