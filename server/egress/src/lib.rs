//! The one way out: every HTTP call that Switchyard makes goes through this room.
//!
//! Two clients share one guard.
//!
//! - [`EngineClient`] carries model calls to engines: pooled HTTP/1.1, streaming bodies, a bound on connecting and
//!   nothing else, since the gateway keeps its own clocks. It follows no redirects. Dropping a response body, or the
//!   future that waits for one, closes the connection, which is how a cancelled call reaches the engine.
//! - [`OutboundClient`] carries everything else (webhooks, discovery documents, remote files): a bound on time, a
//!   bound on size, a few redirects.
//!
//! The guard is [`EgressRules`]: which addresses may be reached. Invariants:
//!
//! - An address is judged *after* name resolution, and the connection is made to the very address that was judged, so
//!   a name that changes its mind between check and use gains nothing. Literal addresses are judged too.
//! - Each redirect is judged like a first call, and never leads from https to http.
//! - Cloud metadata, link-local, multicast and unspecified addresses are out of reach whatever the operator lists.
//! - No proxy is taken from the environment: a proxy would resolve names behind the guard's back.
//! - An error's `Display` names the host and no more: no path, no query, no credentials.
//!
//! Flow: request → literal host judged → resolver filters addresses → TCP, TLS (aws-lc, Mozilla's roots) → response.

mod address;
mod engine;
mod error;
mod outbound;
mod resolver;
mod rules;
mod tls;

#[cfg(test)]
mod tests;

pub use engine::{ConnectTimeout, EngineClient};
pub use error::{EgressError, Refusal};
pub use outbound::{OutboundClient, OutboundLimits};
pub use rules::{EgressRules, RulesError};
