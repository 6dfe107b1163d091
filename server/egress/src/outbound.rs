//! The client for everything that is not a model call.

use std::time::Duration;

use bytes::{Bytes, BytesMut};
use reqwest::redirect::{Attempt, Policy};
use url::Url;

use crate::error::{EgressError, Refusal, RefusedInside, TOTAL_PHASE, classify};
use crate::resolver::GuardedResolver;
use crate::rules::EgressRules;
use crate::tls;

/// Bounds of one call.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct OutboundLimits {
    /// Resolving, connecting, TLS.
    pub connect: Duration,
    /// From the first byte out to the last byte in, redirects included.
    pub total: Duration,
    /// Bytes of the answer's body.
    pub max_body_bytes: usize,
    /// 0: a redirect is handed back as the answer.
    pub max_redirects: usize,
}

impl Default for OutboundLimits {
    fn default() -> Self {
        Self {
            connect: Duration::from_secs(5),
            total: Duration::from_secs(15),
            max_body_bytes: 1024 * 1024,
            max_redirects: 3,
        }
    }
}

/// A bounded client for addresses that somebody gave us. Clones share connections.
#[derive(Debug, Clone)]
pub struct OutboundClient {
    http: reqwest::Client,
    rules: EgressRules,
    limits: OutboundLimits,
}

impl OutboundClient {
    /// Fails only when the TLS provider does.
    #[expect(clippy::disallowed_methods, reason = "this room is where outbound clients are made")]
    pub fn new(rules: &EgressRules, limits: OutboundLimits) -> Result<Self, EgressError> {
        let unusable = |source| EgressError::Tls { host: "(client)".to_owned(), source };
        let config = tls::client_config().map_err(|error| unusable(error.into()))?;
        let http = reqwest::Client::builder()
            .tls_backend_preconfigured(config)
            .dns_resolver(GuardedResolver { rules: rules.clone() })
            .redirect(redirect_policy(rules.clone(), limits.max_redirects))
            .no_proxy()
            .referer(false)
            .connect_timeout(limits.connect)
            .user_agent(concat!("switchyard/", env!("CARGO_PKG_VERSION")))
            .build()
            .map_err(|error| unusable(error.into()))?;
        Ok(Self { http, rules: rules.clone(), limits })
    }

    /// Sends a request (absolute http or https URI) and reads the whole answer. Error statuses are answers.
    pub async fn send(&self, request: http::Request<Bytes>) -> Result<http::Response<Bytes>, EgressError> {
        self.send_within(request, self.limits.total, self.limits.max_body_bytes).await
    }

    /// [`send`](Self::send) with this call's own bounds on time and size.
    pub async fn send_within(
        &self,
        request: http::Request<Bytes>,
        total: Duration,
        max_body_bytes: usize,
    ) -> Result<http::Response<Bytes>, EgressError> {
        let host = request.uri().host().unwrap_or_default().to_owned();
        let refused = |why| EgressError::Refused { host: host.clone(), why };
        let request = reqwest::Request::try_from(request).map_err(|_| refused(Refusal::NoHost))?;
        self.rules.check_url(request.url())?;
        tokio::time::timeout(total, self.exchange(&host, request, max_body_bytes)).await.unwrap_or_else(
            |_| Err(EgressError::Timeout { host: host.clone(), phase: TOTAL_PHASE, after: total }),
        )
    }

    /// Checks a URL when it is registered; see [`EgressRules::check_url`].
    pub fn check_url(&self, url: &Url) -> Result<(), EgressError> {
        self.rules.check_url(url)
    }

    async fn exchange(
        &self,
        host: &str,
        request: reqwest::Request,
        limit: usize,
    ) -> Result<http::Response<Bytes>, EgressError> {
        let mut answer = self.http.execute(request).await.map_err(|error| self.failed(host, error))?;
        let too_large = || EgressError::TooLarge { host: host.to_owned(), limit };
        if answer.content_length().is_some_and(|length| length > limit as u64) {
            return Err(too_large());
        }
        let mut body = BytesMut::new();
        while let Some(chunk) = answer.chunk().await.map_err(|error| self.failed(host, error))? {
            if body.len() + chunk.len() > limit {
                return Err(too_large());
            }
            body.extend_from_slice(&chunk);
        }
        let mut whole = http::Response::new(body.freeze());
        *whole.status_mut() = answer.status();
        *whole.headers_mut() = std::mem::take(answer.headers_mut());
        Ok(whole)
    }

    fn failed(&self, host: &str, error: reqwest::Error) -> EgressError {
        let connecting = error.is_connect();
        if connecting && error.is_timeout() {
            let (host, after) = (host.to_owned(), self.limits.connect);
            return EgressError::Timeout { host, phase: crate::error::CONNECT_PHASE, after };
        }
        classify(host, connecting, error.without_url().into())
    }
}

/// Judges each hop as if it were the first; names are judged again by the resolver.
fn redirect_policy(rules: EgressRules, max: usize) -> Policy {
    if max == 0 {
        return Policy::none();
    }
    Policy::custom(move |attempt| match hop_refused(&rules, max, &attempt) {
        None => attempt.follow(),
        Some(refused) => attempt.error(refused),
    })
}

fn hop_refused(rules: &EgressRules, max: usize, attempt: &Attempt) -> Option<RefusedInside> {
    let next = attempt.url();
    let refused = |why| Some(RefusedInside { host: next.host_str().unwrap_or_default().to_owned(), why });
    let from_https = attempt.previous().last().is_some_and(|url| url.scheme() == "https");
    if attempt.previous().len() > max {
        return refused(Refusal::TooManyRedirects);
    }
    if from_https && next.scheme() == "http" {
        return refused(Refusal::Downgrade);
    }
    match rules.check_url(next) {
        Err(EgressError::Refused { host, why }) => Some(RefusedInside { host, why }),
        _ => None,
    }
}
