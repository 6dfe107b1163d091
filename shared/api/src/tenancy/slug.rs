//! A tenant's short name in addresses.

use std::{fmt, str::FromStr};

use serde::{Deserialize, Deserializer, Serialize, de};

/// A tenant's name in addresses: `/t/{slug}/v1` and `{slug}.HOST`. Never changes.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[cfg_attr(feature = "openapi", schema(value_type = String, pattern = "^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])$", example = "acme"))]
pub struct Slug(String);

/// Names that stand for something else in an address, or would pass for the operator's own.
const RESERVED: [&str; 39] = [
    "about",
    "account",
    "accounts",
    "admin",
    "administrator",
    "api",
    "app",
    "apps",
    "assets",
    "auth",
    "billing",
    "blog",
    "cdn",
    "console",
    "dashboard",
    "docs",
    "ftp",
    "gateway",
    "grafana",
    "health",
    "help",
    "imap",
    "localhost",
    "login",
    "mail",
    "metrics",
    "operator",
    "pkg",
    "root",
    "signin",
    "signup",
    "smtp",
    "static",
    "status",
    "support",
    "switchyard",
    "system",
    "v1",
    "www",
];

/// Why a text is not a slug.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ParseSlugError {
    /// The form is wrong; holds a slug made from the text, where one could be made.
    Form(Option<String>),
    Reserved(String),
}

impl fmt::Display for ParseSlugError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Form(suggestion) => {
                f.write_str("expected 2 to 63 lower-case letters, digits and hyphens, beginning and ending with a letter or digit")?;
                suggestion.as_ref().map_or(Ok(()), |slug| write!(f, "; for example `{slug}`"))
            }
            Self::Reserved(slug) => {
                write!(f, "`{slug}` is reserved: choose the client's own name, for example `{slug}-inc`")
            }
        }
    }
}

impl std::error::Error for ParseSlugError {}

impl Slug {
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// A slug for a name: `Acme Robotics, Inc.` gives `acme-robotics-inc`. None when nothing usable is left of it.
    pub fn suggest(name: &str) -> Option<Self> {
        let lower = name.to_ascii_lowercase();
        let words: Vec<_> =
            lower.split(|c: char| !c.is_ascii_alphanumeric()).filter(|word| !word.is_empty()).collect();
        let mut joined = words.join("-");
        joined.truncate(63);
        let slug = joined.trim_end_matches('-');
        (has_slug_form(slug) && !RESERVED.contains(&slug)).then(|| Self(slug.to_owned()))
    }
}

impl fmt::Display for Slug {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

fn has_slug_form(text: &str) -> bool {
    let inner = text.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-');
    // Names that begin with `xn--` mean another alphabet to a resolver.
    inner
        && (2..=63).contains(&text.len())
        && !text.starts_with('-')
        && !text.ends_with('-')
        && !text.starts_with("xn--")
}

impl FromStr for Slug {
    type Err = ParseSlugError;

    fn from_str(text: &str) -> Result<Self, ParseSlugError> {
        if !has_slug_form(text) {
            return Err(ParseSlugError::Form(Self::suggest(text).map(|slug| slug.0)));
        }
        if RESERVED.contains(&text) {
            return Err(ParseSlugError::Reserved(text.to_owned()));
        }
        Ok(Self(text.to_owned()))
    }
}

impl<'de> Deserialize<'de> for Slug {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer)?.parse().map_err(de::Error::custom)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_slug_in_the_wrong_form_gets_a_suggestion() {
        let error = "Acme Robotics, Inc.".parse::<Slug>().unwrap_err();
        assert!(error.to_string().ends_with("for example `acme-robotics-inc`"), "{error}");
        assert_eq!(Slug::suggest("Acme Robotics, Inc.").unwrap().as_str(), "acme-robotics-inc");
        for bad in ["", "a", "-acme", "acme-", "xn--80ak6aa92e", "ümlaut", &"a".repeat(64)] {
            assert!(bad.parse::<Slug>().is_err(), "{bad}");
        }
        assert_eq!("acme-2".parse::<Slug>().unwrap().as_str(), "acme-2");
    }

    #[test]
    fn reserved_names_are_refused_by_name() {
        assert_eq!("console".parse::<Slug>(), Err(ParseSlugError::Reserved("console".into())));
        assert!(Slug::suggest("API").is_none());
    }
}
