//! Chunks and answers in OpenAI's dialect, from what an engine said in its own.

use serde_json::Value;
use shared_chat::{
    ChatChunk, ChatResponse, Choice, ChunkChoice, CompletionChoice, CompletionChunk, CompletionRequest,
    CompletionResponse, Delta, FunctionCallDelta, ResponseMessage, Rest, ToolCall, ToolCallDelta, Usage,
};

use crate::{EngineError, Labels, Payload, StreamEvent, Unsupported, answers::written};

/// A chunk, or that it could not be written.
pub fn event(payload: Result<Payload, EngineError>) -> StreamEvent {
    payload.map_or_else(StreamEvent::Error, StreamEvent::Chunk)
}

fn chunk(labels: &Labels, choice: Option<ChunkChoice>, usage: Option<Usage>) -> StreamEvent {
    let mut chunk = ChatChunk::new(&labels.id, labels.created, &labels.model);
    chunk.choices.extend(choice);
    chunk.usage = usage;
    event(written(&chunk))
}

pub fn delta(labels: &Labels, delta: Delta) -> StreamEvent {
    chunk(labels, Some(ChunkChoice { delta, ..ChunkChoice::default() }), None)
}

pub fn finish(labels: &Labels, reason: &str) -> StreamEvent {
    finish_by(labels, reason, None)
}

/// The end, with the text of the caller's that made it, where the engine tells.
pub fn finish_by(labels: &Labels, reason: &str, by: Option<String>) -> StreamEvent {
    let finish_reason = Some(reason.to_owned());
    chunk(labels, Some(ChunkChoice { finish_reason, rest: stopped(by), ..ChunkChoice::default() }), None)
}

fn stopped(by: Option<String>) -> Rest {
    by.into_iter().map(|text| ("stop_reason".to_owned(), Value::from(text))).collect()
}

/// The end of a choice of several.
pub fn finish_of(labels: &Labels, index: u64, reason: &str) -> StreamEvent {
    let index = u32::try_from(index).unwrap_or(u32::MAX);
    let finish_reason = Some(reason.to_owned());
    chunk(labels, Some(ChunkChoice { index, finish_reason, ..ChunkChoice::default() }), None)
}

pub fn usage(labels: &Labels, usage: Usage) -> StreamEvent {
    chunk(labels, None, Some(usage))
}

/// Reasoning, under both of the names that clients look for; see `openai::tidy`.
fn thought(reasoning: &str) -> Rest {
    let names = ["reasoning", "reasoning_content"].into_iter().filter(|_| !reasoning.is_empty());
    names.map(|name| (name.to_owned(), Value::from(reasoning))).collect()
}

/// Text and reasoning, as a delta; the role goes with the first.
pub fn said(content: &str, reasoning: &str, role: bool) -> Delta {
    Delta {
        role: role.then(|| "assistant".to_owned()),
        content: (role || !content.is_empty()).then(|| content.to_owned()),
        rest: thought(reasoning),
        ..Delta::default()
    }
}

/// A block of Anthropic's reasoning, or the proof of the one that was said last.
pub fn thinking_block(block: Value, role: bool) -> Delta {
    let mut delta = said("", "", role);
    delta.rest.insert("thinking_blocks".to_owned(), vec![block].into());
    delta
}

/// A piece of a tool call. `begun`: its id and name, on the first piece.
pub fn tool_piece(index: u32, begun: Option<(String, String)>, arguments: String, role: bool) -> Delta {
    let (id, name) = begun.unzip();
    let piece = ToolCallDelta {
        index,
        kind: id.is_some().then(|| "function".to_owned()),
        id,
        function: Some(FunctionCallDelta { name, arguments: Some(arguments), rest: Rest::new() }),
        rest: Rest::new(),
    };
    Delta { tool_calls: Some(vec![piece]), ..said("", "", role) }
}

/// What a whole answer says.
#[derive(Debug, Default)]
pub struct Answer {
    pub content: String,
    pub reasoning: String,
    /// Reasoning as Anthropic gives it, with what proves it.
    pub thinking_blocks: Vec<Value>,
    pub calls: Vec<ToolCall>,
    pub finish_reason: &'static str,
    /// The text of the caller's that ended it, where the engine tells; under vLLM's name for it.
    pub stop_reason: Option<String>,
    pub usage: Usage,
}

pub fn response(labels: &Labels, answer: Answer) -> Result<Payload, EngineError> {
    let Answer { content, reasoning, thinking_blocks, calls, finish_reason, stop_reason, usage } = answer;
    let mut rest = thought(&reasoning);
    if !thinking_blocks.is_empty() {
        rest.insert("thinking_blocks".to_owned(), thinking_blocks.into());
    }
    rest.insert("refusal".to_owned(), Value::Null);
    let message = ResponseMessage {
        role: "assistant".to_owned(),
        content: (calls.is_empty() || !content.is_empty()).then_some(content),
        tool_calls: (!calls.is_empty()).then_some(calls),
        rest,
    };
    let finish_reason = Some(finish_reason.to_owned());
    written(&ChatResponse {
        id: labels.id.clone(),
        object: ChatResponse::OBJECT.to_owned(),
        created: labels.created,
        model: labels.model.clone(),
        choices: vec![Choice {
            index: 0,
            message,
            finish_reason,
            logprobs: None,
            rest: stopped(stop_reason),
        }],
        usage: Some(usage),
        rest: Rest::new(),
    })
}

/// A chunk of a text completion.
pub fn text(labels: &Labels, text: &str, finish_reason: Option<&str>) -> StreamEvent {
    let mut chunk = CompletionChunk::new(&labels.id, labels.created, &labels.model);
    chunk.choices.push(CompletionChoice {
        text: text.to_owned(),
        finish_reason: finish_reason.map(str::to_owned),
        ..CompletionChoice::default()
    });
    event(written(&chunk))
}

pub fn text_usage(labels: &Labels, usage: Usage) -> StreamEvent {
    let mut chunk = CompletionChunk::new(&labels.id, labels.created, &labels.model);
    chunk.usage = Some(usage);
    event(written(&chunk))
}

/// A text completion, whole.
pub fn text_response(
    labels: &Labels,
    text: String,
    finish_reason: &str,
    usage: Option<Usage>,
) -> Result<Payload, EngineError> {
    let finish_reason = Some(finish_reason.to_owned());
    written(&CompletionResponse {
        id: labels.id.clone(),
        object: CompletionResponse::OBJECT.to_owned(),
        created: labels.created,
        model: labels.model.clone(),
        choices: vec![CompletionChoice { text, finish_reason, ..CompletionChoice::default() }],
        usage,
        rest: Rest::new(),
    })
}

/// The prompt of a completion, for engines that take one text and give one answer.
pub fn one_prompt(request: &CompletionRequest) -> Result<&str, Unsupported> {
    for (field, count) in [("n", request.n), ("best_of", request.best_of)] {
        if count.is_some_and(|count| count != 1) {
            return Err(Unsupported::new(
                field,
                "must be 1 for this model: its engine gives one answer at a time",
            ));
        }
    }
    match request.prompt.texts() {
        Some([prompt]) => Ok(prompt),
        Some(_) => Err(Unsupported::new(
            "prompt",
            "must be one string for this model: its engine takes one at a time",
        )),
        None => {
            Err(Unsupported::new("prompt", "must be a string for this model: its engine takes no token ids"))
        }
    }
}
