//! Calls to simulated engines, decoded from real sockets.

use bytes::Bytes;
use engines::{EngineErrorKind, Payload, PrepareContext, StreamEvent, Task, TaskKind, engine};
use http_body_util::BodyExt;
use serde_json::{Value, json};
use shared_chat::ChatRequest;
use sim::{Fault, FaultKind, SimOptions, spawn};
use snapshot::EngineKind;

use crate::support::{CONTEXT, client, labels, url};

/// Engines that answer chats.
const CHATTING: [EngineKind; 8] = [
    EngineKind::Vllm,
    EngineKind::Sglang,
    EngineKind::Ollama,
    EngineKind::Tgi,
    EngineKind::Nim,
    EngineKind::Llamacpp,
    EngineKind::Openai,
    EngineKind::Anthropic,
];

async fn simulated(kind: EngineKind) -> sim::Handle {
    spawn(SimOptions::unpaced(crate::support::simulated(kind), ["m"])).await.unwrap()
}

async fn send(sim: &sim::Handle, kind: EngineKind, body: Value) -> http::Response<hyper::body::Incoming> {
    let request: ChatRequest = serde_json::from_value(body).unwrap();
    let context = PrepareContext { upstream_model: "m", context_length: Some(4096), ..CONTEXT };
    let request = engine(kind).prepare(Task::Chat(&request), &context).unwrap();
    let request = request.into_http(&url(sim), None).unwrap();
    client().send(request).await.unwrap()
}

async fn events(sim: &sim::Handle, kind: EngineKind, body: Value) -> Vec<StreamEvent> {
    let mut body = send(sim, kind, body).await.into_body();
    let mut decoder = engine(kind).decoder(TaskKind::Chat, labels());
    let mut events = Vec::new();
    while let Some(Ok(frame)) = body.frame().await {
        decoder.push(frame.into_data().unwrap_or_default());
        events.extend(std::iter::from_fn(|| decoder.next()));
    }
    events.extend(std::iter::from_fn(|| decoder.end()));
    events
}

fn chunks(events: &[StreamEvent]) -> Vec<&Payload> {
    events
        .iter()
        .filter_map(|event| if let StreamEvent::Chunk(chunk) = event { Some(chunk) } else { None })
        .collect()
}

fn json(payload: &Payload) -> Value {
    serde_json::from_slice(payload.json()).unwrap()
}

fn asked(text: &str, stream: bool) -> Value {
    json!({"model": "acme/model", "stream": stream, "messages": [{"role": "user", "content": text}]})
}

#[tokio::test]
async fn every_engines_stream_and_answer_say_the_same() {
    for kind in CHATTING {
        let sim = simulated(kind).await;
        let body =
            send(&sim, kind, asked("hello", false)).await.into_body().collect().await.unwrap().to_bytes();
        let whole = engine(kind).whole(TaskKind::Chat, body, &labels()).unwrap();

        let events = events(&sim, kind, asked("hello", true)).await;
        assert_eq!(events.last(), Some(&StreamEvent::Done), "{kind}");
        let chunks = chunks(&events);
        let text: String = chunks
            .iter()
            .filter_map(|chunk| json(chunk).pointer("/choices/0/delta/content")?.as_str().map(str::to_owned))
            .collect();
        assert_eq!(json(&whole)["choices"][0]["message"]["content"], text, "{kind}");
        let last = chunks.last().unwrap().summary;
        assert!(last.is_usage_only() && last.usage == whole.summary.usage && last.usage.is_some(), "{kind}");
        let said: u64 = chunks.iter().map(|chunk| chunk.summary.text_bytes).sum();
        assert_eq!(said, text.len() as u64);
        assert_eq!(chunks.iter().filter_map(|chunk| chunk.summary.finish).count(), 1);
    }
}

