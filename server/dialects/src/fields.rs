//! Reading a JSON object whose place in the request is known, so that what is wrong can be named.

use serde_json::{Map, Value};

use crate::Refused;

#[derive(Debug, Clone)]
pub(crate) struct Fields<'a> {
    pub(crate) map: &'a Map<String, Value>,
    path: String,
}

impl<'a> Fields<'a> {
    pub(crate) fn new(map: &'a Map<String, Value>, path: impl Into<String>) -> Self {
        Self { map, path: path.into() }
    }

    pub(crate) fn of(value: &'a Value, path: impl Into<String>) -> Result<Self, Refused> {
        let path = path.into();
        match value {
            Value::Object(map) => Ok(Self { map, path }),
            other => Err(Refused::wrong(path, shown(other), "an object")),
        }
    }

    /// The place of one of the fields.
    pub(crate) fn at(&self, key: &str) -> String {
        if self.path.is_empty() { key.to_owned() } else { format!("{}.{key}", self.path) }
    }

    /// The value, unless it is absent or null.
    pub(crate) fn get(&self, key: &str) -> Option<&'a Value> {
        self.map.get(key).filter(|value| !value.is_null())
    }

    pub(crate) fn maybe_text(&self, key: &str) -> Result<Option<&'a str>, Refused> {
        match self.get(key) {
            None => Ok(None),
            Some(Value::String(text)) => Ok(Some(text)),
            Some(other) => Err(Refused::wrong(self.at(key), shown(other), "a string")),
        }
    }

    pub(crate) fn text(&self, key: &str) -> Result<&'a str, Refused> {
        self.maybe_text(key)?.ok_or_else(|| Refused::missing(self.at(key), "a string"))
    }

    pub(crate) fn maybe_flag(&self, key: &str) -> Result<Option<bool>, Refused> {
        match self.get(key) {
            None => Ok(None),
            Some(Value::Bool(flag)) => Ok(Some(*flag)),
            Some(other) => Err(Refused::wrong(self.at(key), shown(other), "true or false")),
        }
    }

    pub(crate) fn maybe_list(&self, key: &str) -> Result<Option<&'a [Value]>, Refused> {
        match self.get(key) {
            None => Ok(None),
            Some(Value::Array(items)) => Ok(Some(items)),
            Some(other) => Err(Refused::wrong(self.at(key), shown(other), "an array")),
        }
    }

    pub(crate) fn maybe_object(&self, key: &str) -> Result<Option<Fields<'a>>, Refused> {
        self.get(key).map(|value| Self::of(value, self.at(key))).transpose()
    }

    pub(crate) fn object(&self, key: &str) -> Result<Fields<'a>, Refused> {
        self.maybe_object(key)?.ok_or_else(|| Refused::missing(self.at(key), "an object"))
    }

    /// The fields that are neither among these nor null.
    pub(crate) fn others(&self, known: &[&str]) -> impl Iterator<Item = (&'a String, &'a Value)> {
        let known: Vec<String> = known.iter().map(|key| (*key).to_owned()).collect();
        self.map.iter().filter(move |(key, value)| !value.is_null() && !known.contains(key))
    }

    /// Refuses whatever is neither among these nor null.
    pub(crate) fn only(&self, known: &[&str]) -> Result<(), Refused> {
        match self.others(known).next() {
            None => Ok(()),
            Some((key, _)) => {
                let accepted = known.iter().map(|key| format!("`{key}`")).collect::<Vec<_>>().join(", ");
                Err(Refused::unsupported(self.at(key), &format!("accepted here is {accepted}")))
            }
        }
    }
}

/// What a value is, for a message: never its content.
pub(crate) fn shown(value: &Value) -> &'static str {
    match value {
        Value::Null => "null",
        Value::Bool(_) => "a boolean",
        Value::Number(_) => "a number",
        Value::String(_) => "a string",
        Value::Array(_) => "an array",
        Value::Object(_) => "an object",
    }
}

/// A caller's word, short enough to be repeated in a message.
pub(crate) fn quoted(text: &str) -> String {
    let shown: String = text.chars().take(64).collect();
    format!("\"{shown}\"")
}
