//! Which deployments likely have a prompt's beginning in their caches.

use parking_lot::Mutex;
use routing::{Fingerprint, Fingerprinter, Found, Handle, PrefixIndex};
use shared_chat::Message;
use snapshot::TokenCounts;

use crate::request::ModelRequest;

/// Cuts of prompts remembered: 48 bytes each, 6 MiB.
const CUTS: usize = 1 << 17;

/// The index of prefixes. One lock: a look-up takes a microsecond or two, and a prompt too short to be cached none.
#[derive(Debug)]
pub(crate) struct Affinity {
    index: Mutex<PrefixIndex>,
}

impl Default for Affinity {
    fn default() -> Self {
        Self { index: Mutex::new(PrefixIndex::new(CUTS)) }
    }
}

impl Affinity {
    pub(crate) fn find(&self, print: &Fingerprint) -> Found {
        if print.cuts().is_empty() { Found::default() } else { self.index.lock().find(print) }
    }

    /// A deployment is sent a prompt.
    pub(crate) fn sent(&self, handle: Handle, print: &Fingerprint, prompt_tokens: u32, cached: u32) {
        self.index.lock().sent(handle, print, prompt_tokens, cached);
    }

    /// What the engine counted, beside what was predicted to be cached.
    pub(crate) fn told(&self, handle: Handle, predicted: u32, tokens: &TokenCounts) {
        let count = |tokens: u64| u32::try_from(tokens).unwrap_or(u32::MAX);
        let mut index = self.index.lock();
        index.wrote(handle, count(tokens.completion));
        index.learn(handle, predicted, count(tokens.cached));
    }

    /// How many tokens a deployment's cache holds.
    pub(crate) fn set_room(&self, handle: Handle, tokens: u32) {
        self.index.lock().set_room(handle, tokens);
    }

    /// The deployment's cache is empty.
    pub(crate) fn forget(&self, handle: Handle) {
        self.index.lock().forget(handle);
    }
}

/// The fingerprint of what an engine reads of a request, in the order in which it reads it. `salt`: whose it is, and
/// which model's.
pub(crate) fn fingerprint(request: &ModelRequest, salt: u64) -> Fingerprint {
    let mut printer = Fingerprinter::new(salt);
    match request {
        ModelRequest::Chat(chat) => {
            let tools = chat.tools.iter().flatten().filter_map(|tool| tool.function.as_ref());
            for function in tools {
                printer.push(function.name.as_bytes());
            }
            for message in &chat.messages {
                if !push(&mut printer, message) {
                    break;
                }
            }
        }
        ModelRequest::Completion(completion) => {
            for text in completion.prompt.texts().unwrap_or_default().iter().take(1) {
                printer.push(text.as_bytes());
            }
        }
        _ => {}
    }
    printer.finish()
}

/// Returns whether more would count.
fn push(printer: &mut Fingerprinter, message: &Message) -> bool {
    printer.push(message.role.as_bytes());
    printer.push(b"\n");
    if let Some(content) = &message.content {
        printer.push(content.text().as_bytes());
    }
    for call in message.tool_calls.iter().flatten().filter_map(|call| call.function.as_ref()) {
        printer.push(call.name.as_bytes());
        printer.push(call.arguments.as_bytes());
    }
    printer.push(b"\n")
}