#[tokio::test]
async fn tool_calls_come_in_openais_form_from_every_engine() {
    for kind in CHATTING {
        let sim = simulated(kind).await;
        let mut body = asked("What is the weather in Oslo?", true);
        body["tools"] = json!([{"type": "function", "function": {"name": "get_weather", "description": "Weather now",
            "parameters": {"type": "object", "properties": {"city": {"type": "string"}}}}}]);
        let events = events(&sim, kind, body).await;
        let chunks: Vec<_> = chunks(&events).into_iter().map(json).collect();
        let pieces: Vec<_> =
            chunks.iter().filter_map(|chunk| chunk.pointer("/choices/0/delta/tool_calls/0")).collect();
        assert!(pieces[0]["id"].is_string() && pieces.iter().all(|piece| piece["index"] == 0), "{kind}");
        let arguments: String =
            pieces.iter().filter_map(|piece| piece.pointer("/function/arguments")?.as_str()).collect();
        assert_eq!(serde_json::from_str::<Value>(&arguments).unwrap(), json!({"city": "Oslo"}), "{kind}");
        let reasons: Vec<_> =
            chunks.iter().filter_map(|chunk| chunk.pointer("/choices/0/finish_reason")?.as_str()).collect();
        assert_eq!(reasons, ["tool_calls"], "{kind}");
    }
}

#[tokio::test]
async fn vllm_tells_usage_on_every_chunk() {
    let sim = simulated(EngineKind::Vllm).await;
    let events = events(&sim, EngineKind::Vllm, asked("hello", true)).await;
    let counts: Vec<_> =
        chunks(&events).iter().map(|chunk| chunk.summary.usage.unwrap().completion).collect();
    assert!(counts.is_sorted() && *counts.last().unwrap() > 10);
}

#[tokio::test]
async fn a_role_alone_is_not_a_first_token() {
    let sim = simulated(EngineKind::Vllm).await;
    let events = events(&sim, EngineKind::Vllm, asked("hello", true)).await;
    let chunks = chunks(&events);
    assert!(!chunks[0].summary.begins_answer() && chunks[1].summary.begins_answer());
}

#[tokio::test]
async fn broken_streams_are_told_from_whole_ones() {
    for kind in CHATTING {
        let sim = simulated(kind).await;
        sim.fault(Fault::new(FaultKind::Truncate).after_tokens(3).times(1));
        let truncated = events(&sim, kind, asked("hello", true)).await;
        assert!(
            truncated
                .iter()
                .all(|event| matches!(event, StreamEvent::Chunk(chunk) if chunk.summary.finish.is_none()))
        );

        sim.fault(Fault::new(FaultKind::MalformedChunk).after_tokens(3).times(1));
        let malformed = events(&sim, kind, asked("hello", true)).await;
        assert_eq!(
            malformed.iter().filter(|event| matches!(event, StreamEvent::Malformed { .. })).count(),
            1
        );
        assert_eq!(malformed.last(), Some(&StreamEvent::Done));

        sim.fault(Fault::new(FaultKind::ErrorIn200).times(1));
        let error = events(&sim, kind, asked("hello", true)).await;
        assert!(matches!(&error[0], StreamEvent::Error(error) if error.kind == EngineErrorKind::Internal));
    }
}

#[tokio::test]
async fn refusals_are_understood() {
    use EngineErrorKind as Kind;
    for kind in CHATTING {
        let sim = simulated(kind).await;
        for (fault, expected) in [
            (FaultKind::Http429, Kind::RateLimited),
            (FaultKind::Http500, Kind::Internal),
            (FaultKind::Http503, Kind::Overloaded),
            (FaultKind::Oom, Kind::OutOfMemory),
        ] {
            sim.fault(Fault::new(fault).times(1));
            // TGI has one word for both.
            let expected = match kind {
                EngineKind::Tgi if expected == Kind::RateLimited => Kind::Overloaded,
                // Anthropic tells nothing of its memory.
                EngineKind::Anthropic if expected == Kind::OutOfMemory => Kind::Internal,
                _ => expected,
            };
            assert_eq!(refusal(&sim, kind, asked("hello", true)).await, expected, "{kind}");
        }
        if kind != EngineKind::Ollama {
            let long = asked(&"word ".repeat(9000), false);
            assert_eq!(refusal(&sim, kind, long).await, Kind::ContextOverflow, "{kind}");
        }
    }
}

async fn refusal(sim: &sim::Handle, kind: EngineKind, body: Value) -> EngineErrorKind {
    let response = send(sim, kind, body).await;
    let status = response.status();
    let body: Bytes = response.into_body().collect().await.unwrap().to_bytes();
    engine(kind).error(status, &body).kind
}
