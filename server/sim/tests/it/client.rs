//! A plain client, and conditions awaited.

use std::time::Duration;

use bytes::Bytes;
use http::{Method, Request, Response, StatusCode, header::HOST};
use http_body_util::{BodyExt, Full};
use hyper::body::Incoming;
use hyper_util::rt::TokioIo;
use serde_json::{Value, json};
use sim::{Handle, StatsView};
use tokio::net::TcpStream;

pub type Sent = Result<Response<Incoming>, hyper::Error>;

/// One request on a connection of its own, which lives as long as the answer's body.
pub async fn send(sim: &Handle, method: Method, path: &str, body: impl Into<Bytes>) -> Sent {
    let stream = TcpStream::connect(sim.addr).await.unwrap();
    let (mut sender, connection) = hyper::client::conn::http1::handshake(TokioIo::new(stream)).await.unwrap();
    tokio::spawn(connection);
    let request = Request::builder().method(method).uri(path).header(HOST, "sim");
    sender.send_request(request.body(Full::new(body.into())).unwrap()).await
}

pub async fn post(sim: &Handle, path: &str, body: &Value) -> Sent {
    send(sim, Method::POST, path, body.to_string()).await
}

pub async fn json_of(sent: Sent) -> (StatusCode, Value) {
    let response = sent.unwrap();
    let status = response.status();
    let body = response.into_body().collect().await.unwrap().to_bytes();
    (status, serde_json::from_slice(&body).unwrap())
}

pub async fn text_of(sent: Sent) -> String {
    String::from_utf8(sent.unwrap().into_body().collect().await.unwrap().to_bytes().to_vec()).unwrap()
}

pub async fn get(sim: &Handle, path: &str) -> (StatusCode, Value) {
    json_of(send(sim, Method::GET, path, "").await).await
}

pub async fn set_fault(sim: &Handle, fault: Value) {
    let response = post(sim, "/_fault", &fault).await.unwrap();
    assert_eq!(response.status(), StatusCode::NO_CONTENT);
}

pub fn chat(text: &str, stream: bool) -> Value {
    json!({"model": "m", "stream": stream, "messages": [{"role": "user", "content": text}]})
}

/// The JSON payloads of a stream of events; `[DONE]` must be the last.
pub fn events(text: &str) -> Vec<Value> {
    let mut payloads: Vec<_> = text.split("\n\n").filter_map(|frame| frame.strip_prefix("data: ")).collect();
    assert_eq!(payloads.pop(), Some("[DONE]"), "{text}");
    payloads.into_iter().map(|payload| serde_json::from_str(payload).unwrap()).collect()
}

pub fn lines(text: &str) -> Vec<Value> {
    text.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
}

/// Waits until the counters are as wanted.
pub async fn until(sim: &Handle, wanted: impl Fn(&StatsView) -> bool) -> StatsView {
    for _ in 0..500 {
        let view = sim.stats();
        if wanted(&view) {
            return view;
        }
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
    panic!("not within 5 s: {:?}", sim.stats());
}

/// A weather tool and a clock, in OpenAI's form.
pub fn tools() -> Value {
    let tool = |name: &str| {
        json!({"type": "function", "function": {"name": name, "description": "", "parameters":
            {"type": "object", "properties": {"city": {"type": "string"}}, "required": ["city"]}}})
    };
    json!([tool("get_weather"), tool("get_time")])
}

/// A chat with an image.
pub fn seeing() -> Value {
    json!({"model": "m", "messages": [{"role": "user", "content": [
        {"type": "text", "text": "What is this?"},
        {"type": "image_url", "image_url": {"url": "data:image/png;base64,iVBORw0KGgo="}},
    ]}]})
}

pub async fn status(sim: &Handle, method: Method, path: &str) -> StatusCode {
    send(sim, method, path, "").await.unwrap().status()
}

/// The payloads of a stream of events that need not end with `[DONE]`.
pub fn payloads(text: &str) -> Vec<Value> {
    let data = text.lines().filter_map(|line| line.strip_prefix("data: "));
    data.filter(|data| *data != "[DONE]").map(|data| serde_json::from_str(data).unwrap()).collect()
}

/// A header with a request; the others are as in [`send`].
pub async fn post_with(sim: &Handle, path: &str, headers: &[(&str, &str)], body: &Value) -> Sent {
    let stream = TcpStream::connect(sim.addr).await.unwrap();
    let (mut sender, connection) = hyper::client::conn::http1::handshake(TokioIo::new(stream)).await.unwrap();
    tokio::spawn(connection);
    let mut request = Request::builder().method(Method::POST).uri(path).header(HOST, "sim");
    for (name, value) in headers {
        request = request.header(*name, *value);
    }
    sender.send_request(request.body(Full::new(Bytes::from(body.to_string()))).unwrap()).await
}
