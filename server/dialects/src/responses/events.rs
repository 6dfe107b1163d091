//! The events of a stream, numbered.

use bytes::{BufMut, BytesMut};
use serde_json::{Value, json};

use super::{
    custom::{self, FreeText},
    items::{COMPLETED, INCOMPLETE, Shape},
};
use crate::assembly::{Block, Sink};

const CUSTOM_DELTA: &str = "response.custom_tool_call_input.delta";

/// How events are kept apart.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Framing {
    /// Server-sent events, each with its name.
    Sse,
    /// One JSON object a line, for a WebSocket: a message each.
    Lines,
}

#[derive(Debug)]
pub(super) struct Events {
    framing: Framing,
    /// Of the next event.
    sequence: u64,
    /// Of the tool call that is open, where it is of free text.
    text: FreeText,
}

impl Events {
    pub(super) fn new(framing: Framing) -> Self {
        Self { framing, sequence: 0, text: FreeText::default() }
    }

    pub(super) fn framing(&self) -> Framing {
        self.framing
    }

    /// Writes an event; `fields` is an object, to which its type and number are added.
    pub(super) fn emit(&mut self, kind: &str, mut fields: Value, out: &mut BytesMut) {
        fields["type"] = kind.into();
        fields["sequence_number"] = self.sequence.into();
        self.sequence += 1;
        match self.framing {
            Framing::Sse => write_sse(kind, &fields, out),
            Framing::Lines => {
                out.put_slice(fields.to_string().as_bytes());
                out.put_u8(b'\n');
            }
        }
    }
}

/// A server-sent event with a name.
pub(crate) fn write_sse(name: &str, data: &Value, out: &mut BytesMut) {
    out.put_slice(b"event: ");
    out.put_slice(name.as_bytes());
    out.put_slice(b"\ndata: ");
    out.put_slice(data.to_string().as_bytes());
    out.put_slice(b"\n\n");
}

/// Tells a response's items as they come.
pub(super) struct Telling<'a> {
    pub(super) shape: &'a Shape,
    pub(super) events: &'a mut Events,
    pub(super) out: &'a mut BytesMut,
}

impl Telling<'_> {
    /// An event about a block: where it belongs is added.
    fn tell(&mut self, kind: &str, index: usize, block: &Block, mut fields: Value) {
        fields["item_id"] = self.shape.id(index, block).into();
        fields["output_index"] = index.into();
        self.events.emit(kind, fields, self.out);
    }

    /// The free text of a call that could not be told as it came.
    fn tell_rest(&mut self, index: usize, block: &Block) {
        if let Block::Call { arguments, .. } = block
            && self.shape.is_custom(block)
        {
            let whole = custom::input(arguments);
            let rest = whole.strip_prefix(self.events.text.told.as_str()).unwrap_or_default();
            if !rest.is_empty() {
                self.tell(CUSTOM_DELTA, index, block, json!({"delta": rest}));
            }
        }
    }

    fn summary(&self, block: &Block) -> bool {
        self.shape.summary && matches!(block, Block::Reasoning { .. })
    }
}

impl Sink for Telling<'_> {
    fn open(&mut self, index: usize, block: &Block) {
        let item = self.shape.empty(index, block);
        self.events.emit(
            "response.output_item.added",
            json!({"output_index": index, "item": item}),
            self.out,
        );
        self.events.text = FreeText::default();
        let part = self.shape.part(block);
        match block {
            Block::Call { .. } | Block::Sealed { .. } => {}
            _ if self.summary(block) => {
                let fields = json!({"summary_index": 0, "part": part});
                self.tell("response.reasoning_summary_part.added", index, block, fields);
            }
            _ => {
                let fields = json!({"content_index": 0, "part": part});
                self.tell("response.content_part.added", index, block, fields);
            }
        }
    }

    fn grow(&mut self, index: usize, block: &Block, delta: &str, logprobs: &[Value]) {
        let (kind, fields) = match block {
            Block::Reasoning { .. } if self.shape.summary => {
                ("response.reasoning_summary_text.delta", json!({"summary_index": 0, "delta": delta}))
            }
            Block::Reasoning { .. } => {
                ("response.reasoning_text.delta", json!({"content_index": 0, "delta": delta}))
            }
            Block::Text { .. } => {
                let logprobs = self.shape.logprobs(logprobs);
                (
                    "response.output_text.delta",
                    json!({"content_index": 0, "delta": delta, "logprobs": logprobs}),
                )
            }
            Block::Refusal { .. } => ("response.refusal.delta", json!({"content_index": 0, "delta": delta})),
            block if self.shape.is_custom(block) => match self.events.text.push(delta) {
                text if text.is_empty() => return,
                text => (CUSTOM_DELTA, json!({"delta": text})),
            },
            Block::Call { .. } => ("response.function_call_arguments.delta", json!({"delta": delta})),
            Block::Sealed { .. } => return,
        };
        self.tell(kind, index, block, fields);
    }

    fn close(&mut self, index: usize, block: &Block, cut: bool) {
        self.tell_rest(index, block);
        let part = self.shape.part(block);
        let (kind, fields) = match block {
            Block::Reasoning { text, .. } if self.shape.summary => {
                ("response.reasoning_summary_text.done", json!({"summary_index": 0, "text": text}))
            }
            Block::Reasoning { text, .. } => {
                ("response.reasoning_text.done", json!({"content_index": 0, "text": text}))
            }
            Block::Text { text, .. } => {
                let fields = json!({"content_index": 0, "text": text, "logprobs": part["logprobs"]});
                ("response.output_text.done", fields)
            }
            Block::Refusal { text } => {
                ("response.refusal.done", json!({"content_index": 0, "refusal": text}))
            }
            Block::Call { arguments, .. } if self.shape.is_custom(block) => {
                ("response.custom_tool_call_input.done", json!({"input": custom::input(arguments)}))
            }
            Block::Call { name, arguments, .. } => {
                ("response.function_call_arguments.done", json!({"name": name, "arguments": arguments}))
            }
            Block::Sealed { .. } => return,
        };
        self.tell(kind, index, block, fields);
        match block {
            Block::Call { .. } | Block::Sealed { .. } => {}
            _ if self.summary(block) => {
                let fields = json!({"summary_index": 0, "part": part});
                self.tell("response.reasoning_summary_part.done", index, block, fields);
            }
            _ => {
                let fields = json!({"content_index": 0, "part": part});
                self.tell("response.content_part.done", index, block, fields);
            }
        }
        let item = self.shape.item(index, block, if cut { INCOMPLETE } else { COMPLETED });
        self.events.emit("response.output_item.done", json!({"output_index": index, "item": item}), self.out);
    }
}
