//! A call's place in its caller's trace, when traces are exported.

use http::StatusCode;
use opentelemetry::trace::TracerProvider;
use opentelemetry_sdk::trace::{InMemorySpanExporter, SdkTracerProvider};
use sim::Engine;
use tracing_subscriber::layer::SubscriberExt;

use crate::{
    sse::Stream,
    world::{Plan, hello, streamed},
};

const TRACE: &str = "0af7651916cd43dd8448eb211c80319c";

#[tokio::test]
async fn each_stage_has_a_span_in_the_callers_trace() {
    let exporter = InMemorySpanExporter::default();
    let provider = SdkTracerProvider::builder().with_simple_exporter(exporter.clone()).build();
    let layer = tracing_opentelemetry::layer().with_tracer(provider.tracer("test"));
    let _spans = tracing::subscriber::set_default(tracing_subscriber::registry().with(layer));

    let mut plan = Plan::of(&[Engine::Vllm]);
    plan.settings.export_traces = true;
    let world = plan.start().await;
    let traceparent = format!("00-{TRACE}-b7ad6b7169203331-01");
    let response = world.chat(&streamed(hello())).header("traceparent", &traceparent).send().await.unwrap();
    assert_eq!(response.status(), StatusCode::OK);
    assert!(Stream::read(response).await.done);

    let sent = world.sims[0].stats().last_request.unwrap().headers["traceparent"].clone();
    let event = world.events(1).await.remove(0);
    assert_eq!(event.trace_id.as_deref(), Some(TRACE));
    let spans = exporter.get_finished_spans().unwrap();
    let names: Vec<_> = spans.iter().map(|span| span.name.as_ref()).collect();
    for stage in ["intake", "plan", "dispatch", "relay", "model_call"] {
        assert!(names.contains(&stage), "{stage} in {names:?}");
    }
    let ours = spans.iter().filter(|span| span.name != "http");
    assert!(ours.clone().all(|span| span.span_context.trace_id().to_string() == TRACE));
    let dispatch = ours.clone().find(|span| span.name == "dispatch").unwrap();
    assert_eq!(
        sent,
        format!("00-{TRACE}-{}-01", dispatch.span_context.span_id()),
        "the engine joins under the dispatch"
    );
}
