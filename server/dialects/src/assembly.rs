//! An answer's parts, put together from chunks and told one after another: a block opens, grows, closes; then the next.

use serde_json::Value;

use crate::answer::{CallPiece, Choice, Said, ThinkingBlock};

/// A part of an answer that the dialects show by itself.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Block {
    Reasoning {
        text: String,
        signature: Option<String>,
    },
    /// Reasoning that only its engine can read, to be given back as it is. Anthropic's alone.
    Sealed {
        data: String,
    },
    Text {
        text: String,
        logprobs: Vec<Value>,
    },
    Refusal {
        text: String,
    },
    Call {
        id: String,
        name: String,
        arguments: String,
    },
}

impl Block {
    fn grows(&mut self, delta: &str) {
        match self {
            Self::Reasoning { text, .. } | Self::Text { text, .. } | Self::Refusal { text } => {
                text.push_str(delta);
            }
            Self::Call { arguments, .. } => arguments.push_str(delta),
            Self::Sealed { .. } => {}
        }
    }

    fn same_kind(&self, other: &Self) -> bool {
        std::mem::discriminant(self) == std::mem::discriminant(other)
    }
}

/// Hears of each change. `index` counts blocks from 0.
pub(crate) trait Sink {
    /// The block is still empty.
    fn open(&mut self, index: usize, block: &Block);
    fn grow(&mut self, index: usize, block: &Block, delta: &str, logprobs: &[Value]);
    /// `cut` when the answer ended before this block did.
    fn close(&mut self, index: usize, block: &Block, cut: bool);
}

/// For answers that come whole.
pub(crate) struct Silent;

impl Sink for Silent {
    fn open(&mut self, _: usize, _: &Block) {}
    fn grow(&mut self, _: usize, _: &Block, _: &str, _: &[Value]) {}
    fn close(&mut self, _: usize, _: &Block, _: bool) {}
}

/// A tool call that has not been closed.
#[derive(Debug)]
struct Waiting {
    /// Its number in chat.
    number: u32,
    id: Option<String>,
    name: Option<String>,
    /// Arguments that came before it was opened.
    held: String,
    open: bool,
    closed: bool,
}

#[derive(Debug)]
pub(crate) struct Assembly {
    pub(crate) blocks: Vec<Block>,
    /// Whether the last of the blocks is open.
    open: bool,
    calls: Vec<Waiting>,
    /// What ids of calls are made of where the engine gave none.
    stem: String,
    /// Whether the dialect has a form for reasoning that is sealed.
    seals: bool,
    pub(crate) finish: Option<String>,
    /// The caller's stop text that ended the answer, where the engine tells.
    pub(crate) stopped_by: Option<String>,
}

impl Assembly {
    pub(crate) fn new(stem: &str) -> Self {
        Self {
            blocks: Vec::new(),
            open: false,
            calls: Vec::new(),
            stem: stem.to_owned(),
            seals: false,
            finish: None,
            stopped_by: None,
        }
    }

    /// Keeps reasoning that is sealed.
    pub(crate) fn sealing(self) -> Self {
        Self { seals: true, ..self }
    }

    /// Whether the model called a tool.
    pub(crate) fn called(&self) -> bool {
        self.blocks.iter().any(|block| matches!(block, Block::Call { .. }))
    }

    pub(crate) fn add(&mut self, choice: Choice, sink: &mut impl Sink) {
        let logprobs = choice.logprobs.and_then(|logprobs| logprobs.content).unwrap_or_default();
        if let Some(said) = choice.message {
            self.said(said, &logprobs, sink);
        }
        if let Some(Value::String(text)) = choice.stop_reason {
            self.stopped_by = Some(text);
        }
        if choice.finish_reason.is_some() {
            self.finish = choice.finish_reason;
        }
    }

    fn said(&mut self, mut said: Said, logprobs: &[Value], sink: &mut impl Sink) {
        let thoughts = said.thinking_blocks();
        let reasoning = said.reasoning();
        // A whole answer has its reasoning block by block, and joined.
        if thoughts.iter().all(|thought| thought.thinking.is_empty())
            && let Some(text) = reasoning
        {
            self.text(Block::Reasoning { text: String::new(), signature: None }, &text, &[], sink);
        }
        for thought in thoughts {
            self.thought(thought, sink);
        }
        if let Some(text) = said.content {
            self.text(Block::Text { text: String::new(), logprobs: Vec::new() }, &text, logprobs, sink);
        }
        if let Some(text) = said.refusal {
            self.text(Block::Refusal { text: String::new() }, &text, &[], sink);
        }
        for (position, piece) in said.tool_calls.unwrap_or_default().into_iter().enumerate() {
            self.call(piece, position as u32);
        }
        self.advance(sink);
    }

