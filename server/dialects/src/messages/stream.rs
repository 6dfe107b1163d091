//! The events of a stream: a block starts, has deltas, stops; then the next.

use bytes::BytesMut;
use serde_json::{Value, json};

use crate::{
    assembly::{Block, Sink},
    responses::write_sse,
};

/// Tells a message's blocks as they come.
pub(super) struct Telling<'a> {
    pub(super) out: &'a mut BytesMut,
}

impl Telling<'_> {
    pub(super) fn emit(&mut self, kind: &str, mut fields: Value) {
        fields["type"] = kind.into();
        write_sse(kind, &fields, self.out);
    }

    fn delta(&mut self, index: usize, delta: Value) {
        self.emit("content_block_delta", json!({"index": index, "delta": delta}));
    }
}

impl Sink for Telling<'_> {
    fn open(&mut self, index: usize, block: &Block) {
        let start = match block {
            Block::Reasoning { .. } => json!({"type": "thinking", "thinking": "", "signature": ""}),
            Block::Sealed { data } => json!({"type": "redacted_thinking", "data": data}),
            Block::Text { .. } | Block::Refusal { .. } => json!({"type": "text", "text": ""}),
            Block::Call { id, name, .. } => json!({"type": "tool_use", "id": id, "name": name, "input": {}}),
        };
        self.emit("content_block_start", json!({"index": index, "content_block": start}));
    }

    fn grow(&mut self, index: usize, block: &Block, delta: &str, _: &[Value]) {
        let delta = match block {
            Block::Reasoning { .. } => json!({"type": "thinking_delta", "thinking": delta}),
            Block::Text { .. } | Block::Refusal { .. } => json!({"type": "text_delta", "text": delta}),
            Block::Call { .. } => json!({"type": "input_json_delta", "partial_json": delta}),
            // It is whole from its start.
            Block::Sealed { .. } => return,
        };
        self.delta(index, delta);
    }

    /// A signature closes thinking, where the engine gave one.
    fn close(&mut self, index: usize, block: &Block, _: bool) {
        if let Block::Reasoning { signature: Some(signature), .. } = block {
            self.delta(index, json!({"type": "signature_delta", "signature": signature}));
        }
        self.emit("content_block_stop", json!({"index": index}));
    }
}
