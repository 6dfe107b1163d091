//! `POST /v1/responses`, whole and streamed, and what a response goes on from.

use http::StatusCode;
use metering::Operation;
use reqwest::{Method, Response};
use serde_json::{Value, json};
use sim::{Engine, Fault, FaultKind};

use crate::{
    told::{cost, good, good_text, judge, judge_event, refused},
    world::{Plan, World},
};

async fn world(engine: Engine) -> World {
    Plan::of(&[engine]).start().await
}

fn hello() -> Value {
    json!({"model": "llama", "input": "Tell me about the railway switchyard."})
}

fn streamed(mut body: Value) -> Value {
    body["stream"] = json!(true);
    body
}

fn said(response: &Value) -> String {
    response["output"][0]["content"][0]["text"].as_str().unwrap_or_default().to_owned()
}

async fn events(response: Response) -> Vec<Value> {
    assert_eq!(response.status(), StatusCode::OK);
    let text = response.text().await.unwrap();
    let blocks = text.split("\n\n").filter(|block| !block.trim().is_empty());
    let events: Vec<Value> = blocks
        .map(|block| {
            let data = block.lines().find_map(|line| line.strip_prefix("data: ")).unwrap();
            let event: Value = serde_json::from_str(data).unwrap();
            let name = block.lines().find_map(|line| line.strip_prefix("event: "));
            assert_eq!(name, event["type"].as_str());
            event
        })
        .collect();
    events.iter().for_each(judge_event);
    events
}

#[tokio::test]
async fn it_answers_whole_in_openais_form() {
    for engine in [Engine::Vllm, Engine::Ollama, Engine::Anthropic] {
        let world = world(engine).await;
        let text = good_text(world.post("/v1/responses", &hello())).await;
        assert!(cost(&text) > rust_decimal::Decimal::ZERO);
        let response: Value = serde_json::from_str(&text).unwrap();
        judge("Response", &response);
        assert!(response["id"].as_str().unwrap().starts_with("resp_"));
        assert_eq!((&response["status"], &response["store"]), (&json!("completed"), &json!(false)));
        assert_eq!(response["model"], "llama");
        assert!(said(&response).contains("switchyard"), "{engine:?}: {response:#}");
        let event = world.events(1).await.remove(0);
        assert_eq!(event.operation, Operation::Response);
        assert_eq!(json!(event.tokens.completion), response["usage"]["output_tokens"]);
    }
}

#[tokio::test]
async fn it_streams_openais_events() {
    let world = world(Engine::Vllm).await;
    let events = events(world.post("/v1/responses", &streamed(hello())).send().await.unwrap()).await;
    let kinds: Vec<_> = events.iter().map(|event| event["type"].as_str().unwrap()).collect();
    assert_eq!(kinds[..2], ["response.created", "response.in_progress"]);
    assert_eq!(kinds.last(), Some(&"response.completed"));
    let deltas: String = events
        .iter()
        .filter(|event| event["type"] == "response.output_text.delta")
        .filter_map(|event| event["delta"].as_str())
        .collect();
    let last = &events.last().unwrap()["response"];
    assert_eq!(said(last), deltas);
    assert!(last["usage"]["cost"].is_number());
    let numbers: Vec<_> = events.iter().map(|event| event["sequence_number"].as_u64().unwrap()).collect();
    assert_eq!(numbers, (0..numbers.len() as u64).collect::<Vec<_>>());
    let event = world.events(1).await.remove(0);
    assert_eq!((event.operation, event.streamed), (Operation::Response, true));
}

#[tokio::test]
async fn a_stream_that_breaks_fails_in_its_own_form() {
    let world = world(Engine::Vllm).await;
    world.sims[0].fault(Fault::new(FaultKind::Reset).after_tokens(3).times(1));
    let events = events(world.post("/v1/responses", &streamed(hello())).send().await.unwrap()).await;
    assert_eq!(events.last().unwrap()["type"], "response.failed");
    assert!(events.iter().any(|event| event["type"] == "error" && event["code"] == "stream_truncated"));
}

#[tokio::test]
async fn leaving_a_stream_cancels_the_engines_work() {
    let mut plan = Plan::of(&[Engine::Vllm]);
    plan.sim = |options| options.tokens_per_s = 30.0;
    let world = plan.start().await;
    let mut response = world.post("/v1/responses", &streamed(hello())).send().await.unwrap();
    response.chunk().await.unwrap().unwrap();
    drop(response);
    world.until(0, |stats| stats.cancelled == 1 && stats.in_flight == 0).await;
}

