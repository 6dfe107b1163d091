//! Tools of free text, on engines that know functions alone.

use dialects::responses::{Framing, to_chat};
use serde_json::{Value, json};

use crate::support::{response_events, response_request, response_writer};

fn request(more: Value) -> dialects::responses::ResponsesRequest {
    let tools = json!([
        {"type": "custom", "name": "run", "description": "Runs Python", "format": {"type": "text"}},
        {"type": "function", "name": "look", "parameters": {"type": "object"}},
    ]);
    let mut fields = json!({"tools": tools});
    fields.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
    response_request(fields)
}

#[test]
fn a_tool_of_free_text_is_a_function_of_one_text() {
    let request = request(json!({
        "tool_choice": {"type": "custom", "name": "run"},
        "input": [
            {"role": "user", "content": "Count."},
            {"type": "custom_tool_call", "call_id": "c1", "name": "run", "input": "print(\"1\")\n"},
            {"type": "custom_tool_call_output", "call_id": "c1", "output": "1"},
        ],
    }));
    let chat = serde_json::to_value(to_chat(&request, &[]).unwrap()).unwrap();
    let function = &chat["tools"][0]["function"];
    assert_eq!((&chat["tools"][0]["type"], &function["name"]), (&json!("function"), &json!("run")));
    assert_eq!(function["description"], "Runs Python");
    assert_eq!(function["parameters"]["required"], json!(["input"]));
    assert_eq!(chat["tool_choice"], json!({"type": "function", "function": {"name": "run"}}));
    let call = &chat["messages"][1]["tool_calls"][0];
    let arguments: Value = serde_json::from_str(call["function"]["arguments"].as_str().unwrap()).unwrap();
    assert_eq!(arguments, json!({"input": "print(\"1\")\n"}));
    assert_eq!(
        (&chat["messages"][2]["role"], &chat["messages"][2]["tool_call_id"]),
        (&json!("tool"), &json!("c1"))
    );
}

#[test]
fn a_grammar_is_refused_by_name() {
    let grammar = json!({"type": "grammar", "syntax": "lark", "definition": "start: \"a\""});
    let tools = json!([{"type": "custom", "name": "run", "format": grammar}]);
    let refused = to_chat(&response_request(json!({"tools": tools})), &[]).unwrap_err();
    assert_eq!(refused.field, "tools[0].format.type");
}

fn piece(call: &Value) -> String {
    json!({"choices": [{"index": 0, "delta": {"tool_calls": [call]}}]}).to_string()
}

#[test]
fn its_calls_come_back_as_free_text_in_a_stream_as_well() {
    let begun = |index, id: &str, name: &str| {
        piece(
            &json!({"index": index, "id": id, "type": "function", "function": {"name": name, "arguments": ""}}),
        )
    };
    let more = |index, text: &str| piece(&json!({"index": index, "function": {"arguments": text}}));
    let chunks = [
        begun(0, "c1", "run"),
        more(0, "{\"inp"),
        more(0, "ut\": \"print(\\"),
        more(0, "\"1\\\")"),
        more(0, "\\n\"}"),
        begun(1, "c2", "look"),
        more(1, "{}"),
        // A model that heeds no schema.
        begun(2, "c3", "run"),
        more(2, "print(2)"),
        json!({"choices": [{"index": 0, "delta": {}, "finish_reason": "tool_calls"}]}).to_string(),
    ];
    let chunks: Vec<&str> = chunks.iter().map(String::as_str).collect();
    let events = response_events(&request(json!({})), &chunks, None);
    if let Some(spec) = testkit::openai_spec() {
        for event in &events {
            spec.check_event(event).unwrap_or_else(|wrong| panic!("{wrong}\n{event:#}"));
        }
    }
    let of = |item: &str, kind: &str, field: &str| -> Vec<String> {
        let events = events.iter().filter(|event| event["item_id"] == item && event["type"] == kind);
        events.map(|event| event[field].as_str().unwrap().to_owned()).collect()
    };
    assert_eq!(of("ctc_1a_0", "response.custom_tool_call_input.delta", "delta"), ["print(", "\"1\")", "\n"]);
    assert_eq!(of("ctc_1a_0", "response.custom_tool_call_input.done", "input"), ["print(\"1\")\n"]);
    assert_eq!(of("fc_1a_1", "response.function_call_arguments.done", "arguments"), ["{}"]);
    assert_eq!(of("ctc_1a_2", "response.custom_tool_call_input.delta", "delta").concat(), "print(2)");
    let output = &events.last().unwrap()["response"]["output"];
    assert_eq!(
        output[0],
        json!({"type": "custom_tool_call", "id": "ctc_1a_0", "call_id": "c1", "name": "run", "input": "print(\"1\")\n",
               "status": "completed"})
    );
    assert_eq!((&output[1]["type"], &output[2]["input"]), (&json!("function_call"), &json!("print(2)")));
}

#[test]
fn a_whole_answer_with_such_a_call_fits_openais_document() {
    let request = request(json!({}));
    let chat = json!({"choices": [{"index": 0, "finish_reason": "tool_calls", "message": {
        "role": "assistant", "content": null, "tool_calls": [
            {"id": "c1", "type": "function", "function": {"name": "run", "arguments": "{\"input\":\"x\"}"}}],
    }}]});
    let mut writer = response_writer(&request, Framing::Sse);
    let whole = writer.whole(chat.to_string().as_bytes()).unwrap();
    let response: Value = serde_json::from_slice(&whole).unwrap();
    assert_eq!(response["output"][0]["input"], "x");
    assert_eq!(
        response["tools"][0],
        json!({"type": "custom", "name": "run", "description": "Runs Python", "format": {"type": "text"}})
    );
    if let Some(spec) = testkit::openai_spec() {
        spec.check("Response", &response).unwrap_or_else(|wrong| panic!("{wrong}\n{response:#}"));
    }
}
