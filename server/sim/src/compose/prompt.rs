//! What a caller asks, in whichever dialect it came.

use std::hash::{DefaultHasher, Hash, Hasher};

use serde_json::Value;

use super::tokens;

#[derive(Debug, Clone, Default)]
pub struct Prompt {
    pub turns: Vec<Turn>,
    pub tools: Vec<ToolSpec>,
    pub tool_choice: ToolChoice,
    /// The most tokens an answer may have.
    pub limit: Option<u64>,
    /// The least; an answer is padded to it.
    pub at_least: u64,
    pub stops: Vec<String>,
    pub format: Format,
    /// Whether to think before answering.
    pub reasoning: bool,
    /// At most one tool is called.
    pub one_tool: bool,
    /// Images among the messages.
    pub images: u64,
    /// The LoRA that speaks.
    pub lora: Option<String>,
    /// No chat template is put around it.
    pub bare: bool,
    /// The model judges whether a text is safe, as Llama Guard does.
    pub guard: bool,
}

#[derive(Debug, Clone, Hash)]
pub struct Turn {
    pub role: String,
    pub text: String,
}

#[derive(Debug, Clone)]
pub struct ToolSpec {
    pub name: String,
    pub description: String,
    /// A JSON schema.
    pub parameters: Value,
}

#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub enum ToolChoice {
    None,
    #[default]
    Auto,
    Required,
    Named(String),
}

#[derive(Debug, Clone, Default, PartialEq)]
pub enum Format {
    #[default]
    Text,
    /// JSON of this schema.
    Json(Value),
}

impl Prompt {
    /// The text of the last message with this role.
    pub fn last(&self, role: &str) -> Option<&str> {
        self.turns.iter().rev().find(|turn| turn.role == role).map(|turn| turn.text.as_str())
    }

    /// A bare text to complete.
    pub fn bare(text: String) -> Self {
        Self { turns: vec![Turn { role: "user".to_owned(), text }], bare: true, ..Self::default() }
    }

    pub fn tokens(&self) -> u64 {
        if self.bare {
            return self.turns.iter().map(|turn| tokens::count(&turn.text)).sum::<u64>().max(1);
        }
        let turns: u64 = self.turns.iter().map(turn_tokens).sum();
        let tools: u64 = self
            .tools
            .iter()
            .map(|tool| {
                tokens::count(&tool.name)
                    + tokens::count(&tool.description)
                    + tokens::count(&tool.parameters.to_string())
            })
            .sum();
        turns + tools + self.images * tokens::PER_IMAGE + tokens::PER_PROMPT
    }

    /// For each message, a hash of all up to it and the tokens up to it.
    pub fn prefixes(&self) -> impl Iterator<Item = (u64, u64)> {
        self.turns.iter().scan((DefaultHasher::new(), 0), |(hasher, tokens), turn| {
            turn.hash(hasher);
            *tokens += turn_tokens(turn);
            Some((hasher.finish(), *tokens))
        })
    }
}

fn turn_tokens(turn: &Turn) -> u64 {
    tokens::count(&turn.text) + tokens::PER_MESSAGE
}

/// The text of a message's content: a string, or the texts among its parts.
pub fn content_text(content: &Value) -> String {
    match content {
        Value::String(text) => text.clone(),
        Value::Array(parts) => {
            let texts: Vec<_> = parts.iter().filter_map(|part| part.get("text")?.as_str()).collect();
            texts.join("\n")
        }
        _ => String::new(),
    }
}

/// Images among a content's parts, as OpenAI and Anthropic name them.
pub fn images_in(content: &Value) -> u64 {
    let image = |part: &&Value| {
        matches!(part.get("type").and_then(Value::as_str), Some("image_url" | "input_image" | "image"))
    };
    content.as_array().map_or(0, |parts| parts.iter().filter(image).count() as u64)
}
