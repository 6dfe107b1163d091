#[test]
fn a_histogram_in_seconds_is_rendered_with_buckets() {
    let rendered = telemetry::Metrics::install().unwrap();
    metrics::histogram!("gateway_first_token_seconds").record(0.03);
    metrics::counter!("gateway_requests_total", "status" => "completed").increment(2);
    let text = rendered.render();
    assert!(text.contains("gateway_first_token_seconds_bucket{le=\"0.05\"} 1"), "{text}");
    assert!(text.contains("gateway_requests_total{status=\"completed\"} 2"), "{text}");
}
