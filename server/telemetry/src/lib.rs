//! What the process says of itself: logs, metrics, traces.
//!
//! - Logs are JSON lines on standard error, each passed through [`redact`] before it is written.
//! - Metrics are kept by the `metrics` facade and rendered for Prometheus by [`Metrics::render`]; no listener of its own.
//! - Traces leave by OTLP when an endpoint is set. [`TraceContext`] carries W3C's `traceparent` through, traces or not, so
//!   that a caller's trace joins an engine's even when we record nothing.
//!
//! Never logged, at any level: prompts, completions and any other content of a call; request and response bodies;
//! secrets of any kind (API keys, tokens, passwords, cookies, credentials of engines, database addresses with a
//! password). Ids, codes, counts, durations and host names may be.

mod logs;
mod metric;
pub mod redact;
mod trace_context;
mod traces;

pub use logs::{Format, Guard, TelemetryError, TelemetrySettings, init};
pub use metric::{Metrics, MetricsError};
pub use trace_context::TraceContext;