    fn thought(&mut self, thought: ThinkingBlock, sink: &mut impl Sink) {
        if let Some(data) = thought.data {
            if self.seals {
                self.close_all(false, sink);
                self.begin(Block::Sealed { data }, sink);
                self.close_open(false, sink);
            }
            return;
        }
        // One that was signed is whole: what comes next is another.
        if let Some(Block::Reasoning { signature: Some(_), .. }) = self.blocks.last()
            && !thought.thinking.is_empty()
        {
            self.close_all(false, sink);
        }
        self.text(Block::Reasoning { text: String::new(), signature: None }, &thought.thinking, &[], sink);
        let proof = thought.signature.filter(|proof| !proof.is_empty());
        if let (Some(proof), Some(Block::Reasoning { signature, .. })) = (proof, self.blocks.last_mut()) {
            signature.get_or_insert_default().push_str(&proof);
        }
    }

    fn text(&mut self, empty: Block, delta: &str, logprobs: &[Value], sink: &mut impl Sink) {
        if delta.is_empty() {
            return;
        }
        let goes_on = self.open && self.blocks.last().is_some_and(|last| last.same_kind(&empty));
        if !goes_on {
            self.close_all(false, sink);
            self.begin(empty, sink);
        }
        if let Some(Block::Text { logprobs: all, .. }) = self.blocks.last_mut() {
            all.extend_from_slice(logprobs);
        }
        self.grow(delta, logprobs, sink);
    }

    /// Notes a piece. An engine that gives every call the same number still gives each its own id.
    fn call(&mut self, piece: CallPiece, position: u32) {
        let number = piece.index.unwrap_or(position);
        let id = piece.id.filter(|id| !id.is_empty());
        let name = piece.function.name.filter(|name| !name.is_empty());
        let arguments = piece.function.arguments.unwrap_or_default();
        let known = self.calls.iter_mut().rev().find(|call| call.number == number);
        let another = |call: &Waiting| name.is_some() && id.is_some() && call.id.is_some() && call.id != id;
        match known.filter(|call| !another(call)) {
            Some(call) => {
                call.id = call.id.take().or(id);
                call.name = call.name.take().or(name);
                call.held.push_str(&arguments);
            }
            None => {
                self.calls.push(Waiting { number, id, name, held: arguments, open: false, closed: false });
            }
        }
    }

    /// Tells what can be told of the calls: the open one grows; once its arguments are whole, the next opens.
    fn advance(&mut self, sink: &mut impl Sink) {
        loop {
            if let Some(at) = self.calls.iter().position(|call| call.open) {
                let delta = std::mem::take(&mut self.calls[at].held);
                self.grow(&delta, &[], sink);
                let others = self.calls.iter().any(|call| !call.open && !call.closed && call.name.is_some());
                if !others || !self.arguments_are_whole() {
                    return;
                }
                self.close_open(false, sink);
            }
            let Some(next) = self.calls.iter().position(|call| !call.closed && call.name.is_some()) else {
                return;
            };
            self.close_open(false, sink);
            self.begin_call(next, sink);
        }
    }

    fn begin_call(&mut self, at: usize, sink: &mut impl Sink) {
        let index = self.blocks.len();
        let call = &mut self.calls[at];
        call.open = true;
        let id = call.id.clone().unwrap_or_else(|| format!("call_{}_{index}", self.stem));
        let name = call.name.clone().unwrap_or_default();
        self.begin(Block::Call { id, name, arguments: String::new() }, sink);
    }

    fn arguments_are_whole(&self) -> bool {
        match self.blocks.last() {
            Some(Block::Call { arguments, .. }) => {
                serde_json::from_str::<serde::de::IgnoredAny>(arguments).is_ok()
            }
            _ => true,
        }
    }

    fn begin(&mut self, block: Block, sink: &mut impl Sink) {
        sink.open(self.blocks.len(), &block);
        self.blocks.push(block);
        self.open = true;
    }

    fn grow(&mut self, delta: &str, logprobs: &[Value], sink: &mut impl Sink) {
        let index = self.blocks.len().saturating_sub(1);
        if let Some(block) = self.blocks.last_mut().filter(|_| !delta.is_empty()) {
            block.grows(delta);
            sink.grow(index, block, delta, logprobs);
        }
    }

    fn close_open(&mut self, cut: bool, sink: &mut impl Sink) {
        for call in self.calls.iter_mut().filter(|call| call.open) {
            call.open = false;
            call.closed = true;
        }
        if std::mem::take(&mut self.open)
            && let Some(block) = self.blocks.last()
        {
            sink.close(self.blocks.len() - 1, block, cut);
        }
    }

    /// Closes the open block and tells the calls that still wait. A call that never got a name is none.
    fn close_all(&mut self, cut: bool, sink: &mut impl Sink) {
        let waiting = |call: &Waiting| !call.open && !call.closed && call.name.is_some();
        while let Some(next) = self.calls.iter().position(waiting) {
            self.close_open(false, sink);
            self.begin_call(next, sink);
            let held = std::mem::take(&mut self.calls[next].held);
            self.grow(&held, &[], sink);
        }
        self.close_open(cut, sink);
    }

    /// The end: `cut` when the answer ended before it was complete.
    pub(crate) fn end(&mut self, cut: bool, sink: &mut impl Sink) {
        self.close_all(cut, sink);
    }
}
