//! OpenAI's OpenAPI document as a judge of our answers.
//!
//! The document is not part of the project: its path is in `SWITCHYARD_OPENAI_SPEC`. Without it a test says so, in a
//! line that begins with `SKIPPED:`, and goes on.
//!
//! What of OpenAPI is no JSON Schema is put aside: `nullable` (of version 3.0) becomes a union with null; `oneOf` becomes
//! `anyOf`, because the document's alternatives overlap; discriminators and formats are not looked at.

use std::{
    collections::{BTreeSet, HashMap},
    sync::{Arc, Mutex, OnceLock, PoisonError},
};

use jsonschema::{Draft, Validator};
use serde_json::{Map, Value, json};

/// Names the file.
pub const OPENAI_SPEC: &str = "SWITCHYARD_OPENAI_SPEC";

#[derive(Debug)]
pub struct OpenaiSpec {
    document: Value,
    /// By the schema's own text: compiling takes longer than checking.
    compiled: Mutex<HashMap<String, Arc<Validator>>>,
}

/// The judge, or None and a line that says so.
pub fn openai_spec() -> Option<&'static OpenaiSpec> {
    static SPEC: OnceLock<Option<OpenaiSpec>> = OnceLock::new();
    let spec = SPEC.get_or_init(|| std::env::var_os(OPENAI_SPEC).map(|path| OpenaiSpec::read(path.as_ref())));
    if spec.is_none() {
        eprintln!(
            "SKIPPED: nothing was checked against OpenAI's OpenAPI document: {OPENAI_SPEC} names no file"
        );
    }
    spec.as_ref()
}

impl OpenaiSpec {
    fn read(path: &std::path::Path) -> Self {
        let text =
            std::fs::read(path).unwrap_or_else(|error| panic!("{OPENAI_SPEC}: {}: {error}", path.display()));
        let document = serde_json::from_slice(&text).unwrap_or_else(|error| panic!("{OPENAI_SPEC}: {error}"));
        Self { document, compiled: Mutex::default() }
    }

    /// Whether a value is one of the document's schemas, for example `Response`; what is wrong, a line each.
    pub fn check(&self, schema: &str, value: &Value) -> Result<(), String> {
        let schema = json!({"$ref": format!("#/components/schemas/{schema}")});
        self.validate(&schema, value)
    }

    /// Whether a value is what an operation answers: its path as the document has it, for example `/files/{file_id}`.
    pub fn check_answer(&self, method: &str, path: &str, status: u16, value: &Value) -> Result<(), String> {
        let answer = &self.document["paths"][path][method.to_lowercase()]["responses"][status.to_string()];
        let schema = &answer["content"]["application/json"]["schema"];
        assert!(schema.is_object(), "the document does not say what {method} {path} answers with {status}");
        self.validate(schema, value)
    }

    /// Whether a value is an event of a streamed response, by its `type`.
    pub fn check_event(&self, event: &Value) -> Result<(), String> {
        let kind = event["type"].as_str().unwrap_or_default();
        let all = self.document["components"]["schemas"]["ResponseStreamEvent"]["anyOf"].as_array();
        let names = all.into_iter().flatten().filter_map(|one| one["$ref"].as_str()?.rsplit('/').next());
        let of_kind = |name: &&str| {
            let schema = &self.document["components"]["schemas"][*name];
            schema["properties"]["type"]["enum"]
                .as_array()
                .is_some_and(|kinds| kinds.iter().any(|one| one == kind))
        };
        match names.into_iter().find(of_kind) {
            Some(name) => self.check(name, event),
            None => Err(format!("there is no event of type {kind:?}")),
        }
    }

    fn validate(&self, schema: &Value, value: &Value) -> Result<(), String> {
        let errors: Vec<String> = self
            .compile(schema)
            .iter_errors(value)
            .map(|error| format!("{}: {error}", error.instance_path()).chars().take(600).collect())
            .collect();
        if errors.is_empty() { Ok(()) } else { Err(errors.join("\n")) }
    }

    fn compile(&self, schema: &Value) -> Arc<Validator> {
        let mut compiled = self.compiled.lock().unwrap_or_else(PoisonError::into_inner);
        let key = schema.to_string();
        if let Some(validator) = compiled.get(&key) {
            return validator.clone();
        }
        let whole = self.with_all_it_needs(schema);
        let options = jsonschema::options().with_draft(Draft::Draft202012).should_validate_formats(false);
        let validator = options.build(&whole).unwrap_or_else(|error| panic!("{key}: {error}"));
        compiled.entry(key).or_insert(Arc::new(validator)).clone()
    }

