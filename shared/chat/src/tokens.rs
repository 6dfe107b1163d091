//! Prompts and inputs that may be text, several texts, or token ids.

use std::fmt;

use serde::{
    Deserialize, Deserializer, Serialize,
    de::{self, SeqAccess, Visitor},
};
use serde_json::Value;

/// `prompt` of a completion and `input` of an embedding, written back in the form it came in.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(untagged)]
pub enum TextOrTokens {
    Text(String),
    Texts(Vec<String>),
    /// One prompt, as token ids.
    Tokens(Vec<u32>),
    /// Several prompts, as token ids.
    TokenArrays(Vec<Vec<u32>>),
}

impl TextOrTokens {
    /// How many prompts these are: each has an answer of its own.
    pub fn count(&self) -> usize {
        match self {
            Self::Text(_) | Self::Tokens(_) => 1,
            Self::Texts(texts) => texts.len(),
            Self::TokenArrays(arrays) => arrays.len(),
        }
    }

    /// Bytes of text; none for token ids.
    pub fn text_bytes(&self) -> usize {
        match self {
            Self::Text(text) => text.len(),
            Self::Texts(texts) => texts.iter().map(String::len).sum(),
            Self::Tokens(_) | Self::TokenArrays(_) => 0,
        }
    }

    /// Tokens, as far as they were given as ids; none for text.
    pub fn token_count(&self) -> usize {
        match self {
            Self::Text(_) | Self::Texts(_) => 0,
            Self::Tokens(tokens) => tokens.len(),
            Self::TokenArrays(arrays) => arrays.iter().map(Vec::len).sum(),
        }
    }

    /// The texts, when these are texts.
    pub fn texts(&self) -> Option<&[String]> {
        match self {
            Self::Text(text) => Some(std::slice::from_ref(text)),
            Self::Texts(texts) => Some(texts),
            Self::Tokens(_) | Self::TokenArrays(_) => None,
        }
    }
}

impl From<&str> for TextOrTokens {
    fn from(text: &str) -> Self {
        Self::Text(text.to_owned())
    }
}

impl<'de> Deserialize<'de> for TextOrTokens {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(Reader)
    }
}

struct Reader;

impl<'de> Visitor<'de> for Reader {
    type Value = TextOrTokens;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a string, an array of strings, an array of token ids or an array of such arrays")
    }
    fn visit_str<E>(self, text: &str) -> Result<TextOrTokens, E> {
        Ok(TextOrTokens::Text(text.to_owned()))
    }
    fn visit_string<E>(self, text: String) -> Result<TextOrTokens, E> {
        Ok(TextOrTokens::Text(text))
    }
    fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<TextOrTokens, A::Error> {
        match items.next_element()? {
            None => Ok(TextOrTokens::Texts(Vec::new())),
            Some(Item::Text(first)) => remaining(first, items).map(TextOrTokens::Texts),
            Some(Item::Token(first)) => remaining(first, items).map(TextOrTokens::Tokens),
            Some(Item::Tokens(first)) => remaining(first, items).map(TextOrTokens::TokenArrays),
        }
    }
}

/// The rest of an array whose first item told what all are.
fn remaining<'de, T: Deserialize<'de>, A: SeqAccess<'de>>(
    first: T,
    mut items: A,
) -> Result<Vec<T>, A::Error> {
    let mut all = vec![first];
    while let Some(item) = items.next_element()? {
        all.push(item);
    }
    Ok(all)
}

enum Item {
    Text(String),
    Token(u32),
    Tokens(Vec<u32>),
}

impl<'de> Deserialize<'de> for Item {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let refused = || de::Error::custom("expected a string, a token id or an array of token ids");
        match Value::deserialize(deserializer)? {
            Value::String(text) => Ok(Self::Text(text)),
            Value::Number(number) => {
                number.as_u64().and_then(|id| u32::try_from(id).ok()).map(Self::Token).ok_or_else(refused)
            }
            tokens @ Value::Array(_) => {
                serde_json::from_value(tokens).map(Self::Tokens).map_err(|_| refused())
            }
            _ => Err(refused()),
        }
    }
}
