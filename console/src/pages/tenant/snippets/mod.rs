//! Samples for an endpoint and a model: complete programs, for the quick start and of what the playground is set to.

mod literal;

use serde_json::{Value, json};
use shared_api::catalog::ModelKind;
use ui::CodeSample;

use literal::{Language, literal};

/// One question, one answer.
pub(super) fn chat(endpoint: &str, model: &str) -> Vec<CodeSample> {
    let curl = format!(
        r#"curl {endpoint}/chat/completions \
  -H "Authorization: Bearer $SWITCHYARD_API_KEY" \
  -H "Content-Type: application/json" \
  -d '{{
    "model": "{model}",
    "messages": [{{"role": "user", "content": "Say hello in five words."}}]
  }}'"#
    );
    let python = format!(
        r#"# pip install openai
import os
from openai import OpenAI

client = OpenAI(
    base_url="{endpoint}",
    api_key=os.environ["SWITCHYARD_API_KEY"],
)
answer = client.chat.completions.create(
    model="{model}",
    messages=[{{"role": "user", "content": "Say hello in five words."}}],
)
print(answer.choices[0].message.content)"#
    );
    let node = format!(
        r#"// npm install openai
import OpenAI from "openai";

const client = new OpenAI({{
  baseURL: "{endpoint}",
  apiKey: process.env.SWITCHYARD_API_KEY,
}});
const answer = await client.chat.completions.create({{
  model: "{model}",
  messages: [{{ role: "user", content: "Say hello in five words." }}],
}});
console.log(answer.choices[0].message.content);"#
    );
    vec![CodeSample::new("curl", curl), CodeSample::new("Python", python), CodeSample::new("Node", node)]
}

/// The same, as it is made.
pub(super) fn stream(endpoint: &str, model: &str) -> Vec<CodeSample> {
    let curl = format!(
        r#"curl -N {endpoint}/chat/completions \
  -H "Authorization: Bearer $SWITCHYARD_API_KEY" \
  -H "Content-Type: application/json" \
  -d '{{
    "model": "{model}",
    "stream": true,
    "messages": [{{"role": "user", "content": "Count to ten."}}]
  }}'"#
    );
    let python = format!(
        r#"import os
from openai import OpenAI

client = OpenAI(base_url="{endpoint}", api_key=os.environ["SWITCHYARD_API_KEY"])
stream = client.chat.completions.create(
    model="{model}",
    messages=[{{"role": "user", "content": "Count to ten."}}],
    stream=True,
)
for chunk in stream:
    if chunk.choices:
        print(chunk.choices[0].delta.content or "", end="", flush=True)"#
    );
    let node = format!(
        r#"import OpenAI from "openai";

const client = new OpenAI({{ baseURL: "{endpoint}", apiKey: process.env.SWITCHYARD_API_KEY }});
const stream = await client.chat.completions.create({{
  model: "{model}",
  messages: [{{ role: "user", content: "Count to ten." }}],
  stream: true,
}});
for await (const chunk of stream) {{
  process.stdout.write(chunk.choices[0]?.delta?.content ?? "");
}}"#
    );
    vec![CodeSample::new("curl", curl), CodeSample::new("Python", python), CodeSample::new("Node", node)]
}

/// A first call of a model, by what it is for.
pub(super) fn of_kind(kind: ModelKind, endpoint: &str, model: &str) -> Vec<CodeSample> {
    match kind {
        ModelKind::Chat => chat(endpoint, model),
        ModelKind::Embedding => posted(
            endpoint,
            "/embeddings",
            &[("model", json!(model)), ("input", json!(["Where is my order?", "How do I pay?"]))],
            ("client.embeddings.create", "print(len(answer.data[0].embedding))"),
            ("client.embeddings.create", "console.log(answer.data[0].embedding.length);"),
        ),
        ModelKind::Moderation => posted(
            endpoint,
            "/moderations",
            &[("model", json!(model)), ("input", json!("I will hurt you."))],
            ("client.moderations.create", "print(answer.results[0].flagged)"),
            ("client.moderations.create", "console.log(answer.results[0].flagged);"),
        ),
        ModelKind::Rerank => rerank(endpoint, model),
    }
}

/// OpenAI's clients have no call for it: plain HTTP.
fn rerank(endpoint: &str, model: &str) -> Vec<CodeSample> {
    let body = [
        ("model", json!(model)),
        ("query", json!("How do refunds work?")),
        ("documents", json!(["Refunds take five days.", "We ship to Norway."])),
    ];
    let url = format!("{endpoint}/rerank");
    let python = format!(
        r#"# pip install requests
import os
import requests

answer = requests.post(
    "{url}",
    headers={{"Authorization": "Bearer " + os.environ["SWITCHYARD_API_KEY"]}},
    json={{
{},
    }},
)
print(answer.json()["results"])"#,
        lines(&body, Language::Python, 8, true)
    );
    let node = format!(
        r#"const answer = await fetch("{url}", {{
  method: "POST",
  headers: {{
    Authorization: `Bearer ${{process.env.SWITCHYARD_API_KEY}}`,
    "Content-Type": "application/json",
  }},
  body: JSON.stringify({{
{},
  }}),
}});
console.log((await answer.json()).results);"#,
        lines(&body, Language::JavaScript, 4, false)
    );
    vec![
        CodeSample::new("curl", curl(endpoint, "/rerank", &body)),
        CodeSample::new("Python", python),
        CodeSample::new("Node", node),
    ]
}

