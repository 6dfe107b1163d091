//! Values written as literals of the languages that samples are in.

use serde_json::Value;

/// How a language writes values that JSON has.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Language {
    Json,
    Python,
    JavaScript,
}

/// Longer lists and objects stand on several lines.
const LINE: usize = 64;

/// A literal that begins on a line indented by `indent` spaces.
pub(super) fn literal(value: &Value, language: Language, indent: usize) -> String {
    let short = flat(value, language);
    if short.len() + indent <= LINE || !matches!(value, Value::Array(_) | Value::Object(_)) {
        return short;
    }
    let step = if language == Language::Python { 4 } else { 2 };
    let (inner, outer) = (" ".repeat(indent + step), " ".repeat(indent));
    let items: Vec<_> = match value {
        Value::Array(items) => {
            items.iter().map(|item| format!("{inner}{}", literal(item, language, indent + step))).collect()
        }
        Value::Object(fields) => in_order(fields)
            .map(|(name, item)| {
                format!("{inner}{}: {}", key(name, language), literal(item, language, indent + step))
            })
            .collect(),
        _ => Vec::new(),
    };
    let (open, close) = if value.is_array() { ('[', ']') } else { ('{', '}') };
    // JSON takes no comma after the last.
    let last = if language == Language::Json { "" } else { "," };
    format!("{open}\n{}{last}\n{outer}{close}", items.join(",\n"))
}

fn flat(value: &Value, language: Language) -> String {
    match (value, language) {
        (Value::Null, Language::Python) => "None".to_owned(),
        (Value::Bool(true), Language::Python) => "True".to_owned(),
        (Value::Bool(false), Language::Python) => "False".to_owned(),
        (Value::Array(items), _) => {
            let items: Vec<_> = items.iter().map(|item| flat(item, language)).collect();
            format!("[{}]", items.join(", "))
        }
        (Value::Object(fields), _) => {
            let field = |(name, item): (&String, &Value)| {
                format!("{}: {}", key(name, language), flat(item, language))
            };
            let fields: Vec<_> = in_order(fields).map(field).collect();
            let space = if language == Language::JavaScript && !fields.is_empty() { " " } else { "" };
            format!("{{{space}{}{space}}}", fields.join(", "))
        }
        // JSON's strings are strings of Python and JavaScript as well.
        _ => value.to_string(),
    }
}

/// Names in the order that people know: who speaks before what is said.
fn in_order(fields: &serde_json::Map<String, Value>) -> impl Iterator<Item = (&String, &Value)> {
    const FIRST: [&str; 5] = ["role", "type", "id", "name", "tool_call_id"];
    let place = |name: &str| FIRST.iter().position(|first| *first == name).unwrap_or(FIRST.len());
    let mut pairs: Vec<_> = fields.iter().collect();
    pairs.sort_by_key(|(name, _)| place(name));
    pairs.into_iter()
}

fn key(name: &str, language: Language) -> String {
    let plain = name.chars().all(|letter| letter.is_ascii_alphanumeric() || letter == '_')
        && !name.starts_with(|first: char| first.is_ascii_digit());
    match language {
        Language::JavaScript if plain && !name.is_empty() => name.to_owned(),
        _ => Value::from(name).to_string(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn each_language_has_its_own_words() {
        let value = json!({ "role": "user", "content": null, "strict": true });
        assert_eq!(
            literal(&value, Language::Python, 0),
            r#"{"role": "user", "content": None, "strict": True}"#
        );
        assert_eq!(
            literal(&value, Language::JavaScript, 0),
            r#"{ role: "user", content: null, strict: true }"#
        );
    }

    #[test]
    fn what_is_long_stands_on_several_lines() {
        let value =
            json!([{ "role": "user", "content": "a question that is long enough to leave the line behind" }]);
        let text = literal(&value, Language::Json, 2);
        assert!(text.starts_with("[\n    {\n      \"role\": \"user\",\n"), "{text}");
        assert_eq!(serde_json::from_str::<Value>(&text).unwrap(), value);
    }
}
