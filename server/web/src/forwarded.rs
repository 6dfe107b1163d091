//! Behind reverse proxies: the caller's own address, as the proxies that are trusted tell it.
//!
//! `X-Forwarded-For` is read only on connections from a trusted address, and from its end: what a proxy of ours added
//! is true, what stands before the first address that is not ours is whatever the caller wrote.

use std::{
    net::{IpAddr, SocketAddr},
    sync::Arc,
};

use axum::{
    extract::{ConnectInfo, Request, State},
    middleware::Next,
    response::Response,
};
use http::HeaderMap;
use ipnet::IpNet;

const X_FORWARDED_FOR: &str = "x-forwarded-for";

/// The address ranges of the reverse proxies before this server.
#[derive(Debug, Clone, Default)]
pub struct TrustedProxies(Arc<[IpNet]>);

impl TrustedProxies {
    pub fn new(ranges: Vec<IpNet>) -> Self {
        Self(ranges.into())
    }

    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    fn contain(&self, address: IpAddr) -> bool {
        self.0.iter().any(|range| range.contains(&address.to_canonical()))
    }

    /// Who is behind a connection from `peer`: the last address that is no trusted proxy's.
    fn caller(&self, peer: IpAddr, headers: &HeaderMap) -> IpAddr {
        let told = headers.get_all(X_FORWARDED_FOR).iter().filter_map(|value| value.to_str().ok());
        let mut hops: Vec<_> = told.flat_map(|line| line.split(',')).map(|hop| address(hop.trim())).collect();
        let mut caller = peer;
        while self.contain(caller) {
            // At something that is no address, the last proxy is as far as can be told.
            let Some(Some(before)) = hops.pop() else { break };
            caller = before;
        }
        caller
    }
}

/// An address with or without its port; IPv6 in brackets where it has one.
fn address(text: &str) -> Option<IpAddr> {
    let bare = text.strip_prefix('[').and_then(|rest| rest.strip_suffix(']')).unwrap_or(text);
    bare.parse().ok().or_else(|| text.parse::<SocketAddr>().ok().map(|socket| socket.ip()))
}

/// Middleware: puts the caller's own address in the place of a trusted proxy's.
pub async fn layer(State(trusted): State<TrustedProxies>, mut request: Request, next: Next) -> Response {
    if let Some(ConnectInfo(peer)) = request.extensions().get::<ConnectInfo<SocketAddr>>().copied() {
        let caller = trusted.caller(peer.ip(), request.headers());
        if caller != peer.ip() {
            // Its port is not told; nothing asks for it.
            request.extensions_mut().insert(ConnectInfo(SocketAddr::new(caller, 0)));
        }
    }
    next.run(request).await
}

#[cfg(test)]
mod tests {
    use super::*;

    fn caller(peer: &str, forwarded: &[&str]) -> String {
        let trusted = TrustedProxies::new(vec!["10.0.0.0/8".parse().unwrap(), "::1/128".parse().unwrap()]);
        let lines = forwarded.iter().map(|line| (X_FORWARDED_FOR.parse().unwrap(), line.parse().unwrap()));
        trusted.caller(peer.parse().unwrap(), &lines.collect()).to_string()
    }

    #[test]
    fn a_stranger_s_word_on_its_address_is_not_taken() {
        assert_eq!(caller("203.0.113.9", &["198.51.100.1"]), "203.0.113.9");
    }

    #[test]
    fn the_last_address_that_is_no_proxy_s_called() {
        assert_eq!(caller("10.1.1.1", &["198.51.100.1"]), "198.51.100.1");
        assert_eq!(caller("10.1.1.1", &["1.1.1.1, 198.51.100.1, 10.2.2.2"]), "198.51.100.1");
        assert_eq!(caller("10.1.1.1", &["1.1.1.1", "198.51.100.1:4711", "10.2.2.2"]), "198.51.100.1");
        assert_eq!(caller("::ffff:10.1.1.1", &["[2001:db8::7]:80"]), "2001:db8::7");
        assert_eq!(caller("::1", &["2001:db8::7"]), "2001:db8::7");
    }

    #[test]
    fn without_a_readable_address_the_proxy_is_the_caller() {
        assert_eq!(caller("10.1.1.1", &[]), "10.1.1.1");
        assert_eq!(caller("10.1.1.1", &["198.51.100.1, unknown"]), "10.1.1.1");
        assert_eq!(caller("10.1.1.1", &["10.3.3.3"]), "10.3.3.3");
    }
}
