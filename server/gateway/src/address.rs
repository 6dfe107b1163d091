//! Which tenant an address names: `/t/{tenant}/v1`, `{tenant}.HOST/v1`, or none.

use http::{HeaderMap, header, uri::Uri};

/// The public host names under which tenants have a subdomain each, for example `gateway.example.com`.
#[derive(Debug, Clone, Default)]
pub struct PublicHosts(Vec<String>);

impl PublicHosts {
    pub fn new(hosts: impl IntoIterator<Item = impl Into<String>>) -> Self {
        Self(hosts.into_iter().map(|host| host.into().to_ascii_lowercase()).collect())
    }

    /// The subdomain of a public host that a request was sent to; None when it was sent to anything else.
    pub fn subdomain(&self, uri: &Uri, headers: &HeaderMap) -> Option<String> {
        if self.0.is_empty() {
            return None;
        }
        let host = match uri.host() {
            Some(host) => host,
            None => without_port(headers.get(header::HOST)?.to_str().ok()?),
        };
        let host = host.trim_end_matches('.').to_ascii_lowercase();
        let slug = self.0.iter().find_map(|public| host.strip_suffix(public.as_str())?.strip_suffix('.'))?;
        (!slug.is_empty()).then(|| slug.to_owned())
    }
}

fn without_port(authority: &str) -> &str {
    match authority.rsplit_once(':') {
        // An IPv6 literal in brackets has colons of its own.
        Some((host, port)) if !port.contains(']') => host,
        _ => authority,
    }
}

#[cfg(test)]
mod tests {
    use http::HeaderValue;

    use super::*;

    fn subdomain(host: &'static str) -> Option<String> {
        let mut headers = HeaderMap::new();
        headers.insert(header::HOST, HeaderValue::from_static(host));
        PublicHosts::new(["gateway.example.com", "localhost"])
            .subdomain(&Uri::from_static("/v1/models"), &headers)
    }

    #[test]
    fn a_subdomain_of_the_public_host_names_the_tenant() {
        assert_eq!(subdomain("acme.gateway.example.com").as_deref(), Some("acme"));
        assert_eq!(subdomain("ACME.Gateway.Example.com:8443").as_deref(), Some("acme"));
        assert_eq!(subdomain("acme.localhost:8080").as_deref(), Some("acme"));
    }

    #[test]
    fn any_other_host_names_none() {
        for host in [
            "gateway.example.com",
            "127.0.0.1:8080",
            "[::1]:8080",
            "evilgateway.example.com",
            "x.example.com",
        ] {
            assert_eq!(subdomain(host), None, "{host}");
        }
    }
}
