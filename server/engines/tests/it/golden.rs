//! What each engine's streams and answers become: read the snapshots as the specification.

use std::fmt::Write;

use bytes::{Bytes, BytesMut};
use engines::{Payload, Rewrite, StreamEvent, UsageRewrite, engine, json_text};
use snapshot::EngineKind;

use crate::support::{decode, labels};

/// As a relay writes it for a caller who did not ask for usage.
fn rewrite() -> Rewrite {
    Rewrite { id: None, model: Some(json_text("acme/model")), usage: UsageRewrite::Strip }
}

fn payload(payload: &Payload) -> String {
    let mut json = BytesMut::new();
    payload.write(&rewrite(), &mut json);
    let json = String::from_utf8(json.to_vec()).unwrap();
    serde_json::from_str::<serde_json::Value>(&json).unwrap();
    let summary = payload.summary;
    let usage = summary.usage.map(|u| (u.prompt, u.cached, u.completion, u.reasoning));
    format!(
        "chunk meaningful={} text_bytes={} finish={:?} usage={usage:?}\n{json}\n",
        summary.meaningful, summary.text_bytes, summary.finish,
    )
}

fn told(kind: EngineKind, stream: &[u8]) -> String {
    let mut text = String::new();
    for event in decode(kind, [stream]) {
        match event {
            StreamEvent::Chunk(chunk) => text.push_str(&payload(&chunk)),
            StreamEvent::Done => text.push_str("done\n"),
            StreamEvent::Error(error) => writeln!(text, "error {:?}: {error}", error.kind).unwrap(),
            StreamEvent::Malformed { bytes } => writeln!(text, "malformed {bytes}").unwrap(),
        }
    }
    text
}

macro_rules! golden {
    ($($name:ident $kind:ident $file:literal)*) => {$(
        #[test]
        fn $name() {
            insta::assert_snapshot!(told(EngineKind::$kind, include_bytes!(concat!("fixtures/", $file))));
        }
    )*};
}

golden! {
    vllm_text Vllm "vllm/text.sse"
    vllm_tools Vllm "vllm/tools.sse"
    vllm_error_first Vllm "vllm/error_first.sse"
    vllm_error_older Vllm "vllm/error_older.sse"
    openai_crlf Openai "openai/crlf.sse"
    openai_malformed Openai "openai/malformed.sse"
    ollama_text Ollama "ollama/text.ndjson"
    ollama_tools Ollama "ollama/tools.ndjson"
    ollama_error Ollama "ollama/error.ndjson"
}

fn whole(kind: EngineKind, body: &'static [u8]) -> String {
    payload(&engine(kind).whole(Bytes::from_static(body.trim_ascii()), &labels()).unwrap())
}

#[test]
fn vllm_whole() {
    insta::assert_snapshot!(whole(EngineKind::Vllm, include_bytes!("fixtures/vllm/whole.json")));
}

#[test]
fn ollama_whole() {
    insta::assert_snapshot!(whole(EngineKind::Ollama, include_bytes!("fixtures/ollama/whole.json")));
}
