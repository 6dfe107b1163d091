//! Which addresses may be reached.

use std::net::IpAddr;
use std::sync::Arc;

use ipnet::IpNet;
use url::{Host, Url};

use crate::address::{self, Embedding, Kind};
use crate::error::{EgressError, Refusal};

/// The operator's rules for one client. Cheap to clone.
#[derive(Debug, Clone)]
pub struct EgressRules {
    allow: Arc<[IpNet]>,
    own_networks: bool,
}

/// The list of permitted networks holds one that can never be permitted.
#[derive(Debug, thiserror::Error, PartialEq, Eq)]
#[error("{net} cannot be permitted: {why}")]
pub struct RulesError {
    pub net: IpNet,
    pub why: Refusal,
}

impl EgressRules {
    /// Rules for engines: public addresses, loopback and private networks, and what `allow` lists.
    pub fn engines(allow: Vec<IpNet>) -> Result<Self, RulesError> {
        Self::new(allow, true)
    }

    /// Rules for addresses that somebody gave us: public ones, and what `allow` lists.
    pub fn outbound(allow: Vec<IpNet>) -> Result<Self, RulesError> {
        Self::new(allow, false)
    }

    fn new(allow: Vec<IpNet>, own_networks: bool) -> Result<Self, RulesError> {
        for net in &allow {
            // A wide net may touch a forbidden range (it stays forbidden); one that lies inside would do nothing.
            if let (Some(first), Some(last)) = (never(net.network()), never(net.broadcast()))
                && first == last
            {
                return Err(RulesError { net: *net, why: first });
            }
        }
        Ok(Self { allow: allow.into(), own_networks })
    }

    /// May this address be connected to?
    pub fn check_address(&self, ip: IpAddr) -> Result<(), Refusal> {
        let (judged, embedding) = match address::embedded_v4(ip) {
            Some((v4, embedding)) => (v4, Some(embedding)),
            None => (ip, None),
        };
        if let Some(why) = never(judged) {
            return Err(why);
        }
        if self.allow.iter().any(|net| net.contains(&ip) || net.contains(&judged)) {
            return Ok(());
        }
        if embedding == Some(Embedding::Mapped) {
            return Err(Refusal::Ipv4Mapped);
        }
        match address::kind(judged) {
            Kind::Loopback if !self.own_networks => Err(Refusal::Loopback),
            Kind::Private if !self.own_networks => Err(Refusal::Private),
            Kind::CarrierGrade => Err(Refusal::CarrierGrade),
            Kind::Reserved => Err(Refusal::Reserved),
            _ => Ok(()),
        }
    }

    /// Checks a URL when it is registered: scheme, host, no credentials, and the address when it is written out.
    /// A name is judged when it is used, since what it resolves to may change.
    pub fn check_url(&self, url: &Url) -> Result<(), EgressError> {
        let host = url.host_str().unwrap_or_default();
        let refused = |why| EgressError::Refused { host: host.to_owned(), why };
        if !matches!(url.scheme(), "http" | "https") {
            return Err(refused(Refusal::Scheme));
        }
        if !url.username().is_empty() || url.password().is_some() {
            return Err(refused(Refusal::Credentials));
        }
        let literal = match url.host() {
            None => return Err(refused(Refusal::NoHost)),
            Some(Host::Ipv4(v4)) => Some(IpAddr::V4(v4)),
            Some(Host::Ipv6(v6)) => Some(IpAddr::V6(v6)),
            // RFC 6761: these names are loopback, whatever a resolver says.
            Some(Host::Domain(name)) if is_localhost(name) => Some(IpAddr::from([127, 0, 0, 1])),
            Some(Host::Domain(_)) => None,
        };
        literal.map_or(Ok(()), |ip| self.check_address(ip)).map_err(refused)
    }

    /// [`check_url`](Self::check_url), and what the name resolves to now.
    pub async fn check_url_resolved(&self, url: &Url) -> Result<(), EgressError> {
        self.check_url(url)?;
        if let Some(Host::Domain(name)) = url.host() {
            crate::resolver::resolve(self, name)
                .await
                .map_err(|error| crate::error::classify(name, true, error))?;
        }
        Ok(())
    }
}

/// What stays out of reach whatever is listed.
fn never(ip: IpAddr) -> Option<Refusal> {
    match address::kind(ip) {
        Kind::LinkLocal => Some(Refusal::LinkLocal),
        Kind::Metadata => Some(Refusal::Metadata),
        Kind::Multicast => Some(Refusal::Multicast),
        Kind::Unspecified => Some(Refusal::Unspecified),
        _ => None,
    }
}

fn is_localhost(name: &str) -> bool {
    let name = name.trim_end_matches('.');
    name.eq_ignore_ascii_case("localhost") || name.to_ascii_lowercase().ends_with(".localhost")
}
