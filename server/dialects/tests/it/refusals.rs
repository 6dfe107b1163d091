//! What is refused, by the name of the field.

use dialects::{Refused, messages, responses};
use serde_json::{Value, json};
use shared::ErrorCode::{self, InvalidValue, MissingField, UnsupportedField};

use crate::support::{message_request, response_request};

#[track_caller]
fn refused<T: std::fmt::Debug>(result: Result<T, Refused>, code: ErrorCode, field: &str) {
    let refused = result.unwrap_err();
    assert_eq!((refused.code, refused.field.as_str()), (code, field), "{refused}");
    assert!(refused.message.contains(field), "{refused}");
    assert!(refused.message.ends_with('.'), "{refused}");
}

#[track_caller]
fn response(fields: Value, code: ErrorCode, field: &str) {
    refused(responses::to_chat(&response_request(fields), &[]), code, field);
}

#[track_caller]
fn message(fields: Value, code: ErrorCode, field: &str) {
    refused(messages::to_chat(&message_request(fields)), code, field);
}

#[test]
fn built_in_tools_are_refused_by_their_place() {
    let function = json!({"type": "function", "name": "f", "parameters": {}});
    for kind in [
        "web_search",
        "web_search_preview",
        "file_search",
        "code_interpreter",
        "computer_use_preview",
        "computer",
        "mcp",
        "image_generation",
        "local_shell",
        "a_tool_of_tomorrow",
    ] {
        response(json!({"tools": [function, {"type": kind}]}), UnsupportedField, "tools[1].type");
    }
    for kind in ["web_search_20250305", "computer_20250124", "bash_20250124", "text_editor_20250728"] {
        message(json!({"tools": [{"type": kind, "name": "x"}]}), UnsupportedField, "tools[0].type");
    }
}

#[test]
fn a_response_may_not_ask_for_what_is_not_there() {
    let cases = [
        ("background", json!(true)),
        ("conversation", json!("conv_1")),
        ("prompt", json!({"id": "pmpt_1"})),
        ("truncation", json!("auto")),
        ("service_tier", json!("flex")),
        ("context_management", json!([{"type": "compaction"}])),
        ("moderation", json!({"model": "x"})),
        ("generate", json!(false)),
        ("messages", json!([])),
        ("max_tokens", json!(5)),
        ("response_format", json!({"type": "json_object"})),
        ("n", json!(2)),
    ];
    for (field, value) in cases {
        response(json!({field: value}), UnsupportedField, field);
        let null = response_request(json!({field: null}));
        assert!(responses::to_chat(&null, &[]).is_ok(), "{field}");
    }
    response(
        json!({"include": ["reasoning.encrypted_content", "file_search_call.results"]}),
        UnsupportedField,
        "include[1]",
    );
    response(json!({"reasoning": {"summary": "concise"}}), UnsupportedField, "reasoning.summary");
    response(json!({"reasoning": {"mode": "pro"}}), UnsupportedField, "reasoning.mode");
    response(json!({"text": {"x_new": 1}}), UnsupportedField, "text.x_new");
    response(
        json!({"stream_options": {"include_obfuscation": true}}),
        UnsupportedField,
        "stream_options.include_obfuscation",
    );
}

#[test]
fn a_response_s_wrong_values_are_named() {
    response(json!({"input": []}), MissingField, "input");
    response(json!({"input": null}), MissingField, "input");
    response(json!({"max_output_tokens": 0}), InvalidValue, "max_output_tokens");
    response(json!({"top_logprobs": 21}), InvalidValue, "top_logprobs");
    response(json!({"metadata": {"a": 1}}), InvalidValue, "metadata.a");
    response(json!({"tool_choice": "maybe"}), InvalidValue, "tool_choice");
    response(json!({"tool_choice": "required"}), InvalidValue, "tool_choice");
    response(json!({"tool_choice": {"type": "function", "name": "g"}}), InvalidValue, "tool_choice.name");
    response(json!({"tool_choice": {"type": "mcp"}}), UnsupportedField, "tool_choice.type");
    response(json!({"tools": [{"type": "function"}]}), MissingField, "tools[0].name");
    response(
        json!({"tools": [{"type": "function", "name": "f", "parameters": 1}]}),
        InvalidValue,
        "tools[0].parameters",
    );
    response(json!({"text": {"format": {"type": "yaml"}}}), InvalidValue, "text.format.type");
    response(
        json!({"text": {"format": {"type": "json_schema", "schema": {}}}}),
        MissingField,
        "text.format.name",
    );
    response(json!({"seed": "x"}), InvalidValue, "seed");
}

