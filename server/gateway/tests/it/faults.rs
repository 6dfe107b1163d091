//! Every fault of an engine, streamed and not, alone and with another deployment beside it.
//!
//! What holds in each case: the caller gets either a whole answer or a typed error, and never half of one that looks
//! whole; an error names no address; the call is metered once; nothing stays in flight.

use futures::{StreamExt, stream};
use http::StatusCode;
use metering::CallStatus;
use serde_json::Value;
use sim::{Engine, Fault, FaultKind};

use crate::{
    sse::Stream,
    world::{Plan, World, hello, streamed},
};

/// How a call ended, as its caller sees it.
#[derive(Debug, PartialEq, Eq)]
enum Seen {
    /// A whole answer.
    Answer,
    /// An HTTP error with this code.
    Refused(u16, String),
    /// A stream that ended with a typed error and no end mark.
    Broken(String),
}

fn refused(status: u16, code: &str) -> Seen {
    Seen::Refused(status, code.to_owned())
}

fn broken(code: &str) -> Seen {
    Seen::Broken(code.to_owned())
}

async fn call(world: &World, stream: bool) -> Seen {
    let body = if stream { streamed(hello()) } else { hello() };
    let response = world.chat(&body).send().await.unwrap();
    let status = response.status();
    if status != StatusCode::OK {
        let body: Value = response.json().await.unwrap();
        told_safely(world, &body);
        let keys: Vec<_> = body["error"].as_object().unwrap().keys().map(String::as_str).collect();
        assert_eq!(keys.len(), 4, "message, type, param, code: {keys:?}");
        return Seen::Refused(status.as_u16(), body["error"]["code"].as_str().unwrap().to_owned());
    }
    if !stream {
        let body: Value = response.json().await.unwrap();
        assert_eq!(body["choices"][0]["finish_reason"], "stop");
        return Seen::Answer;
    }
    let stream = Stream::read(response).await;
    if stream.done {
        assert_eq!(stream.finish_reason(), Some("stop"));
        assert_eq!(stream.error_code(), None);
        return Seen::Answer;
    }
    let last = stream.chunks.last().expect("a typed error at the least");
    told_safely(world, last);
    assert_eq!(stream.finish_reason(), Some("error"), "{last}");
    Seen::Broken(stream.error_code().expect("a code").to_owned())
}

fn told_safely(world: &World, body: &Value) {
    let text = body.to_string();
    for sim in &world.sims {
        assert!(!text.contains(&sim.addr.port().to_string()), "an engine's address: {text}");
    }
    assert!(!text.contains("127.0.0.1") && !text.contains("sim-8b") && !text.contains("globex"), "{text}");
}

async fn settled(world: &World, seen: &Seen) {
    let event = world.events(1).await.remove(0);
    let expected = match seen {
        Seen::Answer => CallStatus::Completed,
        Seen::Refused(..) => CallStatus::Error,
        Seen::Broken(_) => CallStatus::UpstreamAbort,
    };
    assert_eq!(event.status, expected, "{event:#?}");
    for sim in 0..world.sims.len() {
        world.until(sim, |stats| stats.in_flight == 0).await;
    }
    assert_eq!(crate::spool::events(world.spool_path()).len(), 1, "metered once");
}

/// With one deployment that always fails so.
async fn alone(fault: &Fault, engine: Engine, stream: bool) -> Seen {
    let world = Plan::of(&[engine]).start().await;
    world.sims[0].fault(fault.clone());
    let seen = call(&world, stream).await;
    settled(&world, &seen).await;
    seen
}

/// With another deployment that is well and stands by.
async fn with_another(fault: &Fault, engine: Engine, stream: bool) -> Seen {
    let world = Plan::of(&[engine, Engine::Vllm]).in_order().start().await;
    world.sims[0].fault(fault.clone());
    let seen = call(&world, stream).await;
    settled(&world, &seen).await;
    if seen == Seen::Answer && world.sims[1].stats().requests > 0 {
        let event = world.events(1).await.remove(0);
        assert_eq!(event.fallbacks, 1, "{event:#?}");
        assert_eq!(event.serving.unwrap().deployment_id, world.deployments[1]);
    }
    seen
}

/// A fault, and what a caller sees: whole alone, whole with another, streamed alone, streamed with another.
type Row = (Fault, [Seen; 4]);

