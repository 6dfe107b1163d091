//! Answers in OpenAI's dialect: passed on as they came, but for what an engine got wrong.

use std::collections::VecDeque;

use bytes::Bytes;
use serde_json::Value;
use shared_chat::finish_reason;

use super::{
    tidy::{self, Shape},
    tools::Tools,
};
use crate::{
    Decoder, EngineError, Finish, Labels, Payload, StreamEvent, TaskKind, answers,
    framing::Cut,
    payload::ScanError,
    stream::{Dialect, unread},
    write,
};

#[derive(Debug)]
struct Stream {
    labels: Labels,
    tools: Tools,
}

pub fn decoder(labels: Labels) -> Decoder {
    Decoder::sse(stream(labels))
}

/// What reads the frames of such a stream.
pub fn stream(labels: Labels) -> impl Dialect {
    Stream { tools: Tools::new(labels.clone()), labels }
}

impl Stream {
    fn chunk(&mut self, payload: Payload, ready: &mut VecDeque<StreamEvent>) {
        let summary = payload.summary;
        let ends = match summary.finish {
            None => false,
            Some(Finish::Other) => true,
            Some(_) => self.tools.any(),
        };
        let payload = payload.identified(&self.labels.id);
        if summary.is_usage_only() {
            self.close(ready);
        }
        let concerned = summary.tools || summary.untidy || summary.lone_reasoning || ends;
        ready.push_back(StreamEvent::Chunk(if concerned {
            mended(payload, &mut self.tools, Shape::Delta)
        } else {
            payload
        }));
    }

    /// The end of calls, where the engine forgot to tell it.
    fn close(&mut self, ready: &mut VecDeque<StreamEvent>) {
        for at in self.tools.left_open() {
            self.tools.end(at);
            ready.push_back(write::finish_of(&self.labels, at, finish_reason::TOOL_CALLS));
        }
    }
}

/// A payload as OpenAI's document has it: as it came, if nothing is wrong with it.
fn mended(payload: Payload, tools: &mut Tools, shape: Shape) -> Payload {
    let Ok(mut json) = serde_json::from_slice::<Value>(payload.json()) else { return payload };
    let mut changed = tidy::top(&mut json);
    for choice in json.get_mut("choices").and_then(Value::as_array_mut).into_iter().flatten() {
        changed |= tidy::choice(choice, shape);
        changed |= tools.choice(choice, shape);
    }
    if changed { Payload::scan(json.to_string().into()).unwrap_or(payload) } else { payload }
}

impl Dialect for Stream {
    fn read(&mut self, frame: Cut, ready: &mut VecDeque<StreamEvent>) {
        let Cut::Payload(data) = &frame else { return ready.push_back(unread(&frame)) };
        if data.trim_ascii() == shared_chat::DONE.as_bytes() {
            self.close(ready);
            return ready.push_back(StreamEvent::Done);
        }
        match Payload::scan(data.clone()) {
            Ok(payload) => self.chunk(payload, ready),
            Err(ScanError::Error) => ready.push_back(StreamEvent::Error(EngineError::inside(data))),
            Err(ScanError::Malformed) => ready.push_back(unread(&frame)),
        }
    }
}

/// An answer in one body.
pub fn whole(task: TaskKind, body: Bytes, labels: &Labels) -> Result<Payload, EngineError> {
    let payload = match Payload::scan(body.clone()) {
        Ok(payload) => payload,
        Err(ScanError::Malformed) => return Err(EngineError::malformed()),
        Err(ScanError::Error) => return Err(EngineError::inside(&body)),
    };
    match task {
        TaskKind::Chat | TaskKind::Completion if payload.summary.choices == 0 => {
            Err(EngineError::malformed())
        }
        TaskKind::Chat | TaskKind::Completion => {
            let shape = if task == TaskKind::Chat { Shape::Message } else { Shape::Text };
            Ok(mended(payload.identified(&labels.id), &mut Tools::new(labels.clone()), shape))
        }
        TaskKind::Embedding => answers::embedding::read(payload, labels),
        TaskKind::Rerank => answers::rerank::read(&payload, labels),
        TaskKind::Tokenize => answers::checked::<shared_chat::TokenizeResponse>(payload),
        TaskKind::Detokenize => answers::checked::<shared_chat::DetokenizeResponse>(payload),
        TaskKind::Classify => answers::checked::<shared_chat::ClassifyResponse>(payload),
    }
}
