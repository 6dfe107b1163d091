//! Setting logs and traces up, once a process.

use tracing_subscriber::{EnvFilter, Layer, fmt, layer::SubscriberExt, util::SubscriberInitExt};
use url::Url;

use crate::{redact::Redacted, traces::Traces};

/// How a log line looks.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Format {
    Json,
    Pretty,
}

#[derive(Debug, Clone)]
pub struct TelemetrySettings {
    /// A level, or a filter such as `info,gateway=debug`.
    pub filter: String,
    pub format: Format,
    /// Where traces go; None makes none.
    pub otlp_endpoint: Option<Url>,
    /// Share of calls traced when the caller does not say, 0 to 1.
    pub sample_ratio: f64,
    /// The role of this process, in traces.
    pub service: &'static str,
}

/// Why telemetry could not be set up.
#[derive(Debug, thiserror::Error)]
pub enum TelemetryError {
    #[error("telemetry.log_level `{filter}` is not a filter: {why}")]
    Filter { filter: String, why: String },
    #[error("traces cannot be exported")]
    Export(#[from] opentelemetry_otlp::ExporterBuildError),
    #[error("logging is already set up")]
    Twice(#[from] tracing_subscriber::util::TryInitError),
}

/// Keeps traces flowing; [`Guard::flush`] before the process ends.
#[derive(Debug)]
#[must_use = "traces are flushed through it"]
pub struct Guard(Option<Traces>);

impl Guard {
    /// Sends what is still buffered. Blocks in a thread of its own, as the exporter wants it.
    pub async fn flush(self) {
        if let Some(traces) = self.0 {
            let _ended = tokio::task::spawn_blocking(move || traces.shutdown()).await;
        }
    }
}

/// Sets logs up, and traces if an endpoint is given.
pub fn init(settings: &TelemetrySettings) -> Result<Guard, TelemetryError> {
    let filter = EnvFilter::try_new(&settings.filter).map_err(|error| TelemetryError::Filter {
        filter: settings.filter.clone(),
        why: error.to_string(),
    })?;
    let logs = match settings.format {
        Format::Json => fmt::layer().json().flatten_event(true).with_writer(Redacted).boxed(),
        Format::Pretty => fmt::layer().with_writer(Redacted).boxed(),
    };
    let traces = settings
        .otlp_endpoint
        .as_ref()
        .map(|endpoint| Traces::new(endpoint, settings.sample_ratio, settings.service))
        .transpose()?;
    let exported = traces.as_ref().map(|traces| tracing_opentelemetry::layer().with_tracer(traces.tracer()));
    tracing_subscriber::registry().with(filter).with(logs).with(exported).try_init()?;
    Ok(Guard(traces))
}
