//! `GET /v1/responses`: a WebSocket, a turn at a time.

use std::time::Duration;

use futures::{SinkExt, StreamExt};
use gateway::REVOCATIONS_CHANNEL;
use http::{Request, StatusCode};
use metering::Operation;
use serde_json::{Value, json};
use sim::{Engine, Fault, FaultKind};
use tokio::net::TcpStream;
use tokio_tungstenite::{
    MaybeTlsStream, WebSocketStream, connect_async,
    tungstenite::{Error, Message, client::IntoClientRequest},
};

use crate::{
    told::judge_event,
    world::{PATIENCE, Plan, World},
};

type Socket = WebSocketStream<MaybeTlsStream<TcpStream>>;

fn request(world: &World, key: &str) -> Request<()> {
    let mut request = format!("ws://{}/v1/responses", world.address).into_client_request().unwrap();
    request.headers_mut().insert("authorization", format!("Bearer {key}").parse().unwrap());
    request
}

async fn connect(world: &World) -> Socket {
    connect_async(request(world, &world.acme.key)).await.unwrap().0
}

async fn send(socket: &mut Socket, body: &Value) {
    socket.send(Message::text(body.to_string())).await.unwrap();
}

/// The next event; None when the connection is closed.
async fn next(socket: &mut Socket) -> Option<Value> {
    loop {
        let message = tokio::time::timeout(PATIENCE, socket.next()).await.expect("an event or an end");
        match message {
            Some(Ok(Message::Text(text))) => return Some(serde_json::from_str(text.as_str()).unwrap()),
            Some(Ok(Message::Close(_)) | Err(_)) | None => return None,
            Some(Ok(_)) => {}
        }
    }
}

/// All events of a turn, up to its end.
async fn turn(socket: &mut Socket, body: &Value) -> Vec<Value> {
    send(socket, body).await;
    let mut events = Vec::new();
    loop {
        let event = next(socket).await.expect("the turn's end");
        let over = matches!(
            event["type"].as_str().unwrap(),
            "response.completed" | "response.failed" | "response.incomplete" | "error"
        );
        events.push(event);
        if over {
            return events;
        }
    }
}

fn create(input: &str) -> Value {
    json!({"type": "response.create", "model": "llama", "store": false, "input": input})
}

#[tokio::test]
async fn a_conversation_goes_on_without_anything_being_stored() {
    let world = Plan::of(&[Engine::Vllm]).start().await;
    let mut socket = connect(&world).await;
    let first = turn(&mut socket, &create("Tell me about the railway switchyard.")).await;
    first.iter().for_each(judge_event);
    let response = &first.last().unwrap()["response"];
    assert_eq!((&response["status"], &response["store"]), (&json!("completed"), &json!(false)));

    let mut more = create("And the signals?");
    more["previous_response_id"] = response["id"].clone();
    let second = turn(&mut socket, &more).await;
    assert_eq!(second.last().unwrap()["type"], "response.completed");
    let sent = world.sims[0].stats().last_request.unwrap().body;
    assert_eq!(sent["messages"].as_array().unwrap().len(), 3, "{sent}");

    // Each turn is a call of its own.
    let events = world.events(2).await;
    assert!(events.iter().all(|event| event.operation == Operation::Response && event.streamed));
    assert_ne!(events[0].id, events[1].id);
    // On another connection it is not known.
    let mut other = connect(&world).await;
    let unknown = turn(&mut other, &more).await;
    assert_eq!(unknown[0]["error"]["code"], "previous_response_not_found");
    assert_eq!(unknown[0]["status"], 400);
}

#[tokio::test]
async fn turns_sent_meanwhile_wait_for_theirs() {
    let world = Plan::of(&[Engine::Vllm]).start().await;
    let mut socket = connect(&world).await;
    for word in ["one", "two", "three"] {
        send(&mut socket, &create(word)).await;
    }
    let mut ended = 0;
    while ended < 3 {
        let event = next(&mut socket).await.unwrap();
        ended += u32::from(event["type"] == "response.completed");
    }
    assert_eq!(world.sims[0].stats().peak_in_flight, 1);
}

