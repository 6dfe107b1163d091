//! Rules of models.

use shared_api::catalog::{CreateModel, UpdateModel};
use web::Problem;

/// Longest name, and the characters that it may have besides letters and digits.
const MAX_NAME: usize = 128;
const PUNCTUATION: &str = "._:/-";
const MAX_CONTEXT: u32 = 100_000_000;

pub fn check_name(name: &str) -> Result<(), Problem> {
    let shaped = name.len() <= MAX_NAME
        && name.starts_with(|c: char| c.is_ascii_alphanumeric())
        && name.chars().all(|c| c.is_ascii_alphanumeric() || PUNCTUATION.contains(c));
    if shaped {
        return Ok(());
    }
    let accepted =
        "expected 1 to 128 letters, digits, and `.`, `_`, `:`, `/`, `-`, beginning with a letter or digit";
    Err(Problem::field("name", accepted))
}

fn check_tokens(field: &str, tokens: Option<u32>) -> Result<(), Problem> {
    match tokens {
        Some(n) if !(1..=MAX_CONTEXT).contains(&n) => {
            Err(Problem::field(field, format!("{n}: expected a whole number from 1 to {MAX_CONTEXT}")))
        }
        _ => Ok(()),
    }
}

pub fn check_new(new: &CreateModel) -> Result<(), Problem> {
    check_name(&new.name)?;
    check_tokens("context_length", Some(new.context_length))?;
    check_tokens("max_output_tokens", new.max_output_tokens)?;
    new.price.as_ref().map_or(Ok(()), crate::price::check_rates)
}

pub fn check_update(update: &UpdateModel) -> Result<(), Problem> {
    check_tokens("context_length", update.context_length)?;
    check_tokens("max_output_tokens", update.max_output_tokens)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_those_that_engines_use() {
        for good in ["llama-3.1-8b", "acme/support-assistant", "qwen2.5:7b"] {
            assert!(check_name(good).is_ok(), "{good}");
        }
        for bad in ["", "-x", "a b", "a\n", "ü"] {
            assert!(check_name(bad).is_err(), "{bad}");
        }
    }
}
