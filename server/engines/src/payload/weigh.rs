//! What choices say, folded into a few numbers without building them.

use std::fmt;

use serde::{
    Deserialize, Deserializer,
    de::{DeserializeSeed, IgnoredAny, MapAccess, SeqAccess, Visitor},
};

use super::Finish;

/// All choices of a chunk or an answer.
#[derive(Default)]
pub(super) struct Choices {
    pub count: u32,
    pub said: Said,
    /// The last one told.
    pub finish: Option<Finish>,
    /// A choice of a stream has no `finish_reason`, not so much as null.
    pub untidy: bool,
}

impl<'de> Deserialize<'de> for Choices {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Fold;
        impl<'de> Visitor<'de> for Fold {
            type Value = Choices;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("an array of choices")
            }
            fn visit_unit<E>(self) -> Result<Choices, E> {
                Ok(Choices::default())
            }
            fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<Choices, A::Error> {
                let mut all = Choices::default();
                while let Some(choice) = items.next_element::<Choice>()? {
                    all.count = all.count.saturating_add(1);
                    all.said.add(choice.delta);
                    all.said.add(choice.message);
                    all.said.add(choice.text);
                    match choice.finish_reason {
                        End::Missing => all.untidy |= choice.delta.objects,
                        End::Null => {}
                        End::Told(finish) => all.finish = Some(finish),
                    }
                }
                Ok(all)
            }
        }
        deserializer.deserialize_any(Fold)
    }
}

#[derive(Deserialize)]
struct Choice {
    #[serde(default)]
    delta: Said,
    #[serde(default)]
    message: Said,
    /// Of a text completion.
    #[serde(default)]
    text: Said,
    #[serde(default)]
    finish_reason: End,
}

/// Whether and how a choice says why it ended.
#[derive(Default)]
enum End {
    /// There is no such key.
    #[default]
    Missing,
    Null,
    Told(Finish),
}

impl<'de> Deserialize<'de> for End {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Ok(Option::deserialize(deserializer)?.map_or(Self::Null, Self::Told))
    }
}

impl<'de> Deserialize<'de> for Finish {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Reader;
        impl Visitor<'_> for Reader {
            type Value = Finish;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a finish reason")
            }
            fn visit_str<E>(self, reason: &str) -> Result<Finish, E> {
                Ok(match reason {
                    "stop" => Finish::Stop,
                    "length" => Finish::Length,
                    "tool_calls" | "function_call" => Finish::ToolCalls,
                    "content_filter" => Finish::ContentFilter,
                    "error" => Finish::Error,
                    _ => Finish::Other,
                })
            }
        }
        deserializer.deserialize_str(Reader)
    }
}

/// What a delta or message says: whether anything, and how many bytes of text.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Said {
    pub any: bool,
    pub bytes: u64,
    /// There is a `tool_calls` that is neither null nor empty.
    pub tools: bool,
    /// There is an object in it.
    objects: bool,
    /// There is a null in it where OpenAI's document allows none.
    pub untidy: bool,
    /// There is reasoning under one of its two names alone.
    pub lone_reasoning: bool,
    /// It is null itself.
    null: bool,
}

impl Said {
    fn add(&mut self, other: Self) {
        self.any |= other.any;
        self.bytes += other.bytes;
        self.tools |= other.tools;
        self.objects |= other.objects;
        self.untidy |= other.untidy;
        self.lone_reasoning |= other.lone_reasoning;
    }
}

impl<'de> Deserialize<'de> for Said {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Weigh.deserialize(deserializer)
    }
}

/// Weighs a value by the text in it. Nulls, numbers and empty texts say nothing, nor do labels such as a role.
struct Weigh;

impl<'de> DeserializeSeed<'de> for Weigh {
    type Value = Said;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Said, D::Error> {
        deserializer.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for Weigh {
    type Value = Said;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("any value")
    }
    fn visit_unit<E>(self) -> Result<Said, E> {
        Ok(Said { null: true, ..Said::default() })
    }
    fn visit_bool<E>(self, _: bool) -> Result<Said, E> {
        Ok(Said::default())
    }
    fn visit_i64<E>(self, _: i64) -> Result<Said, E> {
        Ok(Said::default())
    }
    fn visit_u64<E>(self, _: u64) -> Result<Said, E> {
        Ok(Said::default())
    }
    fn visit_f64<E>(self, _: f64) -> Result<Said, E> {
        Ok(Said::default())
    }
    fn visit_str<E>(self, text: &str) -> Result<Said, E> {
        Ok(Said { any: !text.is_empty(), bytes: text.len() as u64, ..Said::default() })
    }
    fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<Said, A::Error> {
        let mut all = Said::default();
        while let Some(item) = items.next_element_seed(Weigh)? {
            all.add(item);
        }
        Ok(all)
    }
    fn visit_map<A: MapAccess<'de>>(self, mut fields: A) -> Result<Said, A::Error> {
        let mut all = Said { objects: true, ..Said::default() };
        let mut reasoned = 0;
        while let Some(key) = fields.next_key::<Key>()? {
            if key == Key::Label {
                all.untidy |= fields.next_value::<Option<IgnoredAny>>()?.is_none();
                continue;
            }
            let mut said = fields.next_value_seed(Weigh)?;
            if key == Key::Reasoning && said.any {
                reasoned += 1;
                // Said under both names, it is said once.
                said.bytes = if reasoned == 1 { said.bytes } else { 0 };
            }
            all.add(said);
            all.untidy |= said.null && !matches!(key, Key::Says | Key::Reasoning);
            all.tools |= said.objects && key == Key::Tools;
        }
        all.lone_reasoning |= reasoned == 1;
        Ok(all)
    }
}

#[derive(PartialEq, Eq)]
enum Key {
    /// Says who or which, not what.
    Label,
    Says,
    /// Says something, and is never null.
    Told,
    Tools,
    /// Says what the model thought, by one of two names.
    Reasoning,
}

impl<'de> Deserialize<'de> for Key {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Reader;
        impl Visitor<'_> for Reader {
            type Value = Key;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a key")
            }
            fn visit_str<E>(self, key: &str) -> Result<Key, E> {
                Ok(match key {
                    "role" | "id" | "type" | "index" => Key::Label,
                    "tool_calls" => Key::Tools,
                    "reasoning" | "reasoning_content" => Key::Reasoning,
                    "name" | "arguments" | "function_call" | "annotations" => Key::Told,
                    _ => Key::Says,
                })
            }
        }
        deserializer.deserialize_identifier(Reader)
    }
}