#[tokio::test]
async fn a_mistake_is_told_and_the_connection_lives_on() {
    let world = Plan::of(&[Engine::Vllm]).start().await;
    let mut socket = connect(&world).await;
    for (message, param) in [
        ("hello".to_owned(), None),
        (json!({"type": "response.cancel"}).to_string(), Some("type")),
        (json!({"type": "response.create", "model": "nought", "input": "x"}).to_string(), Some("model")),
        (
            json!({"type": "response.create", "model": "llama", "input": "x", "background": true})
                .to_string(),
            Some("background"),
        ),
    ] {
        socket.send(Message::text(message)).await.unwrap();
        let error = next(&mut socket).await.unwrap();
        assert_eq!(error["type"], "error", "{error}");
        assert!(error["status"].is_number());
        if let Some(param) = param {
            assert_eq!(error["error"]["param"], param);
        }
    }
    assert_eq!(turn(&mut socket, &create("x")).await.last().unwrap()["type"], "response.completed");
}

#[tokio::test]
async fn a_turn_that_breaks_fails_and_is_not_gone_on_from() {
    let world = Plan::of(&[Engine::Vllm]).start().await;
    let mut socket = connect(&world).await;
    world.sims[0].fault(Fault::new(FaultKind::Reset).after_tokens(3).times(1));
    send(&mut socket, &create("x")).await;
    let mut kinds = Vec::new();
    while kinds.last().is_none_or(|kind| kind != "response.failed") {
        kinds.push(next(&mut socket).await.unwrap()["type"].as_str().unwrap().to_owned());
    }
    assert!(kinds.contains(&"error".to_owned()));
    assert_eq!(turn(&mut socket, &create("y")).await.last().unwrap()["type"], "response.completed");
}

#[tokio::test]
async fn a_revoked_key_ends_the_connection() {
    let world = Plan::of(&[Engine::Vllm]).start().await;
    let mut socket = connect(&world).await;
    turn(&mut socket, &create("x")).await;
    let id = world.acme.key_id.to_string();
    world.kv.publish(REVOCATIONS_CHANNEL, id.as_bytes()).await.unwrap();
    let error = next(&mut socket).await.unwrap();
    assert_eq!((&error["status"], &error["error"]["code"]), (&json!(401), &json!("invalid_api_key")));
    assert_eq!(next(&mut socket).await, None);
}

#[tokio::test]
async fn a_connection_ends_at_its_limit() {
    let mut plan = Plan::of(&[Engine::Vllm]);
    plan.settings.max_connection_age = Duration::from_millis(300);
    let world = plan.start().await;
    let mut socket = connect(&world).await;
    let error = next(&mut socket).await.unwrap();
    assert_eq!(error["error"]["code"], "websocket_connection_limit_reached");
    assert_eq!(next(&mut socket).await, None);
}

#[tokio::test]
async fn leaving_cancels_the_engines_work() {
    let mut plan = Plan::of(&[Engine::Vllm]);
    plan.sim = |options| options.tokens_per_s = 30.0;
    let world = plan.start().await;
    let mut socket = connect(&world).await;
    send(&mut socket, &create("x")).await;
    assert_eq!(next(&mut socket).await.unwrap()["type"], "response.created");
    drop(socket);
    world.until(0, |stats| stats.cancelled == 1 && stats.in_flight == 0).await;
}

#[tokio::test]
async fn who_may_not_call_may_not_connect() {
    let world = Plan::of(&[Engine::Vllm]).start().await;
    let Err(Error::Http(refused)) = connect_async(request(&world, "sy_live_nonsense")).await else {
        panic!("refused");
    };
    assert_eq!(refused.status(), StatusCode::UNAUTHORIZED);
    let plain = world.request(reqwest::Method::GET, "/v1/responses").send().await.unwrap();
    assert_eq!(plain.status(), StatusCode::METHOD_NOT_ALLOWED);
}
