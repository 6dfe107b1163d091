#![expect(clippy::unwrap_used, reason = "a test may panic")]

use std::io::{Read, Write};
use std::net::{TcpListener, TcpStream};
use std::sync::mpsc;
use std::time::Duration;

use telemetry::{Format, TelemetrySettings};

/// Takes one request whole, answers 200, and says what it got.
fn collect(mut stream: TcpStream) -> Vec<u8> {
    let mut request = Vec::new();
    let mut chunk = [0; 8192];
    loop {
        let end = request.windows(4).position(|window| window == b"\r\n\r\n");
        if let Some(end) = end {
            let head = String::from_utf8_lossy(&request[..end]).to_lowercase();
            let length = head.lines().find_map(|line| line.strip_prefix("content-length: ")).unwrap();
            if request.len() >= end + 4 + length.trim().parse::<usize>().unwrap() {
                break;
            }
        }
        let n = stream.read(&mut chunk).unwrap();
        assert!(n > 0, "the request ended early");
        request.extend_from_slice(&chunk[..n]);
    }
    stream.write_all(b"HTTP/1.1 200 OK\r\ncontent-length: 0\r\n\r\n").unwrap();
    request
}

fn contains(haystack: &[u8], needle: &str) -> bool {
    haystack.windows(needle.len()).any(|window| window == needle.as_bytes())
}

#[tokio::test(flavor = "multi_thread")]
async fn spans_reach_the_collector_when_flushed() {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let endpoint = format!("http://{}", listener.local_addr().unwrap()).parse().unwrap();
    let (tell, told) = mpsc::channel();
    std::thread::spawn(move || {
        for stream in listener.incoming() {
            let _ = tell.send(collect(stream.unwrap()));
        }
    });
    let guard = telemetry::init(&TelemetrySettings {
        filter: "info".to_owned(),
        format: Format::Json,
        otlp_endpoint: Some(endpoint),
        sample_ratio: 1.0,
        service: "gateway",
    })
    .unwrap();
    tracing::info_span!("relay", tenant = "ten_1").in_scope(|| tracing::info!("inside"));
    guard.flush().await;
    let request = told.recv_timeout(Duration::from_secs(10)).unwrap();
    assert!(request.starts_with(b"POST /v1/traces HTTP/1.1\r\n"));
    for expected in ["relay", "tenant", "ten_1", "switchyard", "service.role", "gateway"] {
        assert!(contains(&request, expected), "no {expected} in the export");
    }
}
