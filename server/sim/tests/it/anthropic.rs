use http::StatusCode;
use serde_json::{Value, json};
use sim::{Engine, Fault, FaultKind, Handle, SimOptions, spawn};

use crate::client::{json_of, payloads, post, post_with, text_of};

const VERSION: [(&str, &str); 2] = [("anthropic-version", "2023-06-01"), ("x-api-key", "secret")];

async fn anthropic() -> Handle {
    let options = SimOptions {
        api_key: Some("secret".into()),
        reasoning: true,
        ..SimOptions::unpaced(Engine::Anthropic, ["m"])
    };
    spawn(options).await.unwrap()
}

fn message(text: &str, stream: bool) -> Value {
    json!({"model": "m", "max_tokens": 200, "stream": stream, "messages": [{"role": "user", "content": text}]})
}

async fn ask(sim: &Handle, body: &Value) -> (StatusCode, Value) {
    json_of(post_with(sim, "/v1/messages", &VERSION, body).await).await
}

#[tokio::test]
async fn a_stream_is_named_events_that_say_the_same_as_the_whole_answer() {
    let sim = anthropic().await;
    let (_, whole) = ask(&sim, &message("hello", false)).await;
    assert_eq!((&whole["type"], &whole["stop_reason"]), (&json!("message"), &json!("end_turn")));
    let text = text_of(post_with(&sim, "/v1/messages", &VERSION, &message("hello", true)).await).await;
    assert!(text.starts_with("event: message_start\ndata: {"));
    let events = payloads(&text);
    let said: String = events.iter().filter_map(|event| event["delta"]["text"].as_str()).collect();
    assert_eq!(whole["content"][0]["text"], said);
    let kinds: Vec<_> = events.iter().filter_map(|event| event["type"].as_str()).collect();
    assert_eq!(&kinds[..3], ["message_start", "ping", "content_block_start"]);
    assert_eq!(&kinds[kinds.len() - 3..], ["content_block_stop", "message_delta", "message_stop"]);
    assert_eq!(events[events.len() - 2]["usage"]["output_tokens"], whole["usage"]["output_tokens"]);
}

#[tokio::test]
async fn tools_are_blocks_whose_input_streams_as_json() {
    let sim = anthropic().await;
    let mut request = message("What is the weather and time in Oslo?", true);
    let schema = json!({"type": "object", "properties": {"city": {"type": "string"}}});
    request["tools"] = json!([{"name": "get_weather", "input_schema": schema}, {"name": "get_time", "input_schema": schema}]);
    let events = payloads(&text_of(post_with(&sim, "/v1/messages", &VERSION, &request).await).await);
    for index in [0, 1] {
        let of = events.iter().filter(|event| event["index"] == index);
        let input: String = of.filter_map(|event| event["delta"]["partial_json"].as_str()).collect();
        assert_eq!(serde_json::from_str::<Value>(&input).unwrap(), json!({"city": "Oslo"}));
    }
    request["stream"] = json!(false);
    let (_, whole) = ask(&sim, &request).await;
    assert_eq!(
        (&whole["stop_reason"], &whole["content"][1]["name"]),
        (&json!("tool_use"), &json!("get_time"))
    );
    let id = &whole["content"][0]["id"];
    let results = json!([{"type": "tool_result", "tool_use_id": id, "content": "12 degrees"}]);
    request["messages"].as_array_mut().unwrap().push(json!({"role": "user", "content": results}));
    let (_, answer) = ask(&sim, &request).await;
    assert!(answer["content"][0]["text"].as_str().unwrap().contains("12 degrees"));
}

#[tokio::test]
async fn thinking_is_done_when_asked_for() {
    let sim = anthropic().await;
    let mut request = message("hello", false);
    request["thinking"] = json!({"type": "enabled", "budget_tokens": 1024});
    let (_, whole) = ask(&sim, &request).await;
    assert_eq!(
        (&whole["content"][0]["type"], &whole["content"][1]["type"]),
        (&json!("thinking"), &json!("text"))
    );
}

#[tokio::test]
async fn errors_name_their_type() {
    let sim = anthropic().await;
    let kind = |body: &Value| body["error"]["type"].as_str().unwrap().to_owned();
    let (status, body) = json_of(post(&sim, "/v1/messages", &message("hello", false)).await).await;
    assert_eq!((status, kind(&body).as_str()), (StatusCode::UNAUTHORIZED, "authentication_error"));
    let (status, body) =
        json_of(post_with(&sim, "/v1/messages", &VERSION[1..], &message("hello", false)).await).await;
    assert_eq!((status, body["type"].as_str()), (StatusCode::BAD_REQUEST, Some("error")));
    let (_, body) = ask(&sim, &message(&"word ".repeat(9000), false)).await;
    assert_eq!(body["error"]["message"], "prompt is too long: 9008 tokens > 8192 maximum");
    let mut request = message("hello", false);
    request.as_object_mut().unwrap().remove("max_tokens");
    assert_eq!(ask(&sim, &request).await.1["error"]["message"], "max_tokens: Field required");
    request["max_tokens"] = json!(5);
    request["model"] = json!("n");
    assert_eq!(kind(&ask(&sim, &request).await.1), "not_found_error");

    sim.fault(Fault::new(FaultKind::Http503).times(1));
    let mut overloaded = ask(&sim, &message("hello", false)).await;
    assert_eq!(kind(&overloaded.1), "overloaded_error");
    sim.fault(Fault::new(FaultKind::ErrorIn200).after_tokens(2).times(1));
    let text = text_of(post_with(&sim, "/v1/messages", &VERSION, &message("hello", true)).await).await;
    assert!(text.contains("event: error\ndata: {"), "{text}");
    overloaded = ask(&sim, &message("hello", false)).await;
    assert_eq!(overloaded.0, StatusCode::OK);
}

#[tokio::test]
async fn tokens_are_counted_and_models_listed() {
    let sim = anthropic().await;
    let counted = post_with(&sim, "/v1/messages/count_tokens", &VERSION, &message("hello", false)).await;
    assert_eq!(json_of(counted).await.1, json!({"input_tokens": 1 + 4 + 3}));
}
