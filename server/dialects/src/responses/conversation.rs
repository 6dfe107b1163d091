//! Items into chat's messages. What the assistant did in one turn, one item each, is one message there.

use std::collections::HashSet;

use serde_json::Value;
use shared_chat::{Content, Message, Rest, ToolCall};

use super::{Item, ResponsesRequest, custom, parts};
use crate::{
    Refused,
    fields::{Fields, quoted},
};

pub(super) fn messages(request: &ResponsesRequest, history: &[Item]) -> Result<Vec<Message>, Refused> {
    let own = request.items();
    if own.is_empty() && history.is_empty() {
        return Err(Refused::missing("input", "a string or a non-empty array of input items"));
    }
    let mut conversation = Conversation::default();
    if let Some(instructions) = request.instructions.as_ref().filter(|text| !text.is_empty()) {
        conversation.messages.push(Message::new("system", instructions.clone()));
    }
    for (i, item) in history.iter().enumerate() {
        conversation.item(&Fields::new(&item.0, format!("history[{i}]")), item.kind())?;
    }
    conversation.ids.extend(history.iter().filter_map(Item::id));
    for (i, item) in own.iter().enumerate() {
        conversation.item(&Fields::new(&item.0, format!("input[{i}]")), item.kind())?;
    }
    conversation.flush();
    Ok(joined(conversation.messages))
}

/// Messages of the system that open the conversation become one: many models' templates take only one.
fn joined(messages: Vec<Message>) -> Vec<Message> {
    let opens = |message: &&Message| message.role == "system" && message.rest.is_empty();
    let texts: Vec<&str> = messages
        .iter()
        .take_while(opens)
        .map_while(|message| match &message.content {
            Some(Content::Text(text)) => Some(text.as_str()),
            _ => None,
        })
        .collect();
    if texts.len() < 2 {
        return messages;
    }
    let (first, count) = (Message::new("system", texts.join("\n\n")), texts.len());
    std::iter::once(first).chain(messages.into_iter().skip(count)).collect()
}

#[derive(Default)]
struct Conversation<'a> {
    messages: Vec<Message>,
    /// The assistant's turn so far.
    turn: Option<Message>,
    /// Ids of the calls that may be answered.
    calls: HashSet<String>,
    /// Ids of the items that came before the request's own.
    ids: HashSet<&'a str>,
}