#[tokio::test]
async fn nothing_is_stored_unless_the_project_opted_in() {
    let world = world(Engine::Vllm).await;
    let mut asked = hello();
    asked["store"] = json!(true);
    let error = refused(world.post("/v1/responses", &asked)).await;
    assert_eq!(error, (400, "unsupported_parameter".into(), Some("store".into())));
    let first = good(world.post("/v1/responses", &hello())).await;
    let mut next = hello();
    next["previous_response_id"] = first["id"].clone();
    let error = refused(world.post("/v1/responses", &next)).await;
    assert_eq!(error, (400, "previous_response_not_found".into(), Some("previous_response_id".into())));
}

#[tokio::test]
async fn a_stored_response_is_gone_on_from_by_its_project_alone() {
    let mut world = world(Engine::Vllm).await;
    for project in &mut world.draft.rows.projects {
        project.store_responses = true;
    }
    world.publish();
    for body in [hello(), streamed(hello())] {
        let first = if body["stream"] == json!(true) {
            let events = events(world.post("/v1/responses", &body).send().await.unwrap()).await;
            events.last().unwrap()["response"].clone()
        } else {
            good(world.post("/v1/responses", &body)).await
        };
        assert_eq!(first["store"], true);
        let next =
            json!({"model": "llama", "input": "And the signals?", "previous_response_id": first["id"]});
        let second = good(world.post("/v1/responses", &next)).await;
        let sent = world.sims[0].stats().last_request.unwrap().body;
        let messages = sent["messages"].as_array().unwrap();
        assert_eq!(messages.len(), 3, "{sent}");
        assert_eq!(messages[1]["role"], "assistant");
        assert_eq!(messages[2]["content"], "And the signals?");
        // And on from there.
        let third =
            json!({"model": "llama", "input": "Why?", "previous_response_id": second["id"], "store": false});
        let third = good(world.post("/v1/responses", &third)).await;
        assert_eq!(world.sims[0].stats().last_request.unwrap().body["messages"].as_array().unwrap().len(), 5);
        let gone = json!({"model": "llama", "input": "x", "previous_response_id": third["id"]});
        assert_eq!(refused(world.post("/v1/responses", &gone)).await.1, "previous_response_not_found");

        let foreign = world.http.post(world.url("/v1/responses")).bearer_auth(&world.globex.key).json(&next);
        assert_eq!(refused(foreign).await.1, "previous_response_not_found");
    }
}

async fn world_that_stores() -> World {
    let mut world = world(Engine::Vllm).await;
    for project in &mut world.draft.rows.projects {
        project.store_responses = true;
    }
    world.publish();
    world
}

#[tokio::test]
async fn a_stored_response_is_read_again_as_it_was_told() {
    let world = world_that_stores().await;
    let mut tools = hello();
    tools["tools"] = json!([{"type": "function", "name": "set_switch", "parameters": {"type": "object"}}]);
    tools["tool_choice"] = json!("required");
    for body in [hello(), streamed(hello()), tools.clone(), streamed(tools)] {
        let told = if body["stream"] == json!(true) {
            let events = events(world.post("/v1/responses", &body).send().await.unwrap()).await;
            events.last().unwrap()["response"].clone()
        } else {
            good(world.post("/v1/responses", &body)).await
        };
        let path = format!("/v1/responses/{}", told["id"].as_str().unwrap());
        let text = good_text(world.request(Method::GET, &path)).await;
        assert!(cost(&text) > rust_decimal::Decimal::ZERO);
        let read: Value = serde_json::from_str(&text).unwrap();
        judge("Response", &read);
        assert_eq!(read, told);
    }
}

