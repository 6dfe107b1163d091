//! A call in its caller's trace: one span a stage where traces are exported, and W3C's context to the engine always.

use http::HeaderMap;
use opentelemetry::{
    Context,
    trace::{SpanContext, SpanId, TraceContextExt, TraceFlags, TraceId, TraceState},
};
use telemetry::TraceContext;
use tracing::{Span, info_span};
use tracing_opentelemetry::OpenTelemetrySpanExt;

/// The stages that get a span of their own.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Stage {
    Intake,
    Plan,
    Dispatch,
    Relay,
    Settle,
}

/// Where a call stands in its trace.
#[derive(Debug, Clone)]
pub(crate) struct CallTrace {
    sent: TraceContext,
    /// Disabled where no traces are exported: then making, entering and closing spans costs nothing.
    root: Option<Span>,
}

impl CallTrace {
    pub(crate) fn begin(headers: &HeaderMap, exported: bool) -> Self {
        let extracted = TraceContext::extract(headers);
        let sent = extracted.unwrap_or_else(|| TraceContext::start(&mut rand::rng()));
        let root = exported.then(|| {
            let span = info_span!("model_call", otel.kind = "server");
            if let Some(parent) = extracted.and_then(|context| remote(&context.to_string())) {
                // Fails only where no exporter is there after all.
                let _ = span.set_parent(Context::new().with_remote_span_context(parent));
            }
            span
        });
        Self { sent, root }
    }

    /// A span of a stage under the call's; none where nothing is exported.
    pub(crate) fn stage(&self, stage: Stage) -> Span {
        let Some(root) = &self.root else { return Span::none() };
        match stage {
            Stage::Intake => info_span!(parent: root, "intake"),
            Stage::Plan => info_span!(parent: root, "plan"),
            Stage::Dispatch => info_span!(parent: root, "dispatch", otel.kind = "client"),
            Stage::Relay => info_span!(parent: root, "relay"),
            Stage::Settle => info_span!(parent: root, "settle"),
        }
    }

    /// The trace's id in 32 hexadecimal digits, as usage events keep it.
    pub(crate) fn id(&self) -> String {
        self.exported().map_or_else(|| self.sent.trace_id(), |context| context.trace_id().to_string())
    }

    /// Puts `traceparent` on a request to an engine, under a stage's span where there is one.
    pub(crate) fn inject(&self, stage: &Span, headers: &mut HeaderMap) {
        let context = self.root.as_ref().and_then(|_| valid(stage)).or_else(|| self.exported());
        match context {
            Some(context) => {
                let flags = context.trace_flags().to_u8();
                let text = format!("00-{}-{}-{flags:02x}", context.trace_id(), context.span_id());
                if let Ok(value) = text.parse() {
                    headers.insert("traceparent", value);
                }
            }
            None => self.sent.child(&mut rand::rng()).inject(headers),
        }
    }

    fn exported(&self) -> Option<SpanContext> {
        valid(self.root.as_ref()?)
    }
}

fn valid(span: &Span) -> Option<SpanContext> {
    let context = span.context().span().span_context().clone();
    context.is_valid().then_some(context)
}

/// The remote parent that a `traceparent` of version 00 names.
fn remote(traceparent: &str) -> Option<SpanContext> {
    let mut parts = traceparent.split('-').skip(1);
    let trace = TraceId::from_hex(parts.next()?).ok()?;
    let span = SpanId::from_hex(parts.next()?).ok()?;
    let flags = u8::from_str_radix(parts.next()?, 16).ok()?;
    let context = SpanContext::new(trace, span, TraceFlags::new(flags), true, TraceState::default());
    context.is_valid().then_some(context)
}
