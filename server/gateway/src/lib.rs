//! The path of a model call: from an HTTP request on `/v1` to an engine and back, without the database.
//!
//! A call goes through typed stages, a file each. Each takes the value before it and returns the next; constructors are
//! private to the stage's file, so the order holds by type:
//!
//! `arrival::Arrival` (head read) → `admit::Caller` (key good here; before the body is read, so that a stranger's body
//! never is) → `intake::Parsed` → `admit::Admitted` (model allowed) → `plan::Planned` → `reserve::Reserved` →
//! `dispatch::Attempted` (first good upstream; retries and fallbacks end here) → `relay` (to the caller) →
//! `settle` (one usage event, durable before the caller sees the end).
//!
//! The return road is one value, `settle::Tab`: opened at admission, closed exactly once, on drop too. In-flight counts,
//! the tenant's place and the breaker's pass are values of the same kind: dropped, they give back what they hold.
//!
//! Beside the path ([`Gateway::run`]): revoked keys, deployments' health and breakers, heard and told through `kv`.
//!
//! Invariants
//! - Nothing here touches the database. Calls load pieces of one [`ConfigurationCell`].
//! - A key that is unknown, revoked, expired, disabled, of another tenant's endpoint or at odds with `OpenAI-Tenant`
//!   gets one identical answer; so do a model that does not exist and one that may not be used.
//! - No error names another tenant, a deployment's address or an engine's own words but on the caller's request.
//! - Before the first token anything may be tried again elsewhere; after it nothing is: a broken stream ends with a
//!   typed error and never with `[DONE]`.
//! - Who leaves, streaming or not, drops the upstream request at once: all of a call lives in its own future or body.
//! - Memory is bounded by configuration and by calls under way; nothing is kept by key, prompt or address.

mod address;
mod admit;
mod arrival;
mod background;
mod billed;
mod configuration;
mod counters;
mod credentials;
mod dispatch;
mod error;
mod estimate;
mod failure;
mod fleet;
mod gateway;
mod http;
mod intake;
mod plan;
mod readiness;
mod refusals;
mod relay;
mod reserve;
mod revocations;
mod settings;
mod settle;
mod tenants;
mod trace;
mod upstream;
mod watch;

pub use address::PublicHosts;
pub use configuration::ConfigurationCell;
pub use credentials::OPERATOR;
pub use error::CallError;
pub use gateway::{Gateway, GatewayParts};
pub use readiness::Readiness;
pub use revocations::REVOCATIONS_CHANNEL;
pub use settings::{Settings, Timeouts};