    /// The schema and those that it refers to, of the document's hundreds.
    fn with_all_it_needs(&self, schema: &Value) -> Value {
        let mut needed = BTreeSet::new();
        let mut new = BTreeSet::new();
        references(schema, &mut new);
        while let Some(name) = new.pop_first() {
            references(&self.document["components"]["schemas"][&name], &mut new);
            needed.insert(name);
            new.retain(|name| !needed.contains(name));
        }
        let schemas: Map<String, Value> = needed
            .into_iter()
            .map(|name| {
                let schema = plain(&self.document["components"]["schemas"][&name]);
                (name, schema)
            })
            .collect();
        let mut whole = plain(schema);
        whole["components"] = json!({"schemas": schemas});
        whole
    }
}

/// Names of the schemas that a schema refers to.
fn references(schema: &Value, names: &mut BTreeSet<String>) {
    match schema {
        Value::Object(fields) => {
            if let Some(Value::String(reference)) = fields.get("$ref")
                && let Some(name) = reference.strip_prefix("#/components/schemas/")
            {
                names.insert(name.to_owned());
            }
            for field in fields.values() {
                references(field, names);
            }
        }
        Value::Array(items) => {
            for item in items {
                references(item, names);
            }
        }
        _ => {}
    }
}

/// The schema as JSON Schema has it.
fn plain(schema: &Value) -> Value {
    match schema {
        Value::Object(fields) => {
            let nullable = fields.get("nullable") == Some(&Value::Bool(true));
            let mut all: Map<String, Value> = Map::new();
            for (key, value) in fields {
                match key.as_str() {
                    "nullable" | "discriminator" | "example" | "examples" | "description" => {}
                    "oneOf" => drop(all.insert("anyOf".to_owned(), plain(value))),
                    // Names of properties are no keywords.
                    "properties" | "$defs" => drop(all.insert(key.clone(), each(value))),
                    "enum" | "const" | "default" => drop(all.insert(key.clone(), value.clone())),
                    _ => drop(all.insert(key.clone(), plain(value))),
                }
            }
            if nullable { json!({"anyOf": [all, {"type": "null"}]}) } else { Value::Object(all) }
        }
        Value::Array(items) => items.iter().map(plain).collect(),
        other => other.clone(),
    }
}

fn each(properties: &Value) -> Value {
    let properties = properties.as_object().into_iter().flatten();
    Value::Object(properties.map(|(name, schema)| (name.clone(), plain(schema))).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn spec(schemas: Value) -> OpenaiSpec {
        OpenaiSpec { document: json!({"components": {"schemas": schemas}}), compiled: Mutex::default() }
    }

    #[test]
    fn openapi_is_read_as_json_schema() {
        let spec = spec(json!({
            "Pet": {
                "type": "object",
                "required": ["kind"],
                "properties": {
                    "kind": {"type": "string", "enum": ["cat"]},
                    "nullable": {"type": "string", "nullable": true},
                    "friend": {"$ref": "#/components/schemas/Pet"},
                    "either": {"oneOf": [{"type": "integer"}, {"type": "number"}], "discriminator": {"propertyName": "x"}},
                },
            },
        }));
        let friend = json!({"kind": "cat", "nullable": null, "either": 1});
        assert_eq!(spec.check("Pet", &json!({"kind": "cat", "friend": friend})), Ok(()));
        let wrong = spec.check("Pet", &json!({"kind": "cat", "friend": {"kind": "dog"}})).unwrap_err();
        assert!(wrong.starts_with("/friend/kind: "), "{wrong}");
        assert!(spec.check("Pet", &json!({"kind": "cat", "nullable": 1})).is_err());
    }

    #[test]
    fn an_event_is_judged_by_its_type() {
        let event = |kind: &str, field: &str| json!({"type": "object", "properties": {"type": {"enum": [kind]}}, "required": ["type", field]});
        let spec = spec(json!({
            "A": event("a", "x"),
            "B": event("b", "y"),
            "ResponseStreamEvent": {"anyOf": [{"$ref": "#/components/schemas/A"}, {"$ref": "#/components/schemas/B"}]},
        }));
        assert_eq!(spec.check_event(&json!({"type": "b", "y": 1})), Ok(()));
        assert!(spec.check_event(&json!({"type": "b", "x": 1})).unwrap_err().contains("\"y\""));
        assert!(spec.check_event(&json!({"type": "c"})).unwrap_err().contains("no event"));
    }
}
