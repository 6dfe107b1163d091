//! Tool calls as engines get them wrong, and as OpenAI has them.
//!
//! Seen: `tool_calls` as one object (TGI before 3.1), arguments as an object (TGI's whole answers), calls without an id
//! or a type (TGI, llama.cpp), the id and the name repeated on every piece (TGI), every call under index 0 (SGLang
//! before 0.4.8, Gemini's OpenAI route), an id of its own for every piece (vLLM before 0.9, with a named tool), `stop` as
//! the reason for the end (vLLM with a named tool, TGI's whole answers) or none at all (TGI's streams).

use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Map, Value};
use shared_chat::finish_reason;

use super::tidy::Shape;
use crate::Labels;

/// The calls of one stream, or of one answer.
#[derive(Debug)]
pub struct Tools {
    labels: Labels,
    /// By the choice's index.
    choices: BTreeMap<u64, Vec<Call>>,
    /// Choices that were told why they ended.
    ended: BTreeSet<u64>,
}

/// A call that has begun; its place in the list is its index for the caller.
#[derive(Debug)]
struct Call {
    /// The engine's index, where it gave one.
    index: Option<u64>,
    id: String,
    name: String,
    arguments: Progress,
}

/// How far a call's arguments have come, as JSON.
#[derive(Debug, Default)]
struct Progress {
    begun: bool,
    depth: u32,
    quoted: bool,
    escaped: bool,
}

impl Progress {
    fn add(&mut self, piece: &str) {
        for byte in piece.bytes() {
            match byte {
                _ if self.escaped => self.escaped = false,
                b'\\' if self.quoted => self.escaped = true,
                b'"' => self.quoted = !self.quoted,
                _ if self.quoted => {}
                b'{' | b'[' => {
                    self.begun = true;
                    self.depth = self.depth.saturating_add(1);
                }
                b'}' | b']' => self.depth = self.depth.saturating_sub(1),
                _ => {}
            }
        }
    }

    fn is_whole(&self) -> bool {
        self.begun && self.depth == 0 && !self.quoted
    }
}

/// Whether anything was changed.
pub type Changed = bool;

impl Tools {
    pub fn new(labels: Labels) -> Self {
        Self { labels, choices: BTreeMap::new(), ended: BTreeSet::new() }
    }

    /// Whether any call has begun.
    pub fn any(&self) -> bool {
        !self.choices.is_empty()
    }

    /// Choices whose calls are whole and that were told no reason for their end: TGI leaves it out.
    pub fn left_open(&self) -> Vec<u64> {
        let whole = |calls: &Vec<Call>| calls.last().is_some_and(|call| call.arguments.is_whole());
        let open = self.choices.iter().filter(|(at, calls)| !self.ended.contains(*at) && whole(calls));
        open.map(|(at, _)| *at).collect()
    }

    /// A choice was told its end.
    pub fn end(&mut self, at: u64) {
        self.ended.insert(at);
    }

    /// A choice of a chunk or of a whole answer: what is wrong with its calls and with the reason of its end.
    pub fn choice(&mut self, choice: &mut Value, shape: Shape) -> Changed {
        let at = choice.get("index").and_then(Value::as_u64).unwrap_or(0);
        let mut changed = false;
        if let Some(tool_calls) = choice.get_mut(shape.key()).and_then(|said| said.get_mut("tool_calls")) {
            if tool_calls.is_object() {
                *tool_calls = Value::Array(vec![tool_calls.take()]);
                changed = true;
            }
            for piece in tool_calls.as_array_mut().into_iter().flatten().filter_map(Value::as_object_mut) {
                changed |= if shape == Shape::Delta { self.piece(piece, at) } else { self.call(piece, at) };
            }
        }
        changed | self.finish(choice, at)
    }

    /// A call in a whole answer.
    fn call(&mut self, call: &mut Map<String, Value>, choice: u64) -> Changed {
        let name = text(call.get("function"), "name");
        let mut changed = self.begin(call, choice, None, name);
        if let Some(function) = call.get_mut("function").and_then(Value::as_object_mut) {
            changed |= stringify(function, "{}");
        }
        changed
    }

