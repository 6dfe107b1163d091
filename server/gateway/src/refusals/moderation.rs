//! `POST /v1/moderations`.

use shared_chat::Rest;

use super::{not_built, wrong};
use crate::error::CallError;

/// Texts of one call.
const MOST_TEXTS: usize = 256;

pub(crate) fn check(texts: &[String], rest: &Rest) -> Result<(), CallError> {
    not_built(rest, &[])?;
    if texts.len() > MOST_TEXTS {
        return Err(wrong(
            "input",
            format!("`input` has {} texts: accepted are at most {MOST_TEXTS} a call.", texts.len()),
        ));
    }
    match texts.iter().position(String::is_empty) {
        Some(index) if texts.len() > 1 => {
            let field = format!("input[{index}]");
            Err(wrong(&field, format!("`{field}` is empty: each text needs at least one character.")))
        }
        Some(_) => Err(wrong("input", "`input` is empty: send some text.")),
        None => Ok(()),
    }
}
