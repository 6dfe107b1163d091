//! A message's content: a text, or parts of several kinds.

use std::{borrow::Cow, fmt};

use serde::{
    Deserialize, Deserializer, Serialize, Serializer,
    de::{SeqAccess, Visitor},
};
use serde_json::Value;

/// What a message holds. Parts are kept as they came; only their text is looked at.
#[derive(Debug, Clone, PartialEq)]
pub enum Content {
    /// An explicit `null`, as assistants' tool calls have it.
    Null,
    Text(String),
    /// Objects with a `type`: `text`, `image_url`, `input_audio`, `file`, `refusal`.
    Parts(Vec<Value>),
}

impl Content {
    /// All text, parts joined by a line break. Images and other kinds count for nothing.
    pub fn text(&self) -> Cow<'_, str> {
        match self {
            Self::Null => Cow::Borrowed(""),
            Self::Text(text) => Cow::Borrowed(text),
            Self::Parts(parts) => {
                let mut texts = parts.iter().filter_map(part_text);
                let first = texts.next().unwrap_or_default();
                match texts.next() {
                    None => Cow::Borrowed(first),
                    Some(second) => {
                        let mut joined = format!("{first}\n{second}");
                        texts.for_each(|text| joined.extend(["\n", text]));
                        Cow::Owned(joined)
                    }
                }
            }
        }
    }

    /// Bytes of text, without building it.
    pub fn text_bytes(&self) -> usize {
        match self {
            Self::Null => 0,
            Self::Text(text) => text.len(),
            Self::Parts(parts) => parts.iter().filter_map(part_text).map(str::len).sum(),
        }
    }

    /// The types of the parts that are not text, for example `image_url`.
    pub fn other_kinds(&self) -> impl Iterator<Item = &str> {
        let parts = if let Self::Parts(parts) = self { parts.as_slice() } else { &[] };
        parts.iter().filter_map(|part| part.get("type")?.as_str()).filter(|kind| *kind != "text")
    }
}

fn part_text(part: &Value) -> Option<&str> {
    part.get("text")?.as_str()
}

impl From<String> for Content {
    fn from(text: String) -> Self {
        Self::Text(text)
    }
}

impl From<&str> for Content {
    fn from(text: &str) -> Self {
        Self::Text(text.to_owned())
    }
}

impl Serialize for Content {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            Self::Null => serializer.serialize_unit(),
            Self::Text(text) => serializer.serialize_str(text),
            Self::Parts(parts) => parts.serialize(serializer),
        }
    }
}

impl<'de> Deserialize<'de> for Content {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Reader;
        impl<'de> Visitor<'de> for Reader {
            type Value = Content;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a string, an array of content parts or null")
            }
            fn visit_str<E>(self, text: &str) -> Result<Content, E> {
                Ok(Content::Text(text.to_owned()))
            }
            fn visit_string<E>(self, text: String) -> Result<Content, E> {
                Ok(Content::Text(text))
            }
            fn visit_unit<E>(self) -> Result<Content, E> {
                Ok(Content::Null)
            }
            fn visit_none<E>(self) -> Result<Content, E> {
                Ok(Content::Null)
            }
            fn visit_seq<A: SeqAccess<'de>>(self, mut parts: A) -> Result<Content, A::Error> {
                let mut all = Vec::with_capacity(parts.size_hint().unwrap_or(1).min(64));
                while let Some(Part(part)) = parts.next_element()? {
                    all.push(part);
                }
                Ok(Content::Parts(all))
            }
        }
        deserializer.deserialize_any(Reader)
    }
}

/// A content part must be an object.
struct Part(Value);

impl<'de> Deserialize<'de> for Part {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        serde_json::Map::deserialize(deserializer).map(|part| Self(Value::Object(part)))
    }
}
