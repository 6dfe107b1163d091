//! Plausible values for a JSON schema, taken from what the caller said.

use serde_json::{Map, Value};

/// Schemas deeper than this are cut off with `null`.
const DEPTH: usize = 8;

/// A value that fits the schema in the ordinary cases: types, `enum`, `const`, required properties, items, bounds,
/// the common formats and references inside the schema.
pub fn from_schema(schema: &Value, said: &str) -> Value {
    Sampler { root: schema, said }.sample(schema, "", DEPTH)
}

struct Sampler<'a> {
    root: &'a Value,
    said: &'a str,
}

impl Sampler<'_> {
    fn sample(&self, schema: &Value, name: &str, depth: usize) -> Value {
        if depth == 0 {
            return Value::Null;
        }
        if let Some(target) = self.target(schema) {
            return self.sample(target, name, depth - 1);
        }
        if let Some(only) = schema.get("const") {
            return only.clone();
        }
        if let Some(choices) = schema.get("enum").and_then(Value::as_array) {
            return chosen(choices, self.said);
        }
        if let Some(first) = ["anyOf", "oneOf", "allOf"].iter().find_map(|key| schema.get(key)?.get(0)) {
            return self.sample(first, name, depth - 1);
        }
        match kind(schema) {
            "object" => self.object(schema, depth),
            "array" => self.array(schema, name, depth),
            "integer" => (bounded(schema, number(self.said).unwrap_or(1.0)) as i64).into(),
            "number" => bounded(schema, number(self.said).unwrap_or(1.0)).into(),
            "boolean" => true.into(),
            "null" => Value::Null,
            _ => string(schema, name, self.said).into(),
        }
    }

    /// What `#/…` refers to.
    fn target(&self, schema: &Value) -> Option<&Value> {
        self.root.pointer(schema.get("$ref")?.as_str()?.strip_prefix('#')?)
    }

    fn array(&self, schema: &Value, name: &str, depth: usize) -> Value {
        let Some(items) = schema.get("items") else { return Value::Array(vec![]) };
        let least = schema.get("minItems").and_then(Value::as_u64).unwrap_or(1).clamp(1, 16);
        (0..least).map(|_| self.sample(items, name, depth - 1)).collect()
    }

    fn object(&self, schema: &Value, depth: usize) -> Value {
        let Some(properties) = schema.get("properties").and_then(Value::as_object) else {
            return Value::Object(Map::new());
        };
        let required = schema.get("required").and_then(Value::as_array);
        let wanted = |key: &str| required.is_none_or(|list| list.iter().any(|name| name == key));
        let sampled =
            |(key, property): (&String, &Value)| (key.clone(), self.sample(property, key, depth - 1));
        properties.iter().filter(|(key, _)| wanted(key)).map(sampled).collect::<Map<_, _>>().into()
    }
}

fn bounded(schema: &Value, value: f64) -> f64 {
    let bound = |key: &str| schema.get(key).and_then(Value::as_f64);
    let value = bound("minimum").map_or(value, |least| value.max(least));
    bound("maximum").map_or(value, |most| value.min(most))
}

fn kind(schema: &Value) -> &str {
    let named = match schema.get("type") {
        Some(Value::String(kind)) => Some(kind.as_str()),
        Some(Value::Array(kinds)) => kinds.iter().filter_map(Value::as_str).find(|kind| *kind != "null"),
        _ => None,
    };
    named.unwrap_or(if schema.get("properties").is_some() { "object" } else { "string" })
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

fn string(schema: &Value, name: &str, said: &str) -> String {
    let name = name.to_lowercase();
    match schema.get("format").and_then(Value::as_str) {
        Some("email") => return "someone@example.com".to_owned(),
        Some("uri") => return "https://example.com/".to_owned(),
        Some("date-time") => return "2026-01-01T00:00:00Z".to_owned(),
        Some("date") => return "2026-01-01".to_owned(),
        Some("uuid") => return "00000000-0000-4000-8000-000000000000".to_owned(),
        _ => {}
    }
    let most = schema.get("maxLength").and_then(Value::as_u64).map_or(120, |most| most.min(120) as usize);
    let place = ["city", "location", "place", "town", "destination"].iter().any(|word| name.contains(word));
    if place {
        return proper_noun(said).unwrap_or("Paris").to_owned();
    }
    if name.contains("date") {
        return "2026-01-01".to_owned();
    }
    let said = said.trim();
    if said.is_empty() { "example".chars().take(most).collect() } else { said.chars().take(most).collect() }
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
    fn references_and_bounds_are_kept() {
        let schema = json!({
            "$defs": {"Step": {"type": "object", "properties": {"n": {"type": "integer", "minimum": 5, "maximum": 9}}}},
            "type": "object",
            "properties": {"steps": {"type": "array", "minItems": 2, "items": {"$ref": "#/$defs/Step"}}},
        });
        assert_eq!(from_schema(&schema, "hello"), json!({"steps": [{"n": 5}, {"n": 5}]}));
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
