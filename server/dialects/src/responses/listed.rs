//! Items of a conversation as a list shows them. Source: OpenAI's OpenAPI document 2.3.0, `ItemResource`.

use serde_json::{Map, Value, json};

use super::{Item, items::COMPLETED};

impl Item {
    /// The item with everything that a caller may leave out and a list must have: its type, an id, a status, content in
    /// parts. `stem` and `index` make the id of one that has none, the same each time.
    pub fn listed(&self, stem: &str, index: usize) -> Value {
        let mut item = self.0.clone();
        let kind = self.kind().to_owned();
        let id = format!("{}_{stem}_in{index}", prefix(&kind));
        fill(&mut item, "id", id.into());
        fill(&mut item, "status", COMPLETED.into());
        match kind.as_str() {
            "message" => {
                let part = if item.get("role").is_some_and(|role| role == "assistant") {
                    said
                } else {
                    |text: &str| json!({"type": "input_text", "text": text})
                };
                if let Some(text) = item.get("content").and_then(Value::as_str).map(part) {
                    item.insert("content".to_owned(), json!([text]));
                }
            }
            "reasoning" => fill(&mut item, "summary", json!([])),
            _ => {}
        }
        item.insert("type".to_owned(), kind.into());
        Value::Object(item)
    }
}

fn said(text: &str) -> Value {
    json!({"type": "output_text", "text": text, "annotations": [], "logprobs": []})
}

fn fill(item: &mut Map<String, Value>, key: &str, value: Value) {
    if item.get(key).is_none_or(Value::is_null) {
        item.insert(key.to_owned(), value);
    }
}

fn prefix(kind: &str) -> &'static str {
    match kind {
        "message" => "msg",
        "function_call" => "fc",
        "function_call_output" => "fco",
        "custom_tool_call" => "ctc",
        "custom_tool_call_output" => "ctco",
        "reasoning" => "rs",
        _ => "item",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn listed(value: Value) -> Value {
        Item::of(value).listed("abc", 3)
    }

    #[test]
    fn what_a_caller_leaves_out_is_filled_in() {
        assert_eq!(
            listed(json!({"role": "user", "content": "hi"})),
            json!({"type": "message", "id": "msg_abc_in3", "status": "completed", "role": "user",
                   "content": [{"type": "input_text", "text": "hi"}]})
        );
        let said = listed(json!({"role": "assistant", "content": "ho"}));
        assert_eq!(said["content"][0]["type"], "output_text");
        assert_eq!(listed(json!({"type": "reasoning"}))["summary"], json!([]));
    }

    #[test]
    fn what_is_there_stays() {
        let whole = json!({"type": "function_call", "id": "fc_1", "call_id": "c", "name": "f", "arguments": "{}",
                           "status": "incomplete"});
        assert_eq!(listed(whole.clone()), whole);
    }
}
