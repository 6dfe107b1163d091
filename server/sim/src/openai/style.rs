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
    /// Members of the frame that names the role: of its choice after `finish_reason`, and after its choices.
    pub role_rest: &'static str,
    pub role_end: &'static str,
    /// The delta of the frame that tells why the answer ended, after a text and after calls of tools.
    pub last: [&'static str; 2],
    /// Members of a stream's last frame, after its choices.
    pub closing: fn(Usage) -> String,
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
    /// Whether a completion's usage stands in the frame that tells why it ended, and not in one of its own.
    pub usage_at_finish: bool,
    /// Whether a completion's log probabilities are written as a chat's.
    pub chat_logprobs: bool,
    /// The message of a whole answer, given its tool calls.
    pub message: fn(&Answer, Vec<Value>) -> Value,
    /// Members that a whole choice and a whole body have besides: a chat's, then a completion's.
    pub choice: fn(&Answer) -> Value,
    pub body: fn(Usage) -> Value,
    pub completion_choice: fn(&Answer) -> Value,
    pub completion_body: fn(Usage) -> Value,
    /// Members of a completion's frame after `finish_reason`, before the end and at it.
    pub completion_rest: &'static str,
    pub completion_end: fn(&Answer) -> String,
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
    /// The same, with `content` present as `null`, and no arguments in the first frame.
    PiecesBesideContent,
    /// The same, with `id` and `name` present as `null` in the later frames.
    PiecesWithNulls,
    /// One frame a call.
    Whole,
}

/// Where usage is told.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Place {
    Whole,
    /// A stream's frame with a piece of the answer.
    Frame,
    /// A stream's last frame.
    End,
}

#[derive(Debug, Clone, Copy)]
pub struct Usage {
    pub place: Place,
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
    role_rest: "",
    role_end: "",
    last: ["{}"; 2],
    closing: |_| String::new(),
    rest: "",
    end: |_| String::new(),
    logprobs_always: true,
    no_usage: NoUsage::NullWhenAsked,
    continuous: false,
    tools: ToolFrames::Pieces,
    usage,
    usage_at_finish: false,
    chat_logprobs: false,
    message,
    choice: |_| json!({}),
    body: |_| json!({"service_tier": "default", "system_fingerprint": "fp_simulated"}),
    completion_choice: |_| json!({}),
    completion_body: |_| json!({"service_tier": "default", "system_fingerprint": "fp_simulated"}),
    completion_rest: "",
    completion_end: |_| String::new(),
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