/// A request as it stands, whatever is set.
pub(super) fn request(endpoint: &str, body: &[Field]) -> Vec<CodeSample> {
    let body: Vec<_> = body.iter().map(|(name, value)| (*name, without_images(value))).collect();
    posted(
        endpoint,
        "/chat/completions",
        &body,
        ("client.chat.completions.create", "print(answer.choices[0].message.content)"),
        ("client.chat.completions.create", "console.log(answer.choices[0].message.content);"),
    )
}

/// A parameter and its value.
type Field = (&'static str, Value);

/// One call in each language: of a client its function, and what is shown of the answer.
fn posted(
    endpoint: &str,
    path: &str,
    body: &[Field],
    python: (&str, &str),
    node: (&str, &str),
) -> Vec<CodeSample> {
    let python = format!(
        r#"# pip install openai
import os
from openai import OpenAI

client = OpenAI(
    base_url="{endpoint}",
    api_key=os.environ["SWITCHYARD_API_KEY"],
)
answer = {}(
{},
)
{}"#,
        python.0,
        lines(body, Language::Python, 4, false),
        python.1
    );
    let node = format!(
        r#"// npm install openai
import OpenAI from "openai";

const client = new OpenAI({{
  baseURL: "{endpoint}",
  apiKey: process.env.SWITCHYARD_API_KEY,
}});
const answer = await {}({{
{},
}});
{}"#,
        node.0,
        lines(body, Language::JavaScript, 2, false),
        node.1
    );
    vec![
        CodeSample::new("curl", curl(endpoint, path, body)),
        CodeSample::new("Python", python),
        CodeSample::new("Node", node),
    ]
}

fn curl(endpoint: &str, path: &str, body: &[Field]) -> String {
    // A quote ends what the shell takes as it is.
    let json = lines(body, Language::Json, 4, true).replace('\'', r"'\''");
    format!(
        r#"curl {endpoint}{path} \
  -H "Authorization: Bearer $SWITCHYARD_API_KEY" \
  -H "Content-Type: application/json" \
  -d '{{
{json}
  }}'"#
    )
}

/// Parameters, one a line: arguments of a call, or, `quoted`, fields of an object.
fn lines(body: &[Field], language: Language, indent: usize, quoted: bool) -> String {
    let each = body.iter().map(|(name, value)| {
        let name = match language {
            _ if quoted => format!("\"{name}\": "),
            Language::Python => format!("{name}="),
            _ => format!("{name}: "),
        };
        format!("{}{name}{}", " ".repeat(indent), literal(value, language, indent))
    });
    each.collect::<Vec<_>>().join(",\n")
}

/// An attached image is longer than the rest of the program: its beginning says what belongs there.
fn without_images(value: &Value) -> Value {
    match value {
        Value::String(text) if text.starts_with("data:") && text.len() > 64 => {
            let kind = text.split(',').next().unwrap_or_default();
            Value::String(format!("{kind},…"))
        }
        Value::Array(items) => items.iter().map(without_images).collect(),
        Value::Object(fields) => {
            fields.iter().map(|(name, item)| (name.clone(), without_images(item))).collect()
        }
        _ => value.clone(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_sample_names_the_endpoint_and_the_model() {
        let (endpoint, model) = ("https://h/t/acme/v1", "llama");
        let of_kinds = ModelKind::ALL.map(|kind| of_kind(kind, endpoint, model)).concat();
        for sample in [of_kinds, stream(endpoint, model)].concat() {
            assert!(
                sample.code.contains("https://h/t/acme/v1") && sample.code.contains("\"llama\""),
                "{}",
                sample.code
            );
        }
    }

    #[test]
    fn a_request_survives_the_shell_and_both_languages() {
        let image = format!("data:image/png;base64,{}", "A".repeat(500));
        let body = [
            ("model", json!("llama")),
            ("messages", json!([{ "role": "user", "content": "it's 5 o'clock" }, { "image": image }])),
            ("stop", json!(["END"])),
        ];
        let [curl, python, node] = request("https://h/v1", &body).try_into().unwrap();
        assert!(curl.code.contains(r"it'\''s 5 o'\''clock") && !curl.code.contains("AAAA"), "{}", curl.code);
        assert!(python.code.contains("    stop=[\"END\"],\n)"), "{}", python.code);
        assert!(node.code.contains("  model: \"llama\",\n"), "{}", node.code);
    }
}
