//! Tools that take free text. Chat knows functions alone: there each is a function of one text, `input`.

use serde_json::{Value, json};
use shared_chat::{Rest, Tool, ToolFunction};

use crate::{
    Refused,
    fields::{Fields, quoted},
};

/// A custom tool as the function that engines are given.
pub(super) fn tool(tool: &Fields<'_>) -> Result<Tool, Refused> {
    if let Some(format) = tool.maybe_object("format")? {
        match format.text("type")? {
            "text" => {}
            other => {
                let why =
                    format!("text in the form of a {} cannot be had; accepted is \"text\"", quoted(other));
                return Err(Refused::unsupported(format.at("type"), &why));
            }
        }
    }
    let input =
        json!({"type": "string", "description": "The whole text that the tool is given, in no other form."});
    let parameters = json!({
        "type": "object", "properties": {"input": input}, "required": ["input"], "additionalProperties": false,
    });
    let known = ["type", "name", "description", "format", "defer_loading", "allowed_callers"];
    let rest: Rest = tool.others(&known).map(|(key, value)| (key.clone(), value.clone())).collect();
    let function = ToolFunction {
        name: tool.text("name")?.to_owned(),
        description: tool.maybe_text("description")?.map(str::to_owned),
        parameters: Some(parameters),
        rest,
    };
    Ok(Tool { kind: "function".to_owned(), function: Some(function), rest: Rest::new() })
}

/// A text as the function's arguments.
pub(super) fn arguments(input: &str) -> String {
    json!({"input": input}).to_string()
}

/// The text in a call's arguments, as far as they go. A model that wrote no such object meant what it wrote.
pub(super) fn input(arguments: &str) -> String {
    let mut text = FreeText::default();
    let told = text.push(arguments);
    if text.has_begun() {
        return told;
    }
    match serde_json::from_str::<Value>(arguments) {
        Ok(Value::Object(object)) => match object.get("input") {
            Some(Value::String(text)) => text.clone(),
            _ => arguments.to_owned(),
        },
        Ok(Value::String(text)) => text,
        _ => arguments.to_owned(),
    }
}

/// Reads the text out of arguments that come in pieces.
#[derive(Debug, Default)]
pub(super) struct FreeText {
    state: State,
    /// What is not read yet: the beginning, or an escape that is not whole.
    held: String,
    /// All that was given out.
    pub(super) told: String,
}

#[derive(Debug, Default, PartialEq, Eq)]
enum State {
    #[default]
    Before,
    Inside,
    After,
    /// It does not begin as expected: see [`input`].
    Other,
}

impl FreeText {
    fn has_begun(&self) -> bool {
        matches!(self.state, State::Inside | State::After)
    }

    /// The text that a piece adds.
    pub(super) fn push(&mut self, piece: &str) -> String {
        self.held.push_str(piece);
        if self.state == State::Before {
            self.begin();
        }
        let mut text = String::new();
        if self.state == State::Inside {
            self.read(&mut text);
        }
        self.told.push_str(&text);
        text
    }

    /// `{"input":"` with blanks anywhere.
    fn begin(&mut self) {
        let mut rest = self.held.as_str();
        for token in ["{", "\"input\"", ":", "\""] {
            rest = rest.trim_ascii_start();
            match rest.strip_prefix(token) {
                Some(after) => rest = after,
                None if token.starts_with(rest) => return,
                None => return self.state = State::Other,
            }
        }
        self.held = rest.to_owned();
        self.state = State::Inside;
    }

    fn read(&mut self, text: &mut String) {
        let held = std::mem::take(&mut self.held);
        let mut rest = held.as_str();
        while let Some(next) = rest.chars().next() {
            match next {
                '"' => {
                    self.state = State::After;
                    return;
                }
                '\\' => match escape(rest) {
                    Some((read, length)) => {
                        text.push(read);
                        rest = &rest[length..];
                    }
                    None => break,
                },
                other => {
                    text.push(other);
                    rest = &rest[other.len_utf8()..];
                }
            }
        }
        self.held = rest.to_owned();
    }
}

/// The character that an escape at the start stands for, and its length; None while it is not whole.
fn escape(text: &str) -> Option<(char, usize)> {
    let simple = match text.as_bytes().get(1)? {
        b'n' => '\n',
        b't' => '\t',
        b'r' => '\r',
        b'b' => '\u{8}',
        b'f' => '\u{c}',
        b'u' => return unicode(text),
        _ => {
            let other = text[1..].chars().next()?;
            return Some((other, 1 + other.len_utf8()));
        }
    };
    Some((simple, 2))
}

/// A character by its number, which takes two escapes beyond the first 65,536.
fn unicode(text: &str) -> Option<(char, usize)> {
    let unit = |at: usize| {
        let digits = text.as_bytes().get(at..at + 4)?;
        Some(std::str::from_utf8(digits).ok().and_then(|digits| u16::from_str_radix(digits, 16).ok()))
    };
    let Some(first) = unit(2)? else { return Some((char::REPLACEMENT_CHARACTER, 2)) };
    if !(0xd800..0xdc00).contains(&first) {
        return Some((char::from_u32(first.into()).unwrap_or(char::REPLACEMENT_CHARACTER), 6));
    }
    let lone = Some((char::REPLACEMENT_CHARACTER, 6));
    match text.get(6..) {
        Some(rest) if rest.len() < 6 && "\\u".starts_with(&rest[..rest.len().min(2)]) => return None,
        Some(rest) if rest.starts_with("\\u") => {}
        _ => return lone,
    }
    let Some(Some(second)) = unit(8) else { return lone };
    let mut pair = char::decode_utf16([first, second]);
    match pair.next() {
        Some(Ok(read)) => Some((read, 12)),
        _ => lone,
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn what_a_model_wrote_in_another_form_is_taken_as_it_is() {
        assert_eq!(input(r#"{"other":1,"input":"x"}"#), "x");
        assert_eq!(input("print(1)"), "print(1)");
        assert_eq!(input(r#""print(1)""#), "print(1)");
        assert_eq!(input(r#"{"code":"x"}"#), r#"{"code":"x"}"#);
        assert_eq!(input(r#"{"input":"cut of"#), "cut of");
        assert_eq!(input(r#"{ "input" : "\ud83d\ude00 \ud83d é\/" }"#), "😀 \u{fffd} é/");
    }

    proptest! {
        #[test]
        fn a_text_comes_back_whole_however_it_is_cut(text in "(?s).*", cuts in prop::collection::vec(any::<prop::sample::Index>(), 0..6)) {
            let whole = arguments(&text);
            let mut places: Vec<usize> = cuts.iter().map(|cut| whole.floor_char_boundary(cut.index(whole.len() + 1))).collect();
            places.push(whole.len());
            places.sort_unstable();
            let (mut reader, mut from, mut told) = (FreeText::default(), 0, String::new());
            for place in places {
                told.push_str(&reader.push(&whole[from..place]));
                from = place;
            }
            prop_assert_eq!(&told, &text);
            prop_assert_eq!(input(&whole), text);
        }
    }
}
