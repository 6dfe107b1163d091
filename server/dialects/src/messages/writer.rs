//! The way back: a chat answer as a message.

use bytes::{Bytes, BytesMut};
use serde_json::{Value, json};
use shared_chat::{ErrorObject, Usage, finish_reason};

use super::{
    MessagesRequest,
    errors::{error_value, status_of},
    stream::Telling,
};
use crate::{
    Labels, Unreadable,
    answer::Answer,
    assembly::{Assembly, Block, Silent},
    responses::write_sse,
};

/// Writes one message: [`Writer::whole`], or [`Writer::begin`], [`Writer::chunk`]s and one of [`Writer::end`] and
/// [`Writer::error`].
#[derive(Debug)]
pub struct Writer {
    labels: Labels,
    /// Texts that the caller set to end the answer.
    stops: Vec<String>,
    answer: Assembly,
    over: bool,
}

impl Writer {
    pub fn new(request: &MessagesRequest, labels: &Labels) -> Self {
        let stops = request.stop_sequences.clone().unwrap_or_default();
        Self { labels: labels.clone(), stops, answer: Assembly::new(labels.stem()).sealing(), over: false }
    }

    /// The message of an answer that is not streamed.
    pub fn whole(&mut self, chat: &[u8]) -> Result<Bytes, Unreadable> {
        let mut read = Answer::read(chat)?;
        let usage = read.usage.take();
        self.answer.add(read.choice().ok_or(Unreadable::Empty)?, &mut Silent);
        self.answer.end(false, &mut Silent);
        self.over = true;
        let content = self.answer.blocks.iter().map(block).collect();
        Ok(self.message(content, self.stop(), usage.as_ref()).to_string().into())
    }

    pub fn begin(&mut self, out: &mut BytesMut) {
        let nothing = Stop { reason: Value::Null, sequence: Value::Null };
        let message = self.message(Vec::new(), nothing, None);
        let mut telling = Telling { out };
        telling.emit("message_start", json!({"message": message}));
        telling.emit("ping", json!({}));
    }

    /// Keeps a quiet connection open.
    pub fn ping(&self, out: &mut BytesMut) {
        Telling { out }.emit("ping", json!({}));
    }

    /// One chunk of the chat answer; one that cannot be read is left out.
    pub fn chunk(&mut self, chat: &[u8], out: &mut BytesMut) {
        if let Some(choice) = Answer::read(chat).ok().and_then(Answer::choice) {
            self.answer.add(choice, &mut Telling { out });
        }
    }

    /// The end of an answer that came whole, with what it took.
    pub fn end(&mut self, usage: Option<Usage>, out: &mut BytesMut) {
        if std::mem::replace(&mut self.over, true) {
            return;
        }
        let mut telling = Telling { out };
        self.answer.end(false, &mut telling);
        let stop = self.stop();
        let delta = json!({"stop_reason": stop.reason, "stop_sequence": stop.sequence});
        telling.emit("message_delta", json!({"delta": delta, "usage": usage_of(usage.as_ref())}));
        telling.emit("message_stop", json!({}));
    }

    /// The end of an answer that broke off.
    pub fn error(&mut self, error: &ErrorObject, out: &mut BytesMut) {
        if !std::mem::replace(&mut self.over, true) {
            write_sse("error", &error_value(status_of(error), error, None), out);
        }
    }

    fn message(&self, content: Vec<Value>, stop: Stop, usage: Option<&Usage>) -> Value {
        json!({
            "id": self.labels.id,
            "type": "message",
            "role": "assistant",
            "model": self.labels.model,
            "content": content,
            "stop_reason": stop.reason,
            "stop_sequence": stop.sequence,
            "usage": usage_of(usage),
        })
    }

    fn stop(&self) -> Stop {
        let sequence = self.answer.stopped_by.as_ref().filter(|text| self.stops.contains(text));
        let refused = self.answer.blocks.iter().any(|block| matches!(block, Block::Refusal { .. }));
        let reason = match self.answer.finish.as_deref() {
            Some(finish_reason::LENGTH) => "max_tokens",
            Some("content_filter") => "refusal",
            Some(finish_reason::TOOL_CALLS) => "tool_use",
            _ if self.answer.called() => "tool_use",
            _ if refused => "refusal",
            _ if sequence.is_some() => "stop_sequence",
            _ => "end_turn",
        };
        let sequence = sequence.filter(|_| reason == "stop_sequence");
        Stop { reason: reason.into(), sequence: sequence.cloned().into() }
    }
}

struct Stop {
    reason: Value,
    sequence: Value,
}

fn block(block: &Block) -> Value {
    match block {
        Block::Reasoning { text, signature } => {
            json!({"type": "thinking", "thinking": text, "signature": signature.as_deref().unwrap_or_default()})
        }
        Block::Sealed { data } => json!({"type": "redacted_thinking", "data": data}),
        Block::Text { text, .. } | Block::Refusal { text } => json!({"type": "text", "text": text}),
        Block::Call { id, name, arguments } => {
            json!({"type": "tool_use", "id": id, "name": name, "input": input(arguments)})
        }
    }
}

/// Arguments must be an object here. Those that a model got wrong are given under the key that Anthropic's guide on
/// fine-grained tool streaming has for them.
fn input(arguments: &str) -> Value {
    match serde_json::from_str(arguments) {
        Ok(object @ Value::Object(_)) => object,
        _ if arguments.trim().is_empty() => json!({}),
        _ => json!({"INVALID_JSON": arguments}),
    }
}

/// Here the tokens that were found in a cache are not among the input's. `cost` is an extension of OpenRouter's.
fn usage_of(usage: Option<&Usage>) -> Value {
    let none = Usage::default();
    let usage = usage.unwrap_or(&none);
    let cached = usage.cached_tokens().min(usage.prompt_tokens);
    // As OpenAI's Responses name it, where an engine tells.
    let details = usage.prompt_tokens_details.as_ref();
    let written = details.and_then(|details| details.rest.get("cache_write_tokens")?.as_u64()).unwrap_or(0);
    let mut converted = json!({
        "input_tokens": usage.prompt_tokens.saturating_sub(cached).saturating_sub(written),
        "cache_creation_input_tokens": written,
        "cache_read_input_tokens": cached,
        "output_tokens": usage.completion_tokens,
    });
    if let Some(cost) = &usage.cost {
        converted["cost"] = Value::Number(cost.clone());
    }
    converted
}