fn rows() -> Vec<Row> {
    let whole = |kind| Fault::new(kind);
    vec![
        (
            whole(FaultKind::Refuse),
            [
                refused(503, "engine_unavailable"),
                Seen::Answer,
                refused(503, "engine_unavailable"),
                Seen::Answer,
            ],
        ),
        // An answer that is not streamed has only the total timeout, and nothing is left to try then.
        (
            whole(FaultKind::Hang),
            [
                refused(504, "total_timeout"),
                refused(504, "total_timeout"),
                refused(504, "first_token_timeout"),
                Seen::Answer,
            ],
        ),
        (
            Fault::new(FaultKind::Stall).after_tokens(3),
            [
                refused(504, "total_timeout"),
                refused(504, "total_timeout"),
                broken("between_tokens_timeout"),
                broken("between_tokens_timeout"),
            ],
        ),
        // Role-only frames are no first token.
        (
            Fault::new(FaultKind::Stall).after_tokens(0),
            [
                refused(504, "total_timeout"),
                refused(504, "total_timeout"),
                refused(504, "first_token_timeout"),
                Seen::Answer,
            ],
        ),
        (
            Fault::new(FaultKind::Reset).after_tokens(3),
            [
                refused(503, "engine_unavailable"),
                Seen::Answer,
                broken("stream_truncated"),
                broken("stream_truncated"),
            ],
        ),
        (
            Fault::new(FaultKind::Truncate).after_tokens(3),
            [
                refused(502, "engine_failed"),
                Seen::Answer,
                broken("stream_truncated"),
                broken("stream_truncated"),
            ],
        ),
        // A frame that cannot be read is passed over; an answer that cannot be read is none.
        (
            whole(FaultKind::MalformedChunk),
            [refused(502, "engine_failed"), Seen::Answer, Seen::Answer, Seen::Answer],
        ),
        (
            whole(FaultKind::ErrorIn200),
            [refused(502, "engine_failed"), Seen::Answer, refused(502, "engine_failed"), Seen::Answer],
        ),
        (
            Fault::new(FaultKind::ErrorIn200).after_tokens(3),
            [refused(502, "engine_failed"), Seen::Answer, broken("engine_failed"), broken("engine_failed")],
        ),
        (
            whole(FaultKind::Http429),
            [
                refused(503, "engine_overloaded"),
                Seen::Answer,
                refused(503, "engine_overloaded"),
                Seen::Answer,
            ],
        ),
        (
            whole(FaultKind::Http500),
            [refused(502, "engine_failed"), Seen::Answer, refused(502, "engine_failed"), Seen::Answer],
        ),
        (
            whole(FaultKind::Http503),
            [
                refused(503, "engine_overloaded"),
                Seen::Answer,
                refused(503, "engine_overloaded"),
                Seen::Answer,
            ],
        ),
        (
            whole(FaultKind::Oom),
            [
                refused(503, "engine_out_of_memory"),
                Seen::Answer,
                refused(503, "engine_out_of_memory"),
                Seen::Answer,
            ],
        ),
    ]
}

/// Most of a row is waiting for clocks to run out.
const ROWS_AT_ONCE: usize = 4;

async fn wall(engine: Engine) {
    let rows = stream::iter(rows()).map(|(fault, expected)| async move {
        let seen = tokio::join!(
            alone(&fault, engine, false),
            with_another(&fault, engine, false),
            alone(&fault, engine, true),
            with_another(&fault, engine, true),
        );
        let seen = [seen.0, seen.1, seen.2, seen.3];
        (seen != expected).then(|| format!("{fault:?}\n  expected {expected:?}\n  seen     {seen:?}"))
    });
    let wrong: Vec<_> = rows.buffer_unordered(ROWS_AT_ONCE).filter_map(std::future::ready).collect().await;
    assert!(wrong.is_empty(), "{engine:?}:\n{}", wrong.join("\n"));
}

#[tokio::test]
async fn the_wall_holds_before_vllm() {
    wall(Engine::Vllm).await;
}

#[tokio::test]
async fn the_wall_holds_before_an_openai_engine() {
    wall(Engine::Openai).await;
}

#[tokio::test]
async fn the_wall_holds_before_ollama() {
    wall(Engine::Ollama).await;
}

#[tokio::test]
async fn an_engine_that_is_not_there_is_an_outage_not_a_timeout() {
    let mut plan = Plan::of(&[Engine::Vllm]);
    plan.draft = Box::new(|draft, _, _| {
        // Nothing listens on the port of a listener that is gone.
        let free = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
        draft.rows.deployments[0].base_url = format!("http://{free}").parse().unwrap();
    });
    let world = plan.start().await;
    let response = world.chat(&hello()).send().await.unwrap();
    assert!(response.headers().contains_key("retry-after"));
    let body: Value = response.json().await.unwrap();
    assert_eq!(body["error"]["code"], "engine_unavailable");
    assert!(!body.to_string().contains("127.0.0.1"));
}

#[tokio::test]
async fn a_passing_fault_of_the_only_deployment_is_tried_again() {
    for kind in [FaultKind::Refuse, FaultKind::Http500, FaultKind::Http503] {
        let world = Plan::of(&[Engine::Vllm]).start().await;
        world.sims[0].fault(Fault::new(kind).times(1));
        assert_eq!(call(&world, true).await, Seen::Answer, "{kind:?}");
        let event = world.events(1).await.remove(0);
        assert_eq!((event.tries, event.fallbacks), (2, 0));
    }
}

#[tokio::test]
async fn a_slow_stream_within_its_clocks_is_left_alone() {
    let world = Plan::of(&[Engine::Vllm]).start().await;
    let mut fault = Fault::new(FaultKind::Slow);
    fault.delay_ms = Some(20);
    world.sims[0].fault(fault);
    assert_eq!(call(&world, true).await, Seen::Answer);
}
