//! Fixtures, and answers driven through the writers.

use std::path::Path;

use bytes::BytesMut;
use dialects::{
    Labels, messages,
    responses::{self, Framing, ResponsesRequest},
};
use serde_json::{Value, json};
use shared_chat::Usage;

/// The fixtures of a folder: name and text, in order of names.
pub fn fixtures(folder: &str, ending: &str) -> Vec<(String, String)> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/it/fixtures").join(folder);
    let mut all: Vec<_> = std::fs::read_dir(folder)
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .filter(|path| path.extension().is_some_and(|one| one == ending))
        .map(|path| {
            let name = path.file_stem().unwrap().to_str().unwrap().to_owned();
            (name, std::fs::read_to_string(path).unwrap())
        })
        .collect();
    all.sort();
    assert!(!all.is_empty());
    all
}

pub fn labels(id: &str) -> Labels {
    Labels { id: id.to_owned(), created: 1_700_000_000, model: "acme/model".to_owned() }
}

pub fn response_request(fields: Value) -> ResponsesRequest {
    let mut body = json!({"model": "m", "input": "Hi"});
    body.as_object_mut().unwrap().extend(fields.as_object().unwrap().clone());
    serde_json::from_value(body).unwrap()
}

pub fn response_writer(request: &ResponsesRequest, framing: Framing) -> responses::Writer {
    responses::Writer::new(request, &labels("resp_1a"), framing)
}

/// The events of a streamed response.
pub fn response_events(request: &ResponsesRequest, chunks: &[&str], usage: Option<Usage>) -> Vec<Value> {
    let mut writer = response_writer(request, Framing::Lines);
    let mut out = BytesMut::new();
    writer.begin(&mut out);
    for chunk in chunks {
        writer.chunk(chunk.as_bytes(), &mut out);
    }
    writer.completed_at(1_700_000_002);
    writer.end(usage, &mut out);
    lines(&out)
}

pub fn lines(out: &[u8]) -> Vec<Value> {
    let text = std::str::from_utf8(out).unwrap();
    text.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
}

pub fn message_request(fields: Value) -> messages::MessagesRequest {
    let mut body = json!({"model": "m", "max_tokens": 9, "messages": [{"role": "user", "content": "Hi"}]});
    body.as_object_mut().unwrap().extend(fields.as_object().unwrap().clone());
    serde_json::from_value(body).unwrap()
}

pub fn message_writer(request: &messages::MessagesRequest) -> messages::Writer {
    messages::Writer::new(request, &labels("msg_1a"))
}

/// A streamed message, as it goes out.
pub fn message_stream(request: &messages::MessagesRequest, chunks: &[&str], usage: Option<Usage>) -> String {
    let mut writer = message_writer(request);
    let mut out = BytesMut::new();
    writer.begin(&mut out);
    for chunk in chunks {
        writer.chunk(chunk.as_bytes(), &mut out);
    }
    writer.end(usage, &mut out);
    String::from_utf8(out.to_vec()).unwrap()
}

/// Names and data of server-sent events.
pub fn sse(text: &str) -> Vec<(String, Value)> {
    text.split_terminator("\n\n")
        .map(|event| {
            let (name, data) = event.split_once('\n').unwrap();
            let data = data.strip_prefix("data: ").unwrap();
            (name.strip_prefix("event: ").unwrap().to_owned(), serde_json::from_str(data).unwrap())
        })
        .collect()
}

/// The usage that some chunk of a fixture carries.
pub fn usage_of(chunks: &[&str]) -> Option<Usage> {
    chunks.iter().find_map(|chunk| {
        let chunk: Value = serde_json::from_str(chunk).unwrap();
        serde_json::from_value(chunk["usage"].clone()).ok().flatten()
    })
}
