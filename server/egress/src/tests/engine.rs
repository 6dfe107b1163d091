use std::time::{Duration, Instant};

use bytes::Bytes;
use http_body_util::{BodyExt, Full};
use tokio::net::TcpListener;

use super::server::{CannedServer, Seen, ok};
use crate::{ConnectTimeout, EgressError, EgressRules, EngineClient, Refusal};

fn client(rules: &EgressRules) -> EngineClient {
    EngineClient::new(rules, ConnectTimeout::default()).unwrap()
}

fn engines() -> EngineClient {
    client(&EgressRules::engines(vec![]).unwrap())
}

fn get(url: &str) -> http::Request<Full<Bytes>> {
    http::Request::get(url).body(Full::default()).unwrap()
}

const STREAM_HEAD: &str = "HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n5\r\nhello\r\n";

#[tokio::test]
async fn connections_are_reused() {
    let server = CannedServer::start(|_| ok("pong")).await;
    let client = engines();
    for _ in 0..3 {
        let answer = client.send(get(&server.url("/ping"))).await.unwrap();
        assert_eq!(answer.status(), 200);
        assert_eq!(answer.into_body().collect().await.unwrap().to_bytes(), "pong");
    }
    assert_eq!(server.connections(), 1);
}

#[tokio::test]
async fn a_dropped_body_closes_the_connection() {
    let mut server = CannedServer::start(|_| STREAM_HEAD.to_owned()).await;
    let mut body = engines().send(get(&server.url("/stream"))).await.unwrap().into_body();
    assert_eq!(body.frame().await.unwrap().unwrap().into_data().unwrap(), "hello");
    assert!(matches!(server.next().await, Seen::Head(_)));
    drop(body);
    assert_eq!(server.next().await, Seen::Closed);
}

#[tokio::test]
async fn a_dropped_wait_for_the_head_closes_the_connection() {
    let mut server = CannedServer::start(|_| String::new()).await;
    let (client, request) = (engines(), get(&server.url("/slow")));
    let waiting = tokio::spawn(async move { client.send(request).await.map(drop) });
    assert!(matches!(server.next().await, Seen::Head(_)));
    waiting.abort();
    assert_eq!(server.next().await, Seen::Closed);
}

#[tokio::test]
async fn forbidden_addresses_are_refused_however_they_are_written() {
    let server = CannedServer::start(|_| ok("")).await;
    let port = server.address.port();
    let strict = client(&EgressRules::outbound(vec![]).unwrap());
    for host in ["127.0.0.1", "localhost", "2130706433", "[::1]"] {
        match strict.send(get(&format!("http://{host}:{port}/"))).await {
            Err(EgressError::Refused { why: Refusal::Loopback, .. }) => {}
            other => panic!("{host}: {other:?}"),
        }
    }
    match engines().send(get("http://169.254.169.254/latest/meta-data")).await {
        Err(EgressError::Refused { why: Refusal::Metadata, host }) => assert_eq!(host, "169.254.169.254"),
        other => panic!("{other:?}"),
    }
    assert_eq!(server.connections(), 0);
}

#[tokio::test]
async fn nobody_listening_is_a_connect_error() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    drop(listener);
    let error = engines().send(get(&format!("http://{address}/v1/secret-path"))).await.unwrap_err();
    assert!(matches!(error, EgressError::Connect { .. }), "{error:?}");
    assert!(error.before_request());
    assert_eq!(error.to_string(), "could not connect to 127.0.0.1");
}

#[tokio::test]
async fn a_handshake_that_hangs_runs_into_the_connect_timeout() {
    // Accepts TCP, never speaks TLS: the timeout covers the handshake too.
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("https://{}/", listener.local_addr().unwrap());
    let started = Instant::now();
    let within = ConnectTimeout(Duration::from_millis(120));
    let error = engines().send_within(get(&url), within).await.unwrap_err();
    assert!(matches!(error, EgressError::Timeout { phase: "connect", .. }), "{error:?}");
    assert!(error.before_request());
    assert!(started.elapsed() < Duration::from_secs(2));
}

#[tokio::test]
async fn a_slow_answer_on_a_made_connection_is_not_a_connect_timeout() {
    let server = CannedServer::start(|_| String::new()).await;
    let within = ConnectTimeout(Duration::from_millis(60));
    let client = engines();
    let waited =
        tokio::time::timeout(Duration::from_millis(400), client.send_within(get(&server.url("/")), within))
            .await;
    assert!(waited.is_err(), "ended with {waited:?}");
}

#[tokio::test]
async fn a_peer_that_does_not_speak_tls_is_a_tls_error() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("https://{}/", listener.local_addr().unwrap());
    tokio::spawn(async move {
        use tokio::io::AsyncWriteExt;
        let (mut stream, _) = listener.accept().await.unwrap();
        stream.write_all(b"HTTP/1.1 400 Bad Request\r\n\r\n").await.unwrap();
        std::future::pending::<()>().await;
    });
    let error = engines().send(get(&url)).await.unwrap_err();
    assert!(matches!(error, EgressError::Tls { .. }), "{error:?}");
}

#[tokio::test]
async fn an_answer_that_is_not_http_is_an_io_error() {
    let server = CannedServer::start(|_| "SSH-2.0-OpenSSH_9.2\r\n\r\n".to_owned()).await;
    let error = engines().send(get(&server.url("/"))).await.unwrap_err();
    assert!(matches!(error, EgressError::Io { .. }), "{error:?}");
    assert!(!error.before_request());
}
