//! Reading the body of `/v1/messages`.

use serde::Deserialize;
use serde_json::Value;

use crate::compose::{Format, Prompt, ToolChoice, ToolSpec, Turn, content_text, images_in};

pub struct MessageCall {
    pub model: String,
    pub prompt: Prompt,
    pub stream: bool,
}

#[derive(Deserialize)]
struct Body {
    model: String,
    messages: Vec<Message>,
    system: Option<Value>,
    max_tokens: Option<u64>,
    stream: Option<bool>,
    stop_sequences: Option<Vec<String>>,
    tools: Option<Vec<Tool>>,
    tool_choice: Option<Choice>,
    thinking: Option<Thinking>,
    output_config: Option<Value>,
}

#[derive(Deserialize)]
struct Message {
    role: String,
    content: Value,
}

#[derive(Deserialize)]
struct Tool {
    name: String,
    #[serde(default)]
    description: Option<String>,
    #[serde(default)]
    input_schema: Value,
}

#[derive(Deserialize)]
struct Choice {
    #[serde(rename = "type")]
    kind: String,
    name: Option<String>,
    #[serde(default)]
    disable_parallel_tool_use: bool,
}

#[derive(Deserialize)]
struct Thinking {
    #[serde(rename = "type")]
    kind: String,
}

/// The call, or what is wrong with it.
pub fn read(body: &[u8], can_think: bool) -> Result<MessageCall, String> {
    let body: Body = serde_json::from_slice(body).map_err(|error| error.to_string())?;
    if body.messages.is_empty() {
        return Err("messages: at least one message is required".to_owned());
    }
    let mut turns = Vec::new();
    let mut images = 0;
    if let Some(system) = &body.system {
        turns.push(Turn { role: "system".to_owned(), text: content_text(system) });
    }
    for (at, message) in body.messages.into_iter().enumerate() {
        if !matches!(message.role.as_str(), "user" | "assistant") {
            let role = message.role;
            return Err(format!("messages.{at}.role: Input should be 'user' or 'assistant', got '{role}'"));
        }
        images += images_in(&message.content);
        turns.extend(tool_results(&message.content));
        let text = content_text(&message.content);
        if !text.is_empty() || !has_results(&message.content) {
            turns.push(Turn { role: message.role, text });
        }
    }
    let thinking = body.thinking.is_some_and(|thinking| thinking.kind != "disabled");
    let schema = body.output_config.as_ref().and_then(|config| config.pointer("/format/schema"));
    let prompt = Prompt {
        turns,
        format: schema.cloned().map_or(Format::Text, Format::Json),
        tools: body.tools.unwrap_or_default().into_iter().map(spec).collect(),
        tool_choice: tool_choice(body.tool_choice.as_ref()),
        limit: body.max_tokens,
        stops: body.stop_sequences.unwrap_or_default(),
        reasoning: can_think && thinking,
        one_tool: body.tool_choice.is_some_and(|choice| choice.disable_parallel_tool_use),
        images,
        ..Prompt::default()
    };
    Ok(MessageCall { model: body.model, prompt, stream: body.stream.unwrap_or(false) })
}

fn parts<'a>(content: &'a Value, kind: &'static str) -> impl Iterator<Item = &'a Value> {
    content.as_array().into_iter().flatten().filter(move |part| part["type"] == kind)
}

fn has_results(content: &Value) -> bool {
    parts(content, "tool_result").next().is_some()
}

/// Tool results are turns of their own, as in OpenAI's dialect.
fn tool_results(content: &Value) -> Vec<Turn> {
    let text = |part: &Value| content_text(part.get("content").unwrap_or(&Value::Null));
    parts(content, "tool_result").map(|part| Turn { role: "tool".to_owned(), text: text(part) }).collect()
}

fn spec(tool: Tool) -> ToolSpec {
    ToolSpec {
        name: tool.name,
        description: tool.description.unwrap_or_default(),
        parameters: tool.input_schema,
    }
}

fn tool_choice(choice: Option<&Choice>) -> ToolChoice {
    match choice.map(|choice| (choice.kind.as_str(), &choice.name)) {
        Some(("none", _)) => ToolChoice::None,
        Some(("any", _)) => ToolChoice::Required,
        Some(("tool", Some(name))) => ToolChoice::Named(name.clone()),
        _ => ToolChoice::Auto,
    }
}