    /// A piece of a call in a stream.
    fn piece(&mut self, piece: &mut Map<String, Value>, choice: u64) -> Changed {
        let index = piece.get("index").and_then(Value::as_u64);
        let id = piece.get("id").and_then(Value::as_str).filter(|id| !id.is_empty()).map(str::to_owned);
        let name = text(piece.get("function"), "name");
        let calls = self.choices.entry(choice).or_default();
        // A call goes on under its index, or without one. Another id is another call, if another name comes with it or
        // the call is whole: vLLM before 0.9 gives every piece of a named call an id of its own.
        let known = match index {
            Some(_) => calls.iter().rposition(|call| call.index == index),
            None if name.is_empty() => calls.len().checked_sub(1),
            None => id.as_ref().and_then(|id| calls.iter().position(|call| call.id == *id)),
        };
        let another = |call: &Call| {
            let renamed = !name.is_empty() && id.as_ref().is_some_and(|id| *id != call.id);
            renamed && (name != call.name || call.arguments.is_whole())
        };
        let (at, mut changed) = if let Some(at) = known.filter(|at| !another(&calls[*at])) {
            (at, goes_on(piece, &mut calls[at], at, &name))
        } else {
            let at = calls.len();
            let changed = self.begin(piece, choice, index, name);
            (at, changed | set(piece, "index", at.into()))
        };
        if let Some(function) = piece.get_mut("function").and_then(Value::as_object_mut) {
            changed |= stringify(function, "");
            let arguments = function.get("arguments").and_then(Value::as_str).unwrap_or_default();
            if let Some(call) = self.choices.get_mut(&choice).and_then(|calls| calls.get_mut(at)) {
                call.arguments.add(arguments);
            }
        }
        changed
    }

    /// A call begins: it has an id and a type.
    fn begin(
        &mut self,
        call: &mut Map<String, Value>,
        choice: u64,
        index: Option<u64>,
        name: String,
    ) -> Changed {
        let number = self.choices.get(&choice).map_or(0, Vec::len) as u64;
        let mut changed = false;
        // TGI's `0` would be that of every call of a conversation.
        let given = call.get("id").and_then(Value::as_str).filter(|id| !matches!(*id, "" | "0"));
        let given = given.map(str::to_owned);
        let id = given.unwrap_or_else(|| {
            changed = true;
            let id = call_id(&self.labels, choice, number);
            call.insert("id".to_owned(), id.clone().into());
            id
        });
        if call.get("type").is_none_or(|kind| !kind.is_string()) && call.contains_key("function") {
            changed |= set(call, "type", "function".into());
        }
        self.choices.entry(choice).or_default().push(Call {
            index,
            id,
            name,
            arguments: Progress::default(),
        });
        changed
    }

    /// Why a choice ended.
    fn finish(&mut self, choice: &mut Value, at: u64) -> Changed {
        let called = self.choices.get(&at).is_some_and(|calls| !calls.is_empty());
        let Some(reason) = choice.get_mut("finish_reason") else { return false };
        let wanted: Value = match reason.as_str() {
            None => return false,
            Some("length" | "content_filter" | "tool_calls" | "error") => {
                self.end(at);
                return false;
            }
            // Some builds of SGLang write it before the end.
            Some("") => Value::Null,
            Some("max_tokens" | "max_new_tokens") => finish_reason::LENGTH.into(),
            Some("abort") => finish_reason::ERROR.into(),
            Some(_) if called => finish_reason::TOOL_CALLS.into(),
            Some("eos_token" | "stop_sequence" | "eos" | "end_turn") => finish_reason::STOP.into(),
            Some(_) => {
                self.end(at);
                return false;
            }
        };
        if !wanted.is_null() {
            self.end(at);
        }
        *reason = wanted;
        true
    }
}

/// An id for a call to which the engine gave none.
pub fn call_id(labels: &Labels, choice: u64, number: u64) -> String {
    let own = labels.id.trim_start_matches("chatcmpl-");
    if choice == 0 { format!("call_{own}_{number}") } else { format!("call_{own}_{choice}_{number}") }
}

/// What was told of a call is not told again: clients join the pieces, ids and names included.
fn goes_on(piece: &mut Map<String, Value>, call: &mut Call, at: usize, name: &str) -> Changed {
    let mut changed = set(piece, "index", at.into());
    for told in ["id", "type"] {
        changed |= piece.get(told).is_some_and(|value| !value.is_null()) && piece.remove(told).is_some();
    }
    if name.is_empty() {
        return changed;
    }
    if call.name.is_empty() {
        name.clone_into(&mut call.name);
    } else if let Some(function) = piece.get_mut("function").and_then(Value::as_object_mut) {
        // A name in pieces is left as it is.
        changed |= call.name == name && function.remove("name").is_some();
    }
    changed
}

fn set(object: &mut Map<String, Value>, key: &str, value: Value) -> Changed {
    if object.get(key) == Some(&value) {
        return false;
    }
    object.insert(key.to_owned(), value);
    true
}

fn text(object: Option<&Value>, key: &str) -> String {
    object.and_then(|object| object.get(key)?.as_str()).unwrap_or_default().to_owned()
}

/// Arguments are JSON as text. TGI of old put the function's name among them.
fn stringify(function: &mut Map<String, Value>, empty: &str) -> Changed {
    match function.get_mut("arguments") {
        Some(Value::String(_)) => false,
        Some(arguments) if arguments.is_null() => {
            *arguments = empty.into();
            true
        }
        Some(arguments) => {
            if let Some(object) = arguments.as_object_mut() {
                object.remove("_name");
            }
            *arguments = arguments.to_string().into();
            true
        }
        None if empty.is_empty() => false,
        None => set(function, "arguments", empty.into()),
    }
}
