//! What is known: the JSON schema, and from it the list of keys and their types.

use serde_json::Value;

use crate::Settings;

/// The schema of a configuration file.
pub fn json_schema() -> Value {
    serde_json::to_value(schemars::schema_for!(Settings)).unwrap_or_default()
}

/// How a value given as text is to be read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    Text,
    Integer,
    Number,
    Boolean,
    /// Texts, separated by commas.
    List,
}

/// Every setting as `section.field`, with its kind.
pub fn known() -> Vec<(String, Kind)> {
    let schema = json_schema();
    let mut found = Vec::new();
    for (section, reference) in properties(&schema) {
        for (field, of) in properties(resolve(&schema, reference)) {
            found.push((format!("{section}.{field}"), kind(of)));
        }
    }
    found
}

fn properties(schema: &Value) -> impl Iterator<Item = (&String, &Value)> {
    schema.get("properties").and_then(Value::as_object).into_iter().flatten()
}

fn resolve<'a>(root: &'a Value, schema: &'a Value) -> &'a Value {
    let reference = schema.get("$ref").and_then(Value::as_str).and_then(|text| text.strip_prefix('#'));
    reference.and_then(|pointer| root.pointer(pointer)).unwrap_or(schema)
}

fn kind(schema: &Value) -> Kind {
    let named = |name: &str| match schema.get("type") {
        Some(Value::String(only)) => only == name,
        Some(Value::Array(several)) => several.iter().any(|one| one == name),
        _ => false,
    };
    match () {
        () if named("integer") => Kind::Integer,
        () if named("number") => Kind::Number,
        () if named("boolean") => Kind::Boolean,
        () if named("array") => Kind::List,
        () => Kind::Text,
    }
}

/// The known name nearest to one that is not known, if any is near.
pub fn nearest<'a>(wanted: &str, known: impl Iterator<Item = &'a str>) -> Option<String> {
    known
        .map(|name| (strsim::damerau_levenshtein(wanted, name), name))
        .min()
        .filter(|(distance, name)| *distance <= (name.len() / 3).max(2))
        .map(|(_, name)| name.to_owned())
}
