//! The data plane's client: pooled connections to engines.

use std::net::IpAddr;
use std::time::Duration;

use bytes::Bytes;
use http_body_util::Full;
use hyper::body::Incoming;
use hyper_rustls::{HttpsConnector, HttpsConnectorBuilder};
use hyper_util::client::legacy::Client;
use hyper_util::client::legacy::connect::{CaptureConnection, HttpConnector, capture_connection};
use hyper_util::rt::{TokioExecutor, TokioTimer};
use url::Url;

use crate::error::{CONNECT_PHASE, EgressError, Refusal, classify};
use crate::resolver::GuardedResolver;
use crate::rules::EgressRules;
use crate::tls;

/// Longer than a burst's gaps, short enough that an engine taken away is forgotten soon.
const IDLE: Duration = Duration::from_secs(30);
/// Notices a peer that vanished without a word while a stream is silent.
const KEEPALIVE: Duration = Duration::from_secs(20);

/// How long resolving, connecting and the TLS handshake may take together.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ConnectTimeout(pub Duration);

impl Default for ConnectTimeout {
    fn default() -> Self {
        Self(Duration::from_secs(2))
    }
}

/// A pool of HTTP/1.1 connections to engines. Clones share the pool.
#[derive(Debug, Clone)]
pub struct EngineClient {
    pool: Client<HttpsConnector<HttpConnector<GuardedResolver>>, Full<Bytes>>,
    rules: EgressRules,
    connect: ConnectTimeout,
}

impl EngineClient {
    /// Fails only when the TLS provider does.
    pub fn new(rules: &EgressRules, connect: ConnectTimeout) -> Result<Self, EgressError> {
        let config = tls::client_config()
            .map_err(|error| EgressError::Tls { host: "(client)".to_owned(), source: error.into() })?;
        let mut tcp = HttpConnector::new_with_resolver(GuardedResolver { rules: rules.clone() });
        tcp.enforce_http(false);
        tcp.set_nodelay(true);
        tcp.set_keepalive(Some(KEEPALIVE));
        let connector = HttpsConnectorBuilder::new()
            .with_tls_config(config)
            .https_or_http()
            .enable_http1()
            .wrap_connector(tcp);
        let pool = Client::builder(TokioExecutor::new())
            .pool_timer(TokioTimer::new())
            .pool_idle_timeout(IDLE)
            .build(connector);
        Ok(Self { pool, rules: rules.clone(), connect })
    }

    /// Sends a request (absolute URI) and waits for the response's head. Drop the future or the body to cancel.
    pub async fn send(
        &self,
        request: http::Request<Full<Bytes>>,
    ) -> Result<http::Response<Incoming>, EgressError> {
        self.send_within(request, self.connect).await
    }

    /// [`send`](Self::send) with a route's own connect timeout.
    pub async fn send_within(
        &self,
        mut request: http::Request<Full<Bytes>>,
        connect: ConnectTimeout,
    ) -> Result<http::Response<Incoming>, EgressError> {
        let host = self.permitted_host(request.uri())?;
        let capture = capture_connection(&mut request);
        let answer = self.pool.request(request);
        tokio::pin!(answer);
        let done = tokio::select! {
            biased;
            done = &mut answer => done,
            () = connected(capture) => answer.await,
            () = tokio::time::sleep(connect.0) => {
                return Err(EgressError::Timeout { host, phase: CONNECT_PHASE, after: connect.0 });
            }
        };
        done.map_err(|error| classify(&host, error.is_connect(), error.into()))
    }

    /// Names are judged by the resolver; what is written out as an address never reaches it.
    fn permitted_host(&self, uri: &http::Uri) -> Result<String, EgressError> {
        let host = uri.host().unwrap_or_default().trim_matches(['[', ']']).to_owned();
        let judged = match host.parse::<IpAddr>() {
            Ok(ip) => self.rules.check_address(ip),
            Err(_) if host.is_empty() => Err(Refusal::NoHost),
            Err(_) => Ok(()),
        };
        match judged {
            Ok(()) => Ok(host),
            Err(why) => Err(EgressError::Refused { host, why }),
        }
    }

    /// Checks an engine's address when it is registered; see [`EgressRules::check_url`].
    pub fn check_url(&self, url: &Url) -> Result<(), EgressError> {
        self.rules.check_url(url)
    }
}

/// Resolves once the request has a connection. Never, when connecting fails: the answer's error comes first.
async fn connected(mut capture: CaptureConnection) {
    let found = capture.wait_for_connection_metadata().await.is_some();
    if !found {
        std::future::pending::<()>().await;
    }
}
