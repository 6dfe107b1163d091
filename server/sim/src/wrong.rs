//! What is wrong with a body, before an engine puts it into its own words.

use std::fmt;

use serde::de::DeserializeOwned;
use serde_json::{Value, error::Category};

#[derive(Debug, Clone, PartialEq)]
pub enum Wrong {
    /// No JSON: where reading ended, in bytes, and why.
    Syntax {
        at: usize,
        why: String,
    },
    /// A field that must be there; how many others are.
    Missing {
        field: &'static str,
        others: usize,
    },
    NotAList {
        field: &'static str,
        given: Value,
    },
    NoMessages,
    /// `n` out of its range.
    Choices {
        given: u32,
        most: u32,
    },
    /// An answer of no tokens.
    NoTokens,
    /// More tokens for the answer than the model's whole context.
    TooManyTokens {
        given: u64,
        context: u64,
    },
    Other(String),
}

/// Reads a body whose `list` is a list that must be there.
pub fn read<T: DeserializeOwned>(body: &[u8], list: &'static str) -> Result<T, Wrong> {
    serde_json::from_slice(body).map_err(|error| wrong(body, list, &error))
}

fn wrong(body: &[u8], list: &'static str, error: &serde_json::Error) -> Wrong {
    if matches!(error.classify(), Category::Syntax | Category::Eof) {
        return Wrong::Syntax { at: error.column(), why: error.to_string() };
    }
    let other = Wrong::Other(format!("Invalid request body: {error}"));
    match serde_json::from_slice(body) {
        Ok(Value::Object(fields)) => match fields.get(list) {
            None => Wrong::Missing { field: list, others: fields.len() },
            Some(given) if list == "messages" && !given.is_array() => {
                Wrong::NotAList { field: list, given: given.clone() }
            }
            Some(_) => other,
        },
        _ => other,
    }
}

impl fmt::Display for Wrong {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Syntax { why, .. } => write!(out, "Invalid request body: {why}"),
            Self::Missing { field, .. } => write!(out, "Invalid request body: missing field `{field}`"),
            Self::NotAList { field, .. } => write!(out, "Invalid request body: `{field}` must be a list"),
            Self::NoMessages => out.write_str("`messages` must not be empty"),
            Self::Choices { given, most } => write!(out, "n must be between 1 and {most}, got {given}."),
            Self::NoTokens => out.write_str("max_tokens must be at least 1, got 0."),
            Self::TooManyTokens { given, context } => {
                write!(out, "max_tokens={given} cannot be greater than max_model_len={context}.")
            }
            Self::Other(message) => out.write_str(message),
        }
    }
}
