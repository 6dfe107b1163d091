//! Plausible values for a JSON schema, taken from what the caller said.

use serde_json::{Map, Value};

/// Schemas deeper than this are cut off with `null`.
const DEPTH: usize = 8;

/// A value that fits the schema in the ordinary cases: types, `enum`, `const`, required properties, items.
pub fn from_schema(schema: &Value, said: &str) -> Value {
    sample(schema, "", said, DEPTH)
}

fn sample(schema: &Value, name: &str, said: &str, depth: usize) -> Value {
    if depth == 0 {
        return Value::Null;
    }
    if let Some(only) = schema.get("const") {
        return only.clone();
    }
    if let Some(choices) = schema.get("enum").and_then(Value::as_array) {
        return chosen(choices, said);
    }
    if let Some(first) = ["anyOf", "oneOf", "allOf"].iter().find_map(|key| schema.get(key)?.get(0)) {
        return sample(first, name, said, depth - 1);
    }
    match kind(schema) {
        "object" => object(schema, said, depth),
        "array" => schema.get("items").map_or_else(
            || Value::Array(vec![]),
            |items| Value::Array(vec![sample(items, name, said, depth - 1)]),
        ),
        "integer" => number(said).map_or(1, |found| found as i64).into(),
        "number" => number(said).unwrap_or(1.0).into(),
        "boolean" => true.into(),
        "null" => Value::Null,
        _ => string(name, said).into(),
    }
}

fn kind(schema: &Value) -> &str {
    let named = match schema.get("type") {
        Some(Value::String(kind)) => Some(kind.as_str()),
        Some(Value::Array(kinds)) => kinds.iter().filter_map(Value::as_str).find(|kind| *kind != "null"),
        _ => None,
    };
    named.unwrap_or(if schema.get("properties").is_some() { "object" } else { "string" })
}

fn object(schema: &Value, said: &str, depth: usize) -> Value {
    let Some(properties) = schema.get("properties").and_then(Value::as_object) else {
        return Value::Object(Map::new());
    };
    let required = schema.get("required").and_then(Value::as_array);
    let wanted = |key: &str| required.is_none_or(|list| list.iter().any(|name| name == key));
    let sampled = |(key, property): (&String, &Value)| (key.clone(), sample(property, key, said, depth - 1));
    properties.iter().filter(|(key, _)| wanted(key)).map(sampled).collect::<Map<_, _>>().into()
}

/// The first choice that was mentioned, else the first.
fn chosen(choices: &[Value], said: &str) -> Value {
    let mentioned = |choice: &&Value| {
        choice
            .as_str()
            .is_some_and(|text| !text.is_empty() && said.to_lowercase().contains(&text.to_lowercase()))
    };
    choices.iter().find(mentioned).or(choices.first()).cloned().unwrap_or(Value::Null)
}

fn number(said: &str) -> Option<f64> {
    let digits = |c: char| !(c.is_ascii_digit() || c == '.');
    said.split(digits).find_map(|text| text.trim_matches('.').parse().ok())
}

fn string(name: &str, said: &str) -> String {
    let name = name.to_lowercase();
    let place = ["city", "location", "place", "town", "destination"].iter().any(|word| name.contains(word));
    if place {
        return proper_noun(said).unwrap_or("Paris").to_owned();
    }
    if name.contains("date") {
        return "2026-01-01".to_owned();
    }
    let said = said.trim();
    if said.is_empty() { "example".to_owned() } else { said.chars().take(120).collect() }
}

/// The first capitalised word that does not begin the text.
fn proper_noun(said: &str) -> Option<&str> {
    let bare =
        |word: &'_ str| -> bool { word.chars().next().is_some_and(char::is_uppercase) && word.len() > 1 };
    said.split_whitespace()
        .skip(1)
        .map(|word| word.trim_matches(|c: char| !c.is_alphanumeric()))
        .find(|word| bare(word))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn a_weather_tool_gets_the_city_that_was_named() {
        let schema = json!({
            "type": "object",
            "properties": {
                "city": {"type": "string"},
                "unit": {"enum": ["celsius", "fahrenheit"]},
                "days": {"type": "integer"},
                "note": {"type": "string"},
            },
            "required": ["city", "unit", "days"],
        });
        let arguments = from_schema(&schema, "What is the weather in Oslo for 3 days, in Fahrenheit?");
        assert_eq!(arguments, json!({"city": "Oslo", "unit": "fahrenheit", "days": 3}));
    }

    #[test]
    fn an_endless_schema_ends() {
        let mut schema = json!({"type": "string"});
        for _ in 0..40 {
            schema = json!({"type": "array", "items": schema});
        }
        assert!(from_schema(&schema, "x").is_array());
    }
}
