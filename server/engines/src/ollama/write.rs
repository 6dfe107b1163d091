//! Chunks and answers in OpenAI's dialect, from what Ollama said.

use serde_json::Value;
use shared_chat::{
    ChatChunk, ChatResponse, Choice, ChunkChoice, Delta, FunctionCallDelta, ResponseMessage, Rest, ToolCall,
    ToolCallDelta, Usage,
};

use super::stream::{Called, Line};
use crate::{EngineError, Labels, Payload, payload::ScanError};

/// Our own JSON, scanned like an engine's: one way to know what a payload says.
fn payload(json: serde_json::Result<Vec<u8>>) -> Result<Payload, EngineError> {
    let json = json.map_err(|_| EngineError::malformed())?;
    Payload::scan(json.into()).map_err(|_: ScanError| EngineError::malformed())
}

fn chunk(labels: &Labels, choice: Option<ChunkChoice>, usage: Option<Usage>) -> Result<Payload, EngineError> {
    let mut chunk = ChatChunk::new(&labels.id, labels.created, &labels.model);
    chunk.choices.extend(choice);
    chunk.usage = usage;
    payload(serde_json::to_vec(&chunk))
}

pub fn delta(labels: &Labels, delta: Delta) -> Result<Payload, EngineError> {
    chunk(labels, Some(ChunkChoice { delta, ..ChunkChoice::default() }), None)
}

pub fn finish(labels: &Labels, reason: &str) -> Result<Payload, EngineError> {
    let finish_reason = Some(reason.to_owned());
    chunk(labels, Some(ChunkChoice { finish_reason, ..ChunkChoice::default() }), None)
}

pub fn usage(labels: &Labels, usage: Usage) -> Result<Payload, EngineError> {
    chunk(labels, None, Some(usage))
}

/// What a line says, as a delta; the role goes with the first.
pub fn said(content: &str, thinking: &str, role: bool) -> Delta {
    let mut rest = Rest::new();
    if !thinking.is_empty() {
        rest.insert("reasoning".to_owned(), Value::from(thinking));
    }
    Delta {
        role: role.then(|| "assistant".to_owned()),
        content: (role || !content.is_empty()).then(|| content.to_owned()),
        rest,
        ..Delta::default()
    }
}

/// The identifier of the call with this number, for versions that give none.
fn call_id(called: &Called<'_>, labels: &Labels, number: u32) -> String {
    let own = called.id.as_deref().filter(|id| !id.is_empty());
    own.map_or_else(|| format!("call_{}_{number}", labels.id.trim_start_matches("chatcmpl-")), str::to_owned)
}

pub fn tool_call(called: &Called<'_>, labels: &Labels, number: u32, role: bool) -> Delta {
    let piece = ToolCallDelta {
        index: number,
        id: Some(call_id(called, labels, number)),
        kind: Some("function".to_owned()),
        function: Some(FunctionCallDelta {
            name: Some(called.function.name.clone().into_owned()),
            arguments: Some(called.function.arguments().to_owned()),
            rest: Rest::new(),
        }),
        rest: Rest::new(),
    };
    Delta { tool_calls: Some(vec![piece]), ..said("", "", role) }
}

/// A whole answer.
pub fn response(labels: &Labels, line: &Line<'_>) -> Result<Payload, EngineError> {
    let said = line.message.as_ref();
    let calls: Vec<_> = said.into_iter().flat_map(|message| message.calls().iter().zip(0..)).collect();
    let calls: Vec<_> = calls
        .into_iter()
        .map(|(called, number)| {
            let id = call_id(called, labels, number);
            ToolCall::function(id, called.function.name.clone(), called.function.arguments())
        })
        .collect();
    let mut rest = Rest::new();
    if let Some(thinking) =
        said.and_then(|message| message.thinking.as_deref()).filter(|text| !text.is_empty())
    {
        rest.insert("reasoning".to_owned(), thinking.into());
    }
    rest.insert("refusal".to_owned(), Value::Null);
    let content = said.map(|message| message.content.clone().into_owned()).unwrap_or_default();
    let message = ResponseMessage {
        role: "assistant".to_owned(),
        content: (calls.is_empty() || !content.is_empty()).then_some(content),
        tool_calls: (!calls.is_empty()).then_some(calls),
        rest,
    };
    let finish_reason = Some(line.finish_reason(message.tool_calls.is_some()).to_owned());
    let response = ChatResponse {
        id: labels.id.clone(),
        object: ChatResponse::OBJECT.to_owned(),
        created: labels.created,
        model: labels.model.clone(),
        choices: vec![Choice { index: 0, message, finish_reason, logprobs: None, rest: Rest::new() }],
        usage: Some(line.usage()),
        rest: Rest::new(),
    };
    payload(serde_json::to_vec(&response))
}
