//! The samples of the quick start: complete programs, for an endpoint and a model.

use ui::CodeSample;

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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_sample_names_the_endpoint_and_the_model() {
        for sample in [chat("https://h/t/acme/v1", "llama"), stream("https://h/t/acme/v1", "llama")].concat()
        {
            assert!(
                sample.code.contains("https://h/t/acme/v1") && sample.code.contains("\"llama\""),
                "{}",
                sample.code
            );
        }
    }
}
