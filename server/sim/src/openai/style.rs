//! Where engines differ in writing OpenAI's answers.

use serde_json::{Value, json};

use crate::{
    compose::{Answer, Finish},
    failure::Wire,
    llamacpp, nim, ollama, sglang, vllm,
};

/// How an engine writes chats and completions. Texts are JSON, ready to be sent.
#[derive(Debug, Clone, Copy)]
pub struct Style {
    /// How ids begin, of a chat's answer, a completion's and a tool call's.
    pub chat_id: &'static str,
    pub completion_id: &'static str,
    pub tool_id: &'static str,
    /// Members of a frame after `model`, each with its comma.
    pub head: &'static str,
    /// The delta of the frame that names the role.
    pub role: &'static str,
    /// Around the text of a delta, and around a thought; without the latter, thoughts are kept back.
    pub text: [&'static str; 2],
    pub thought: Option<[&'static str; 2]>,
    /// The delta of the frame that tells why the answer ended.
    pub last: &'static str,
    /// Members of a choice after `finish_reason`, before the end and at it.
    pub rest: &'static str,
    pub end: fn(&Answer) -> String,
    /// Whether `logprobs` is there though nobody asked.
    pub logprobs_always: bool,
    pub no_usage: NoUsage,
    /// Whether `continuous_usage_stats` is known.
    pub continuous: bool,
    pub tools: ToolFrames,
    pub usage: fn(Usage) -> Value,
    /// The message of a whole answer, given its tool calls.
    pub message: fn(&Answer, Vec<Value>) -> Value,
    /// Members that a whole choice and a whole body have besides.
    pub choice: fn(&Answer) -> Value,
    pub body: fn() -> Value,
}

/// What a frame says of usage before it is known.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum NoUsage {
    Absent,
    /// `null` in each frame.
    Null,
    /// `null` where usage was asked for at the end.
    NullWhenAsked,
}

/// How tool calls are streamed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ToolFrames {
    /// The name first, then arguments in pieces.
    Pieces,
    /// The same, with `id` and `name` present as `null` in the later frames.
    PiecesWithNulls,
    /// One frame a call.
    Whole,
}

#[derive(Debug, Clone, Copy)]
pub struct Usage {
    pub prompt: u64,
    pub cached: u64,
    pub completion: u64,
    pub reasoning: u64,
}

impl Wire {
    pub fn style(self) -> &'static Style {
        match self {
            Self::Vllm => &vllm::STYLE,
            Self::Nim => &nim::STYLE,
            Self::Sglang => &sglang::STYLE,
            Self::Llamacpp => &llamacpp::STYLE,
            Self::OllamaOpenai => &ollama::STYLE,
            _ => &OPENAI,
        }
    }
}

pub static OPENAI: Style = Style {
    chat_id: "chatcmpl-",
    completion_id: "cmpl-",
    tool_id: "call_",
    head: r#","service_tier":"default","system_fingerprint":"fp_simulated""#,
    role: r#"{"role":"assistant","content":"","refusal":null}"#,
    text: [r#"{"content":"#, "}"],
    thought: None,
    last: "{}",
    rest: "",
    end: |_| String::new(),
    logprobs_always: true,
    no_usage: NoUsage::NullWhenAsked,
    continuous: false,
    tools: ToolFrames::Pieces,
    usage,
    message,
    choice: |_| json!({}),
    body: || json!({"service_tier": "default", "system_fingerprint": "fp_simulated"}),
};

fn message(answer: &Answer, calls: Vec<Value>) -> Value {
    let mut message =
        json!({"role": "assistant", "content": content(answer), "refusal": null, "annotations": []});
    if !calls.is_empty() {
        message["tool_calls"] = calls.into();
    }
    message
}

fn usage(usage: Usage) -> Value {
    json!({
        "prompt_tokens": usage.prompt,
        "total_tokens": usage.prompt + usage.completion,
        "completion_tokens": usage.completion,
        "prompt_tokens_details": {"cached_tokens": usage.cached, "audio_tokens": 0},
        "completion_tokens_details": {
            "reasoning_tokens": usage.reasoning, "audio_tokens": 0, "accepted_prediction_tokens": 0,
            "rejected_prediction_tokens": 0,
        },
    })
}

/// An answer's text; `null` where tools are called instead.
pub fn content(answer: &Answer) -> Value {
    if answer.finish == Finish::ToolCalls { Value::Null } else { answer.text().into() }
}

/// An answer's thoughts; `null` where there are none.
pub fn thoughts(answer: &Answer) -> Value {
    answer.reasoning.as_ref().map_or(Value::Null, |pieces| pieces.text.as_str().into())
}
