//! Name resolution that hands on only addresses the rules permit, for both client libraries.

use std::future::Future;
use std::net::SocketAddr;
use std::pin::Pin;
use std::task::{Context, Poll};

use hyper_util::client::legacy::connect::dns::Name;

use crate::error::RefusedInside;
use crate::rules::EgressRules;

type BoxError = Box<dyn std::error::Error + Send + Sync>;

/// Resolves `host` and drops what the rules refuse. When nothing is left, the first refusal is the error.
pub(crate) async fn resolve(rules: &EgressRules, host: &str) -> Result<Vec<SocketAddr>, BoxError> {
    let mut refusal = None;
    let mut permitted = Vec::new();
    for address in tokio::net::lookup_host((host, 0)).await? {
        match rules.check_address(address.ip()) {
            Ok(()) => permitted.push(address),
            Err(why) => {
                refusal.get_or_insert(why);
            }
        }
    }
    match refusal {
        Some(why) if permitted.is_empty() => Err(Box::new(RefusedInside { host: host.to_owned(), why })),
        _ => Ok(permitted),
    }
}

/// The resolver that both clients are built with.
#[derive(Debug, Clone)]
pub(crate) struct GuardedResolver {
    pub rules: EgressRules,
}

impl tower::Service<Name> for GuardedResolver {
    type Response = std::vec::IntoIter<SocketAddr>;
    type Error = BoxError;
    type Future = Pin<Box<dyn Future<Output = Result<Self::Response, BoxError>> + Send>>;

    fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<Result<(), BoxError>> {
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, name: Name) -> Self::Future {
        let rules = self.rules.clone();
        Box::pin(async move { Ok(resolve(&rules, name.as_str()).await?.into_iter()) })
    }
}

impl reqwest::dns::Resolve for GuardedResolver {
    fn resolve(&self, name: reqwest::dns::Name) -> reqwest::dns::Resolving {
        let rules = self.rules.clone();
        Box::pin(async move {
            let permitted = resolve(&rules, name.as_str()).await?;
            Ok(Box::new(permitted.into_iter()) as reqwest::dns::Addrs)
        })
    }
}
