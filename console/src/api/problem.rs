//! What the API says when it refuses.

use leptos::server_fn::{
    codec::JsonEncoding,
    error::{FromServerFnError, ServerFnErrorErr},
};
use serde::{Deserialize, Serialize};

/// What the API answered: the value, or why not.
///
/// Server functions return `Result<Answer<T>, ApiProblem>`: a refusal travels as a value to the browser's script; the
/// outer error is for plain forms, and for a server that could not be reached.
pub type Answer<T> = Result<T, ApiProblem>;

/// What is wrong with one field.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct FieldProblem {
    /// Dotted path, for example `allowed_models[2]`.
    pub field: String,
    pub message: String,
}

/// Problem details (RFC 9457), as `/api` sends them.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ApiProblem {
    pub status: u16,
    /// Stable, for programs.
    pub code: String,
    /// What happened, and what to do.
    pub detail: String,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub errors: Vec<FieldProblem>,
}

impl ApiProblem {
    pub fn new(status: u16, code: &str, detail: impl Into<String>) -> Self {
        Self { status, code: code.to_owned(), detail: detail.into(), errors: Vec::new() }
    }

    /// Nothing there, or not this person's.
    pub fn not_found() -> Self {
        Self::new(404, "not_found", "There is no such page, or it is not yours to see.")
    }

    /// A value that is not acceptable, in a named field.
    pub fn field(field: &str, message: impl Into<String>) -> Self {
        let message = message.into();
        let errors = vec![FieldProblem { field: field.to_owned(), message: message.clone() }];
        Self { errors, ..Self::new(400, "invalid_value", message) }
    }

    /// What is wrong with a field or with what is in it.
    pub fn of_field(&self, field: &str) -> Option<String> {
        self.errors
            .iter()
            .find(|error| {
                error
                    .field
                    .strip_prefix(field)
                    .is_some_and(|rest| rest.is_empty() || rest.starts_with(['[', '.']))
            })
            .map(|error| sentence(&error.message))
    }

    /// Nobody is signed in, or not any more.
    pub fn is_signed_out(&self) -> bool {
        self.status == 401
    }
}

/// Messages of the API begin in lower case, since they follow a field's name there.
pub(crate) fn sentence(text: &str) -> String {
    let mut letters = text.chars();
    match letters.next() {
        Some(first) => first.to_uppercase().chain(letters).collect(),
        None => String::new(),
    }
}

impl FromServerFnError for ApiProblem {
    type Encoder = JsonEncoding;

    fn from_server_fn_error(error: ServerFnErrorErr) -> Self {
        match error {
            ServerFnErrorErr::Request(_) => Self::new(
                0,
                "unreachable",
                "The server could not be reached. Check your connection and try again.",
            ),
            ServerFnErrorErr::Args(_) | ServerFnErrorErr::MissingArg(_) => {
                Self::new(400, "invalid_value", "The form was not complete. Reload the page and try again.")
            }
            _ => Self::new(
                500,
                "internal_error",
                "Something went wrong on the way. Reload the page and try again.",
            ),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_problem_within_a_list_belongs_to_its_field() {
        let problem = ApiProblem::field("allowed_models[2]", "no such model");
        assert_eq!(problem.of_field("allowed_models").as_deref(), Some("No such model"));
        assert_eq!(problem.of_field("allowed"), None);
    }
}
