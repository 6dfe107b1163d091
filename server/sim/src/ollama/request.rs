//! Reading the body of `/api/chat`.

use serde::Deserialize;
use serde_json::Value;

use crate::compose::{Format, Prompt, ToolChoice, ToolSpec, Turn};

pub struct ChatCall {
    pub model: String,
    pub prompt: Prompt,
    pub stream: bool,
    pub num_ctx: Option<u64>,
    /// How many likeliest tokens to tell at each place.
    pub logprobs: Option<u32>,
}

#[derive(Deserialize)]
struct Body {
    model: String,
    #[serde(default)]
    messages: Vec<Message>,
    stream: Option<bool>,
    format: Option<Value>,
    #[serde(default)]
    options: Options,
    #[serde(default)]
    tools: Option<Vec<Tool>>,
    think: Option<Value>,
    logprobs: Option<bool>,
    #[serde(default)]
    top_logprobs: u32,
}

#[derive(Deserialize)]
struct Message {
    role: String,
    #[serde(default)]
    content: String,
    /// In base64.
    #[serde(default)]
    images: Vec<String>,
    /// As Go reads them: arguments must be an object.
    #[serde(default)]
    tool_calls: Option<Vec<ToolCall>>,
}

#[derive(Deserialize)]
struct ToolCall {
    function: CalledFunction,
}

#[derive(Deserialize)]
struct CalledFunction {
    #[serde(default)]
    arguments: serde_json::Map<String, Value>,
}

#[derive(Deserialize, Default)]
pub struct Options {
    pub num_ctx: Option<u64>,
    /// Below 0: without limit.
    num_predict: Option<i64>,
    pub stop: Option<Vec<String>>,
}

impl Options {
    pub fn limit(&self) -> Option<u64> {
        self.num_predict.and_then(|limit| u64::try_from(limit).ok())
    }
}

#[derive(Deserialize)]
struct Tool {
    function: Function,
}

#[derive(Deserialize)]
struct Function {
    name: String,
    #[serde(default)]
    description: String,
    #[serde(default)]
    parameters: Value,
}

/// The call, or what is wrong with it.
pub fn read(body: &[u8], can_think: bool) -> Result<ChatCall, String> {
    let body: Body = serde_json::from_slice(body).map_err(|error| error.to_string())?;
    let reasoning = thinks(body.think.as_ref(), can_think, &body.model)?;
    let images = body.messages.iter().map(|message| message.images.len() as u64).sum();
    let spec = |Tool { function }: Tool| ToolSpec {
        name: function.name,
        description: function.description,
        parameters: function.parameters,
    };
    let prompt = Prompt {
        turns: body.messages.into_iter().map(turn).collect(),
        tools: body.tools.unwrap_or_default().into_iter().map(spec).collect(),
        tool_choice: ToolChoice::Auto,
        limit: body.options.limit(),
        stops: body.options.stop.unwrap_or_default(),
        format: format(body.format)?,
        reasoning,
        images,
        ..Prompt::default()
    };
    Ok(ChatCall {
        model: body.model,
        prompt,
        stream: body.stream.unwrap_or(true),
        num_ctx: body.options.num_ctx,
        logprobs: body.logprobs.unwrap_or(false).then_some(body.top_logprobs),
    })
}

fn turn(message: Message) -> Turn {
    let calls = message.tool_calls.into_iter().flatten();
    let called: usize = calls.map(|call| call.function.arguments.len()).sum();
    // Past calls take part in the prompt, if only by their arguments' names.
    Turn { role: message.role, text: message.content + &" argument".repeat(called) }
}

/// Whether to think: as `think` says, else as the model can. Asking a model that cannot is refused.
pub fn thinks(think: Option<&Value>, can_think: bool, model: &str) -> Result<bool, String> {
    let wanted = match think {
        None | Some(Value::Null) => return Ok(can_think),
        Some(Value::Bool(wanted)) => *wanted,
        Some(Value::String(level)) => level != "none",
        Some(other) => return Err(format!("invalid think value: {other}")),
    };
    if wanted && !can_think {
        return Err(format!("\"{model}\" does not support thinking"));
    }
    Ok(wanted)
}

pub fn format(format: Option<Value>) -> Result<Format, String> {
    match format {
        None | Some(Value::Null) => Ok(Format::Text),
        Some(Value::String(word)) if word.is_empty() => Ok(Format::Text),
        Some(Value::String(word)) if word == "json" => Ok(Format::Json(crate::openai::any_answer())),
        Some(schema @ Value::Object(_)) => Ok(Format::Json(schema)),
        Some(other) => {
            Err(format!("invalid format: {other}; expected \"json\" or a valid JSON Schema object"))
        }
    }
}
