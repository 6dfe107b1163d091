use std::time::Duration;

use bytes::Bytes;

use super::server::{CannedServer, Seen, ok, redirect};
use crate::{EgressError, EgressRules, OutboundClient, OutboundLimits, Refusal};

/// 127.0.0.1 is listed, so that a test server can be reached; the rest of loopback is not.
fn client_with(limits: OutboundLimits) -> OutboundClient {
    let rules = EgressRules::outbound(vec!["127.0.0.1/32".parse().unwrap()]).unwrap();
    OutboundClient::new(&rules, limits).unwrap()
}

fn client() -> OutboundClient {
    client_with(OutboundLimits::default())
}

fn get(url: &str) -> http::Request<Bytes> {
    http::Request::get(url).body(Bytes::new()).unwrap()
}

#[tokio::test]
async fn an_answer_comes_whole_with_status_and_headers() {
    let mut server = CannedServer::start(|_| {
        "HTTP/1.1 404 Not Found\r\nx-reason: gone\r\ncontent-length: 4\r\n\r\nnope".to_owned()
    })
    .await;
    let answer = client().send(get(&server.url("/missing"))).await.unwrap();
    assert_eq!(answer.status(), 404);
    assert_eq!(answer.headers()["x-reason"], "gone");
    assert_eq!(answer.body(), "nope");
    let Seen::Head(head) = server.next().await else { panic!("no request") };
    assert!(head.contains("user-agent: switchyard/"), "{head}");
}

#[tokio::test]
async fn an_address_that_is_not_listed_is_refused_without_a_connection() {
    let server = CannedServer::start(|_| ok("")).await;
    let strict =
        OutboundClient::new(&EgressRules::outbound(vec![]).unwrap(), OutboundLimits::default()).unwrap();
    let port = server.address.port();
    for host in ["127.0.0.1", "localhost", "[::1]", "[::ffff:127.0.0.1]"] {
        let error = strict.send(get(&format!("http://{host}:{port}/"))).await.unwrap_err();
        assert!(matches!(error, EgressError::Refused { .. }), "{host}: {error:?}");
    }
    assert_eq!(server.connections(), 0);
}

#[tokio::test]
async fn redirects_are_followed_and_counted() {
    let server = CannedServer::start(|path| match path {
        "/a" => redirect("/b"),
        "/b" => ok("arrived"),
        _ => redirect("/loop"),
    })
    .await;
    assert_eq!(client().send(get(&server.url("/a"))).await.unwrap().body(), "arrived");
    let error = client().send(get(&server.url("/loop"))).await.unwrap_err();
    assert!(matches!(error, EgressError::Refused { why: Refusal::TooManyRedirects, .. }), "{error:?}");
    let none = client_with(OutboundLimits { max_redirects: 0, ..OutboundLimits::default() });
    assert_eq!(none.send(get(&server.url("/a"))).await.unwrap().status(), 302);
}

#[tokio::test]
async fn a_redirect_into_private_space_is_refused() {
    let trap = CannedServer::start(|_| ok("secret")).await;
    let port = trap.address.port();
    let server = CannedServer::start(move |path| match path {
        "/loopback" => redirect(&format!("http://127.0.0.2:{port}/")),
        "/private" => redirect("http://10.0.0.1/"),
        "/metadata" => redirect("http://169.254.169.254/latest/"),
        "/mapped" => redirect(&format!("http://[::ffff:127.0.0.2]:{port}/")),
        "/file" => redirect("file:///etc/passwd"),
        _ => ok(""),
    })
    .await;
    for (path, expected) in [
        ("/loopback", Refusal::Loopback),
        ("/private", Refusal::Private),
        ("/metadata", Refusal::Metadata),
        ("/mapped", Refusal::Ipv4Mapped),
    ] {
        match client().send(get(&server.url(path))).await {
            Err(EgressError::Refused { why, .. }) => assert_eq!(why, expected, "{path}"),
            other => panic!("{path}: {other:?}"),
        }
    }
    // Not an HTTP address at all: handed back, not followed.
    assert_eq!(client().send(get(&server.url("/file"))).await.unwrap().status(), 302);
    assert_eq!(trap.connections(), 0);
}

#[tokio::test]
async fn an_answer_over_the_bound_is_cut_off_with_and_without_a_length() {
    let server = CannedServer::start(|path| match path {
        "/length" => ok(&"x".repeat(2000)),
        // Never ends: only the bound stops it.
        _ => format!("HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n7d0\r\n{}\r\n", "x".repeat(2000)),
    })
    .await;
    for path in ["/length", "/chunked"] {
        let error =
            client().send_within(get(&server.url(path)), Duration::from_secs(10), 1000).await.unwrap_err();
        assert!(matches!(error, EgressError::TooLarge { limit: 1000, .. }), "{path}: {error:?}");
    }
}

#[tokio::test]
async fn the_total_bound_covers_a_stalled_body() {
    let server = CannedServer::start(|_| "HTTP/1.1 200 OK\r\ncontent-length: 10\r\n\r\nabc".to_owned()).await;
    let bound = Duration::from_millis(150);
    let error = client().send_within(get(&server.url("/")), bound, 1000).await.unwrap_err();
    assert!(matches!(error, EgressError::Timeout { phase: "total", .. }), "{error:?}");
}

#[tokio::test]
async fn a_truncated_answer_is_an_error_that_leaks_no_path() {
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}/hook/s3cret?sig=abc", listener.local_addr().unwrap());
    tokio::spawn(async move {
        use tokio::io::{AsyncReadExt, AsyncWriteExt};
        let (mut stream, _) = listener.accept().await.unwrap();
        let mut head = [0; 1024];
        let _ = stream.read(&mut head).await.unwrap();
        stream.write_all(b"HTTP/1.1 200 OK\r\ncontent-length: 10\r\n\r\nabc").await.unwrap();
    });
    let error = client().send(get(&url)).await.unwrap_err();
    assert!(matches!(error, EgressError::Io { .. }), "{error:?}");
    let shown = format!("{error} {error:?}");
    assert!(!shown.contains("s3cret") && !shown.contains("sig="), "{shown}");
}
