//! Answers in OpenAI's dialect: passed on as they came, but for tool calls that an engine got wrong.

use std::collections::VecDeque;

use bytes::Bytes;

use super::tools::Tools;
use crate::{
    Decoder, EngineError, Labels, Payload, StreamEvent, TaskKind, answers,
    framing::Cut,
    payload::ScanError,
    stream::{Dialect, unread},
};

#[derive(Debug)]
struct Stream(Tools);

pub fn decoder(labels: Labels) -> Decoder {
    Decoder::sse(Stream(Tools::new(labels)))
}

impl Dialect for Stream {
    fn read(&mut self, frame: Cut, ready: &mut VecDeque<StreamEvent>) {
        let Cut::Payload(data) = &frame else { return ready.push_back(unread(&frame)) };
        if data.trim_ascii() == shared_chat::DONE.as_bytes() {
            return ready.push_back(StreamEvent::Done);
        }
        ready.push_back(match Payload::scan(data.clone()) {
            Ok(payload) => StreamEvent::Chunk(self.0.chunk(payload)),
            Err(ScanError::Error) => StreamEvent::Error(EngineError::inside(data)),
            Err(ScanError::Malformed) => unread(&frame),
        });
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
        TaskKind::Chat => Ok(Tools::new(labels.clone()).whole(payload)),
        TaskKind::Completion => Ok(payload),
        TaskKind::Embedding => answers::embedding::read(payload, labels),
        TaskKind::Rerank => answers::rerank::read(&payload, labels),
        TaskKind::Tokenize => answers::checked::<shared_chat::TokenizeResponse>(payload),
        TaskKind::Detokenize => answers::checked::<shared_chat::DetokenizeResponse>(payload),
        TaskKind::Classify => answers::checked::<shared_chat::ClassifyResponse>(payload),
    }
}
