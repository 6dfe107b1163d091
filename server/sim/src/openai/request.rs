//! Reading a chat completion's body.

use serde::Deserialize;
use serde_json::Value;

use crate::{
    compose::{Format, Prompt, ToolChoice, ToolSpec, Turn, content_text, images_in},
    wrong::{self, Wrong},
};

pub struct ChatCall {
    pub model: String,
    pub prompt: Prompt,
    pub stream: bool,
    pub usage: StreamUsage,
    pub n: u32,
    /// How many likeliest tokens to tell at each place.
    pub logprobs: Option<u32>,
}

/// Where a stream tells its usage.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct StreamUsage {
    pub at_end: bool,
    /// vLLM's `continuous_usage_stats`.
    pub on_each: bool,
}

#[derive(Deserialize)]
struct Body {
    /// Engines that serve one model do without.
    #[serde(default)]
    model: String,
    messages: Vec<Message>,
    stream: Option<bool>,
    stream_options: Option<StreamOptions>,
    max_tokens: Option<u64>,
    max_completion_tokens: Option<u64>,
    min_tokens: Option<u64>,
    ignore_eos: Option<bool>,
    n: Option<u32>,
    stop: Option<Stop>,
    tools: Option<Vec<Tool>>,
    tool_choice: Option<Value>,
    parallel_tool_calls: Option<bool>,
    response_format: Option<Value>,
    logprobs: Option<bool>,
    top_logprobs: Option<u32>,
    reasoning_effort: Option<String>,
    chat_template_kwargs: Option<Value>,
}

#[derive(Deserialize)]
struct Message {
    role: String,
    #[serde(default)]
    content: Value,
}

#[derive(Deserialize, Default)]
pub struct StreamOptions {
    include_usage: Option<bool>,
    continuous_usage_stats: Option<bool>,
}

impl StreamOptions {
    pub fn usage(&self) -> StreamUsage {
        let at_end = self.include_usage.unwrap_or(false);
        StreamUsage { at_end, on_each: at_end && self.continuous_usage_stats.unwrap_or(false) }
    }
}

#[derive(Deserialize)]
#[serde(untagged)]
pub enum Stop {
    One(String),
    Many(Vec<String>),
}

impl Stop {
    pub fn list(stop: Option<Self>) -> Vec<String> {
        match stop {
            None => vec![],
            Some(Self::One(stop)) => vec![stop],
            Some(Self::Many(stops)) => stops,
        }
    }
}

#[derive(Deserialize)]
pub struct Tool {
    function: Function,
}

#[derive(Deserialize)]
struct Function {
    name: String,
    #[serde(default)]
    description: Option<String>,
    #[serde(default)]
    parameters: Value,
}

/// The call, or what is wrong with it.
pub fn read(body: &[u8], can_think: bool, most_choices: u32) -> Result<ChatCall, Wrong> {
    let body: Body = wrong::read(body, "messages")?;
    let n = choices(body.n, most_choices)?;
    let reasoning = can_think && !thinks_not(&body);
    let images = body.messages.iter().map(|message| images_in(&message.content)).sum();
    let limit = body.max_completion_tokens.or(body.max_tokens);
    if limit == Some(0) {
        return Err(Wrong::NoTokens);
    }
    let options = body.stream_options.unwrap_or_default();
    let prompt = Prompt {
        turns: body.messages.into_iter().map(turn).collect(),
        tools: body.tools.unwrap_or_default().into_iter().map(Tool::spec).collect(),
        tool_choice: tool_choice(body.tool_choice.as_ref()),
        limit,
        at_least: match body.ignore_eos {
            Some(true) => limit.unwrap_or(256),
            _ => body.min_tokens.unwrap_or(0),
        },
        stops: Stop::list(body.stop),
        format: format(body.response_format.as_ref()),
        reasoning,
        one_tool: body.parallel_tool_calls == Some(false),
        images,
        ..Prompt::default()
    };
    Ok(ChatCall {
        model: body.model,
        prompt,
        stream: body.stream.unwrap_or(false),
        usage: options.usage(),
        n,
        logprobs: body.logprobs.unwrap_or(false).then(|| body.top_logprobs.unwrap_or(0)),
    })
}

/// `n`, if it can be had.
pub fn choices(n: Option<u32>, most: u32) -> Result<u32, Wrong> {
    let n = n.unwrap_or(1);
    if (1..=most).contains(&n) { Ok(n) } else { Err(Wrong::Choices { given: n, most }) }
}

/// Whether the caller forbids thinking.
fn thinks_not(body: &Body) -> bool {
    let switch = |name: &str| body.chat_template_kwargs.as_ref()?.get(name)?.as_bool();
    body.reasoning_effort.as_deref() == Some("none")
        || switch("enable_thinking") == Some(false)
        || switch("thinking") == Some(false)
}

fn turn(message: Message) -> Turn {
    Turn { text: content_text(&message.content), role: message.role }
}

impl Tool {
    pub fn spec(self) -> ToolSpec {
        let Function { name, description, parameters } = self.function;
        ToolSpec { name, description: description.unwrap_or_default(), parameters }
    }
}

fn tool_choice(choice: Option<&Value>) -> ToolChoice {
    match choice {
        Some(Value::String(word)) if word == "none" => ToolChoice::None,
        Some(Value::String(word)) if word == "required" => ToolChoice::Required,
        Some(choice) => choice
            .pointer("/function/name")
            .and_then(Value::as_str)
            .map_or(ToolChoice::Auto, |name| ToolChoice::Named(name.to_owned())),
        None => ToolChoice::Auto,
    }
}

fn format(format: Option<&Value>) -> Format {
    let Some(format) = format else { return Format::Text };
    match format.get("type").and_then(Value::as_str) {
        Some("json_schema") => {
            Format::Json(format.pointer("/json_schema/schema").cloned().unwrap_or_else(any_answer))
        }
        // TGI's own grammar.
        Some("json" | "json_object") => Format::Json(format.get("value").cloned().unwrap_or_else(any_answer)),
        _ => Format::Text,
    }
}

/// The schema of an answer when the caller only wants JSON.
pub fn any_answer() -> Value {
    serde_json::json!({"type": "object", "properties": {"answer": {"type": "string"}}})
}