impl Conversation<'_> {
    fn item(&mut self, item: &Fields<'_>, kind: &str) -> Result<(), Refused> {
        match kind {
            "message" => self.message(item),
            "function_call" => self.call(item),
            "custom_tool_call" => self.custom_call(item),
            "function_call_output" | "custom_tool_call_output" => self.output(item),
            "reasoning" => self.reasoning(item),
            "item_reference" => self.reference(item),
            "" => Err(Refused::missing(item.at("type"), "a kind of item, for example \"message\"")),
            other => {
                let why = format!(
                    "an item of type {} has no place here; accepted are \"message\", \"function_call\", \
                     \"function_call_output\", \"custom_tool_call\", \"custom_tool_call_output\", \"reasoning\" and \
                     \"item_reference\"",
                    quoted(other)
                );
                Err(Refused::unsupported(item.at("type"), &why))
            }
        }
    }

    fn message(&mut self, item: &Fields<'_>) -> Result<(), Refused> {
        let content = parts::content(item, "content")?
            .ok_or_else(|| Refused::missing(item.at("content"), "a string or an array of content parts"))?;
        match item.text("role")? {
            "assistant" => self.said(content),
            role @ ("user" | "system" | "developer") => {
                self.flush();
                // Few models' templates know a developer; OpenAI takes the two for the same.
                let role = if role == "developer" { "system" } else { role };
                self.messages.push(Message::new(role, content));
            }
            other => {
                let accepted = "\"user\", \"assistant\", \"system\" or \"developer\"";
                return Err(Refused::wrong(item.at("role"), &quoted(other), accepted));
            }
        }
        Ok(())
    }

    /// The assistant's words. Beside calls they join the same message: between a call and its output may be nothing.
    fn said(&mut self, content: Content) {
        let (content, refusal) = parts::refusal(content);
        if self.turn.as_ref().is_some_and(|turn| turn.content.is_some() && turn.tool_calls.is_none()) {
            self.flush();
        }
        let turn = self.turn();
        turn.content = Some(match turn.content.take() {
            None | Some(Content::Null) => content,
            Some(first) => Content::Parts([parts::list(first), parts::list(content)].concat()),
        });
        if let Some(refusal) = refusal {
            turn.rest.insert("refusal".to_owned(), refusal.into());
        }
    }

    fn call(&mut self, item: &Fields<'_>) -> Result<(), Refused> {
        let (id, name) = (item.text("call_id")?, item.text("name")?);
        self.called(id, ToolCall::function(id, name, item.text("arguments")?));
        Ok(())
    }

    fn custom_call(&mut self, item: &Fields<'_>) -> Result<(), Refused> {
        let (id, name) = (item.text("call_id")?, item.text("name")?);
        self.called(id, ToolCall::function(id, name, custom::arguments(item.text("input")?)));
        Ok(())
    }

    fn called(&mut self, id: &str, call: ToolCall) {
        self.calls.insert(id.to_owned());
        self.turn().tool_calls.get_or_insert_default().push(call);
    }

    fn output(&mut self, item: &Fields<'_>) -> Result<(), Refused> {
        let id = item.text("call_id")?;
        if !self.calls.contains(id) {
            let accepted = "the `call_id` of a call before it";
            return Err(Refused::wrong(item.at("call_id"), &quoted(id), accepted));
        }
        let output = parts::content(item, "output")?
            .ok_or_else(|| Refused::missing(item.at("output"), "a string or an array of content parts"))?;
        self.flush();
        let mut message = Message::new("tool", output);
        message.tool_call_id = Some(id.to_owned());
        self.messages.push(message);
        Ok(())
    }

    /// Reasoning goes back to the model under the name that engines give it.
    fn reasoning(&mut self, item: &Fields<'_>) -> Result<(), Refused> {
        if item.get("encrypted_content").is_some() {
            let why = "reasoning is not encrypted here; send the items as they were given, or leave it out";
            return Err(Refused::unsupported(item.at("encrypted_content"), why));
        }
        let mut text = texts(item, "content")?;
        if text.is_empty() {
            text = texts(item, "summary")?;
        }
        if text.is_empty() {
            return Ok(());
        }
        // Words without calls were a turn of their own.
        if self.turn.as_ref().is_some_and(|turn| turn.content.is_some() && turn.tool_calls.is_none()) {
            self.flush();
        }
        let rest = &mut self.turn().rest;
        let before = rest.get("reasoning_content").and_then(Value::as_str).unwrap_or_default();
        let whole = if before.is_empty() { text } else { format!("{before}\n{text}") };
        rest.insert("reasoning_content".to_owned(), whole.into());
        Ok(())
    }

    /// An item that is in the history already is there once; any other is not known.
    fn reference(&mut self, item: &Fields<'_>) -> Result<(), Refused> {
        let id = item.text("id")?;
        if self.ids.contains(id) {
            return Ok(());
        }
        let accepted = "an item of the response to go on from: items are not kept, send them whole (with `store: false` \
                        the client packages do)";
        Err(Refused::wrong(item.at("id"), &format!("{}, which is not known", quoted(id)), accepted))
    }

    fn turn(&mut self) -> &mut Message {
        self.turn.get_or_insert_with(|| Message {
            role: "assistant".to_owned(),
            content: None,
            tool_calls: None,
            tool_call_id: None,
            rest: Rest::new(),
        })
    }

    fn flush(&mut self) {
        if let Some(mut turn) = self.turn.take() {
            // Calls alone have an explicit null, as chat has it.
            turn.content.get_or_insert(Content::Null);
            self.messages.push(turn);
        }
    }
}

fn texts(item: &Fields<'_>, key: &str) -> Result<String, Refused> {
    let parts = item.maybe_list(key)?.unwrap_or_default();
    let mut all = Vec::new();
    for (i, part) in parts.iter().enumerate() {
        all.push(Fields::of(part, format!("{}[{i}]", item.at(key)))?.text("text")?);
    }
    Ok(all.join("\n"))
}
