//! The last look at a log line: what has the form of a secret is masked, wherever it came from.

use std::{borrow::Cow, io, sync::LazyLock};

use regex_lite::Regex;
use tracing_subscriber::fmt::MakeWriter;

/// A pattern, and what to write instead. A pattern that does not compile fails the tests below.
struct Rule {
    pattern: Option<Regex>,
    with: &'static str,
}

fn rule(pattern: &str, with: &'static str) -> Rule {
    Rule { pattern: Regex::new(pattern).ok(), with }
}

/// Fields whose name says that their value is secret.
const NAMES: &str = "authorization|passw(?:or)?d|passphrase|secret|api[_-]?key|credentials?|cookies?|(?:access|refresh|id)_token";

/// Our own tokens, bearer credentials, passwords in addresses.
static FORMS: LazyLock<[Rule; 3]> = LazyLock::new(|| {
    [
        rule(r"sy_(live|pat|op|inv|setup)_[0-9A-Za-z]{4,}", "sy_${1}_[redacted]"),
        rule(r"(?i)\b(bearer|basic)\s+[0-9A-Za-z._~+/=-]{6,}", "$1 [redacted]"),
        rule(r"([a-z][a-z0-9+.-]*://[^\s/:@]*):[^\s/@]+@", "$1:[redacted]@"),
    ]
});

static NAMED: LazyLock<Option<Regex>> = LazyLock::new(|| Regex::new(&format!("(?i){NAMES}")).ok());

/// Named fields: of JSON, of JSON inside a JSON text, and as `name=value` or `name: value`, colours included.
/// What was JSON stays JSON.
static FIELDS: LazyLock<[Rule; 4]> = LazyLock::new(|| {
    let colour = r"(?:\x1b\[[0-9;]*m)*";
    let bare = format!(r"(?i)((?:{NAMES}){colour}\s*[:=]{colour}\s*{colour})");
    let text = r#""(?:[^"\\]|\\.)*""#;
    let inner_text = r#"\\"(?:[^"\\]|\\[^"])*\\""#;
    [
        rule(&format!(r#"(?i)((?:{NAMES})"\s*:\s*)(?:{text}|[^\s,"{{}}\[\]]+)"#), r#"${1}"[redacted]""#),
        rule(
            &format!(r#"(?i)((?:{NAMES})\\"\s*:\s*)(?:{inner_text}|[^\s,"\\{{}}\[\]]+)"#),
            r#"${1}\"[redacted]\""#,
        ),
        rule(
            &format!(r#"{bare}(?:\w+\()?(?:{text}|{inner_text})(\)?(?:$|[\s,;)}}\]"\x1b]))"#),
            "${1}[redacted]${2}",
        ),
        rule(&format!(r#"{bare}[^\s,;&"\\{{}}()\[\]\x1b]+"#), "${1}[redacted]"),
    ]
});

fn apply<'a>(rules: &[Rule], mut text: Cow<'a, str>) -> Cow<'a, str> {
    for rule in rules {
        if let Some(pattern) = &rule.pattern
            && pattern.is_match(&text)
        {
            text = Cow::Owned(pattern.replace_all(&text, rule.with).into_owned());
        }
    }
    text
}

/// The line without its secrets.
pub fn line(text: &str) -> Cow<'_, str> {
    let text = apply(&*FORMS, Cow::Borrowed(text));
    // Most lines name none of the fields: one look instead of four.
    if NAMED.as_ref().is_some_and(|names| names.is_match(&text)) { apply(&*FIELDS, text) } else { text }
}

/// Writes redacted lines to standard error.
#[derive(Debug, Clone, Copy, Default)]
pub struct Redacted;

impl io::Write for Redacted {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let text = String::from_utf8_lossy(bytes);
        io::stderr().lock().write_all(line(&text).as_bytes())?;
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        io::stderr().flush()
    }
}

impl<'a> MakeWriter<'a> for Redacted {
    type Writer = Self;
    fn make_writer(&'a self) -> Self {
        *self
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_form_of_a_secret_is_masked() {
        for (said, secret) in [
            ("key sy_live_abcdEFGH1234 used", "abcdEFGH1234"),
            ("Authorization: Bearer abc.def-123", "abc.def-123"),
            (r#"{"password":"hun\"ter2","user":"a"}"#, "ter2"),
            (r#"{"api_key": "k-12345"}"#, "k-12345"),
            ("connecting to postgres://app:s3cret@db/x", "s3cret"),
            ("signed in password=hunter2 user=ann", "hunter2"),
            ("\x1b[3mpassword\x1b[0m\x1b[2m=\x1b[0mhunter2 \x1b[3muser\x1b[0m", "hunter2"),
            (r#"{"message":"sent {\"secret\":\"abc 9\",\"n\":1}"}"#, "abc 9"),
            (r#"{"password":"Some(\"hunter2\")"}"#, "hunter2"),
            ("client_secret: Some(\"hunter2\")", "hunter2"),
            ("set-cookie: sid=0123456789; Path=/", "0123456789"),
            (r#"{"x-api-key":12345}"#, "12345"),
            ("refresh_token=r-99", "r-99"),
        ] {
            let shown = line(said);
            assert!(!shown.contains(secret), "{shown}");
            assert!(shown.contains("[redacted]"), "{shown}");
        }
    }

    #[test]
    fn every_pattern_compiles() {
        assert!(FORMS.iter().chain(&*FIELDS).all(|rule| rule.pattern.is_some()) && NAMED.is_some());
    }

    #[test]
    fn a_redacted_line_of_json_is_still_json() {
        for message in [
            "sent secret: abc, then cookie=def",
            r#"the password="hun ter2" of ann"#,
            r#"body {"secret": "abc 9", "credentials": null, "user": "ann"}"#,
            r#"got Secret: Some("abc") and "#,
            "secret=",
            "https://user:pw@host/ with Bearer abcdefghijkl",
        ] {
            let said =
                serde_json::json!({"message": message, "level": "info", "password": message}).to_string();
            let shown: serde_json::Value =
                serde_json::from_str(&line(&said)).unwrap_or_else(|e| panic!("{said}: {e}"));
            assert_eq!(shown["password"], "[redacted]", "{said}");
            assert_eq!(shown["level"], "info", "{said}");
            for secret in ["abc", "def", "ter2", "pw@"] {
                assert!(!shown.to_string().contains(secret), "{shown}");
            }
        }
        let said =
            r#"{"password":null,"secret":12,"api_key":"a\"b","nested":{"cookie":"c"},"prompt_tokens":7}"#;
        let shown: serde_json::Value = serde_json::from_str(&line(said)).unwrap();
        assert_eq!(shown["password"], "[redacted]");
        assert_eq!(shown["secret"], "[redacted]");
        assert_eq!(shown["api_key"], "[redacted]");
        assert_eq!(shown["nested"]["cookie"], "[redacted]");
        assert_eq!(shown["prompt_tokens"], 7);
    }

    #[test]
    fn an_ordinary_line_is_not_copied() {
        for said in [r#"{"message":"listening","port":8080}"#, r#"{"api_key_id":"key_01","secrets":3}"#] {
            assert!(matches!(line(said), Cow::Borrowed(_)), "{said}");
        }
    }
}
