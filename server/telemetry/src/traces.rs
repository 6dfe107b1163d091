//! OpenTelemetry over OTLP, HTTP with protobuf.

use opentelemetry::{KeyValue, trace::TracerProvider};
use opentelemetry_otlp::{ExporterBuildError, WithExportConfig};
use opentelemetry_sdk::{
    Resource,
    trace::{Sampler, SdkTracerProvider, Tracer},
};
use url::Url;

#[derive(Debug)]
pub struct Traces {
    provider: SdkTracerProvider,
}

impl Traces {
    pub fn new(endpoint: &Url, ratio: f64, service: &'static str) -> Result<Self, ExporterBuildError> {
        // The base address is what OTEL_EXPORTER_OTLP_ENDPOINT means; the signal's path is ours to add.
        let address = format!("{}/v1/traces", endpoint.as_str().trim_end_matches('/'));
        let exporter =
            opentelemetry_otlp::SpanExporter::builder().with_http().with_endpoint(address).build()?;
        let resource = Resource::builder()
            .with_service_name("switchyard")
            .with_attribute(KeyValue::new("service.role", service))
            .build();
        let provider = SdkTracerProvider::builder()
            .with_batch_exporter(exporter)
            .with_sampler(Sampler::ParentBased(Box::new(Sampler::TraceIdRatioBased(ratio))))
            .with_resource(resource)
            .build();
        Ok(Self { provider })
    }

    pub fn tracer(&self) -> Tracer {
        self.provider.tracer("switchyard")
    }

    pub fn shutdown(&self) {
        if let Err(error) = self.provider.shutdown() {
            tracing::warn!(%error, "the last traces were not exported");
        }
    }
}
