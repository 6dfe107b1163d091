//! What can go wrong on the way out, in words fit for a caller: the host is named, nothing else of the URL.

use std::error::Error as StdError;
use std::time::Duration;

type Source = Box<dyn StdError + Send + Sync>;

/// Why an outbound call failed.
#[derive(Debug, thiserror::Error)]
pub enum EgressError {
    /// The rules forbid it; nothing was sent.
    #[error("calls to {host} are refused: {why}")]
    Refused { host: String, why: Refusal },
    /// The name did not resolve, or nothing accepted the connection.
    #[error("could not connect to {host}")]
    Connect { host: String, source: Source },
    /// A clock ran out; `phase` says which.
    #[error("{host}: no answer within {} ms ({phase})", after.as_millis())]
    Timeout { host: String, phase: &'static str, after: Duration },
    /// The TLS handshake failed: certificate, name or protocol.
    #[error("{host}: TLS handshake failed")]
    Tls { host: String, source: Source },
    /// The answer is longer than the caller accepts.
    #[error("{host}: the answer is longer than {limit} bytes")]
    TooLarge { host: String, limit: usize },
    /// The connection broke, or the answer was not HTTP.
    #[error("{host}: the connection failed")]
    Io { host: String, source: Source },
}

impl EgressError {
    /// The host that the call was for (for a refused redirect, the one it led to).
    pub fn host(&self) -> &str {
        match self {
            Self::Refused { host, .. }
            | Self::Connect { host, .. }
            | Self::Timeout { host, .. }
            | Self::Tls { host, .. }
            | Self::TooLarge { host, .. }
            | Self::Io { host, .. } => host,
        }
    }

    /// True when the peer cannot have seen the request: a repeat elsewhere repeats nothing.
    pub fn before_request(&self) -> bool {
        match self {
            Self::Refused { .. } | Self::Connect { .. } | Self::Tls { .. } => true,
            Self::Timeout { phase, .. } => *phase == CONNECT_PHASE,
            Self::TooLarge { .. } | Self::Io { .. } => false,
        }
    }
}

pub(crate) const CONNECT_PHASE: &str = "connect";
pub(crate) const TOTAL_PHASE: &str = "total";

/// Why the rules refuse an address or URL.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Refusal {
    #[error("it is a loopback address; list it under egress.allow to permit it")]
    Loopback,
    #[error("it is a private address; list it under egress.allow to permit it")]
    Private,
    #[error("it is a carrier-grade NAT address; list it under egress.allow to permit it")]
    CarrierGrade,
    #[error("it is an IPv4 address written as IPv6; use the IPv4 form")]
    Ipv4Mapped,
    #[error("it is a reserved address")]
    Reserved,
    #[error("it is a link-local address, which is never permitted")]
    LinkLocal,
    #[error("it is a cloud metadata address, which is never permitted")]
    Metadata,
    #[error("it is a multicast address, which is never permitted")]
    Multicast,
    #[error("it is the unspecified address, which is never permitted")]
    Unspecified,
    #[error("only http and https are accepted")]
    Scheme,
    #[error("the URL has no host")]
    NoHost,
    #[error("the URL carries a user name or password; send credentials in a header")]
    Credentials,
    #[error("the redirect leads from https to http")]
    Downgrade,
    #[error("it redirects too often")]
    TooManyRedirects,
}

/// A refusal on its road through the resolver or redirect policy of a client library.
#[derive(Debug, thiserror::Error)]
#[error("{host}: {why}")]
pub(crate) struct RefusedInside {
    pub host: String,
    pub why: Refusal,
}

/// Finds what is at the bottom of a client library's error.
pub(crate) fn classify(host: &str, connecting: bool, error: Source) -> EgressError {
    let host = host.to_owned();
    let mut link: Option<&(dyn StdError + 'static)> = Some(&*error);
    let mut tls = false;
    while let Some(current) = link {
        if let Some(refused) = current.downcast_ref::<RefusedInside>() {
            return EgressError::Refused { host: refused.host.clone(), why: refused.why };
        }
        tls |= current.is::<rustls::Error>();
        // An `io::Error` hides what it wraps from `source()`.
        let wrapped = current.downcast_ref::<std::io::Error>().and_then(std::io::Error::get_ref);
        link = match wrapped {
            Some(inner) => Some(inner),
            None => current.source(),
        };
    }
    if tls {
        EgressError::Tls { host, source: error }
    } else if connecting {
        EgressError::Connect { host, source: error }
    } else {
        EgressError::Io { host, source: error }
    }
}