#[tokio::test]
async fn the_input_of_a_stored_response_is_listed() {
    let world = world_that_stores().await;
    let first = good(world.post("/v1/responses", &hello())).await;
    let next = json!({"model": "llama", "previous_response_id": first["id"], "input": [
        {"role": "user", "content": "And the signals?"},
        {"type": "function_call", "call_id": "call_1", "name": "look", "arguments": "{}"},
        {"type": "function_call_output", "call_id": "call_1", "output": "red"},
    ]});
    let second = good(world.post("/v1/responses", &next)).await;
    let path = format!("/v1/responses/{}/input_items", second["id"].as_str().unwrap());
    let list = good(world.request(Method::GET, &format!("{path}?order=asc"))).await;
    judge("ResponseItemList", &list);
    let kinds = |list: &Value| -> Vec<String> {
        let items = list["data"].as_array().unwrap().iter();
        items.map(|item| item["type"].as_str().unwrap().to_owned()).collect()
    };
    let asc = ["message", "message", "message", "function_call", "function_call_output"];
    assert_eq!(kinds(&list), asc);
    assert_eq!(list["has_more"], false);
    let page = good(world.request(Method::GET, &format!("{path}?limit=2"))).await;
    assert_eq!((kinds(&page), &page["has_more"]), (vec![asc[4].to_owned(), asc[3].to_owned()], &json!(true)));
    let after = format!("{path}?after={}", page["last_id"].as_str().unwrap());
    assert_eq!(kinds(&good(world.request(Method::GET, &after)).await), ["message"; 3]);
    let wrong = refused(world.request(Method::GET, &format!("{path}?after=nought"))).await;
    assert_eq!(wrong, (400, "invalid_value".into(), Some("after".into())));
}

#[tokio::test]
async fn a_stored_response_is_there_for_its_project_alone_and_until_it_is_deleted() {
    let world = world_that_stores().await;
    let response = good(world.post("/v1/responses", &hello())).await;
    let id = response["id"].as_str().unwrap();
    let path = format!("/v1/responses/{id}");
    let gone = (404, "not_found".to_owned(), Some("response_id".to_owned()));
    for path in [path.clone(), format!("{path}/input_items")] {
        let foreign = world.http.get(world.url(&path)).bearer_auth(&world.globex.key);
        assert_eq!(refused(foreign).await, gone);
    }
    let foreign = world.http.delete(world.url(&path)).bearer_auth(&world.globex.key);
    assert_eq!(refused(foreign).await, gone);
    assert_eq!(refused(world.request(Method::GET, "/v1/responses/resp_nought")).await, gone);
    let streamed = refused(world.request(Method::GET, &format!("{path}?stream=true"))).await;
    assert_eq!(streamed, (400, "unsupported_parameter".into(), Some("stream".into())));
    let bare = world.http.get(world.url(&path)).send().await.unwrap();
    assert_eq!(bare.status(), StatusCode::UNAUTHORIZED);

    let deleted = good(world.request(Method::DELETE, &path)).await;
    assert_eq!(deleted, json!({"id": id, "object": "response", "deleted": true}));
    assert_eq!(refused(world.request(Method::GET, &path)).await, gone);
    assert_eq!(refused(world.request(Method::DELETE, &path)).await, gone);
    let next = json!({"model": "llama", "input": "x", "previous_response_id": id});
    assert_eq!(refused(world.post("/v1/responses", &next)).await.1, "previous_response_not_found");
}

#[tokio::test]
async fn what_is_stored_is_sealed() {
    let mut world = world(Engine::Vllm).await;
    world.draft.rows.projects[0].store_responses = true;
    world.publish();
    let response = good(world.post("/v1/responses", &hello())).await;
    let id = response["id"].as_str().unwrap();
    let key = format!("response:{}:{}:{id}", world.acme.id, world.acme.project);
    let record = world.kv.get(&key).await.unwrap().expect("it is kept");
    let text = String::from_utf8_lossy(&record);
    assert!(!text.contains("switchyard") && !text.contains("role"), "{text}");
}

#[tokio::test]
async fn tools_come_back_as_function_calls() {
    let world = world(Engine::Vllm).await;
    let mut body = hello();
    body["tools"] = json!([{"type": "function", "name": "set_switch", "parameters": {"type": "object", "properties": {"track": {"type": "integer"}}}}]);
    body["tool_choice"] = json!("required");
    let response = good(world.post("/v1/responses", &body)).await;
    judge("Response", &response);
    let output = response["output"].as_array().unwrap();
    let call = output.iter().find(|item| item["type"] == "function_call").unwrap();
    assert_eq!(call["name"], "set_switch");
    assert!(call["arguments"].is_string());
}

#[tokio::test]
async fn input_tokens_are_counted_without_a_response() {
    let world = world(Engine::Vllm).await;
    let counted = good(world.post("/v1/responses/input_tokens", &hello())).await;
    assert_eq!(counted["object"], "response.input_tokens");
    assert!(counted["input_tokens"].as_u64().unwrap() > 0);
}