#[test]
fn an_item_s_fault_is_named_by_its_place() {
    let item = |item: Value| json!({"input": [{"role": "user", "content": "Hi"}, item]});
    let cases = [
        (json!({}), MissingField, "input[1].type"),
        (json!({"type": "web_search_call", "id": "ws"}), UnsupportedField, "input[1].type"),
        (json!({"role": "user"}), MissingField, "input[1].content"),
        (json!({"role": "user", "content": 7}), InvalidValue, "input[1].content"),
        (json!({"role": "user", "content": ["a"]}), InvalidValue, "input[1].content[0]"),
        (json!({"role": "critic", "content": "a"}), InvalidValue, "input[1].role"),
        (
            json!({"role": "user", "content": [{"type": "input_text"}]}),
            MissingField,
            "input[1].content[0].text",
        ),
        (json!({"role": "user", "content": [{"type": "video"}]}), InvalidValue, "input[1].content[0].type"),
        (
            json!({"role": "user", "content": [{"type": "input_image", "file_id": "f"}]}),
            UnsupportedField,
            "input[1].content[0].file_id",
        ),
        (
            json!({"role": "user", "content": [{"type": "input_file", "file_url": "f"}]}),
            UnsupportedField,
            "input[1].content[0].file_url",
        ),
        (json!({"type": "function_call", "call_id": "c", "name": "f"}), MissingField, "input[1].arguments"),
        (
            json!({"type": "function_call_output", "call_id": "c", "output": ""}),
            InvalidValue,
            "input[1].call_id",
        ),
        (
            json!({"type": "reasoning", "id": "r", "summary": [], "encrypted_content": "x"}),
            UnsupportedField,
            "input[1].encrypted_content",
        ),
        (json!({"type": "item_reference", "id": "msg_9"}), InvalidValue, "input[1].id"),
    ];
    for (case, code, field) in cases {
        response(item(case), code, field);
    }
}

#[test]
fn a_message_may_not_ask_for_what_is_not_there() {
    message(json!({"container": "c"}), UnsupportedField, "container");
    message(json!({"mcp_servers": [{"url": "x"}]}), UnsupportedField, "mcp_servers");
    message(json!({"service_tier": "priority"}), UnsupportedField, "service_tier");
    message(
        json!({"context_management": {"edits": [{"type": "clear_tool_uses_20250919"}]}}),
        UnsupportedField,
        "context_management.edits[0].type",
    );
    message(json!({"output_config": {"x_new": 1}}), UnsupportedField, "output_config.x_new");
    message(json!({"n": 2}), UnsupportedField, "n");
    assert!(messages::to_chat(&message_request(json!({"mcp_servers": [], "container": null}))).is_ok());
}

#[test]
fn a_message_s_wrong_values_are_named() {
    message(json!({"messages": []}), InvalidValue, "messages");
    message(json!({"max_tokens": 0}), InvalidValue, "max_tokens");
    message(json!({"messages": [{"role": "tool", "content": "x"}]}), InvalidValue, "messages[0].role");
    message(json!({"system": [{"type": "image"}]}), InvalidValue, "system[0].type");
    message(json!({"tools": [{"name": "f"}]}), MissingField, "tools[0].input_schema");
    message(json!({"tool_choice": {"type": "any"}}), InvalidValue, "tool_choice.type");
    message(json!({"tool_choice": {"type": "maybe"}}), InvalidValue, "tool_choice.type");
    message(json!({"thinking": {"type": "enabled"}}), MissingField, "thinking.budget_tokens");
    message(
        json!({"thinking": {"type": "enabled", "budget_tokens": 9}}),
        InvalidValue,
        "thinking.budget_tokens",
    );
    message(json!({"output_config": {"effort": "huge"}}), InvalidValue, "output_config.effort");
    let block = |role: &str, block: Value| json!({"messages": [{"role": role, "content": [block]}]});
    let cases = [
        (block("user", json!({"type": "text"})), MissingField, "messages[0].content[0].text"),
        (block("user", json!({"type": "tool_result"})), MissingField, "messages[0].content[0].tool_use_id"),
        (block("user", json!({"type": "search_result"})), UnsupportedField, "messages[0].content[0].type"),
        (
            block("user", json!({"type": "image", "source": {"type": "file"}})),
            InvalidValue,
            "messages[0].content[0].source.type",
        ),
        (
            block("user", json!({"type": "image", "source": {"type": "base64", "data": ""}})),
            MissingField,
            "messages[0].content[0].source.media_type",
        ),
        (
            block("assistant", json!({"type": "tool_use", "id": "t", "name": "f", "input": "x"})),
            InvalidValue,
            "messages[0].content[0].input",
        ),
        (
            block("assistant", json!({"type": "server_tool_use"})),
            UnsupportedField,
            "messages[0].content[0].type",
        ),
    ];
    for (case, code, field) in cases {
        message(case, code, field);
    }
}

#[test]
fn a_message_repeats_no_more_of_the_caller_s_words_than_a_little() {
    let long = "x".repeat(10_000);
    let refused = responses::to_chat(&response_request(json!({"tool_choice": long})), &[]).unwrap_err();
    assert!(refused.message.len() < 300);
}
