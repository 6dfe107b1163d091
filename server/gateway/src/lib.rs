//! The path of a model call: from an HTTP request on `/v1` to an engine and back, without the database.
//!
//! A call goes through typed stages, a file each. Each takes the value before it and returns the next; constructors are
//! private to the stage's file, so the order holds by type:
//!
//! `arrival::Arrival` (head read) → `admit::Caller` (key good here; before the body is read, so that a stranger's body
//! never is) → `parsed::Parsed` (typed by its [`surface`], converted where engines don't speak it) → `admit::Admitted`
//! (models allowed and able) → `plan::Planned` → `reserve::Reserved` → `dispatch::Attempted` (first good upstream;
//! retries, hedges and fallbacks end here) → `relay` (to the caller, in its own dialect) → `settle` (one usage event,
//! durable before the caller sees the end).
//!
//! Where nothing can serve a call, `give_way` takes it from its plan on once more, or puts it off ([`Deferral`]), as its
//! route says. Beside calls that are served, `shadow` sends copies of a share of them; `coalesce` lets embeddings of a
//! tenant that arrive together go as one request.
//!
//! What a surface is called, metered as and answered in stands in one table, [`surface`]. A request is one of
//! [`request::ModelRequest`] whatever its surface; its answer goes back by a [`road::Road`]: as the engine sent it, or
//! through a writer of the caller's dialect. A WebSocket's turn and a call made inside the process
//! ([`Gateway::on_behalf`]) take the very same stages.
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
//! - A field that asks for what is not here, or what the model can't do, is refused by its name; others that are not
//!   known reach the engine.
//! - No call leaves for an engine outside the platform unless its tenant and its project's class of data allow it.
//! - Before the first token anything may be tried again elsewhere; after it nothing is: a broken stream ends with a
//!   typed error and never looks complete.
//! - Who leaves, streaming or not, drops the upstream request at once: all of a call lives in its own future or body.
//! - Memory is bounded by configuration and by calls under way; nothing is kept by key, prompt or address.

mod address;
mod admit;
mod affinity;
mod arrival;
mod background;
mod billed;
mod budgets;
mod call;
mod capability;
mod coalesce;
mod configuration;
mod counters;
mod credentials;
mod decisions;
mod deferral;
mod dialect;
mod dispatch;
mod error;
mod estimate;
mod failure;
mod faulty;
mod fleet;
mod gateway;
mod give_way;
mod http;
mod intake;
mod memory;
mod named;
mod on_behalf;
mod parsed;
mod plan;
mod plan_refusal;
mod priority;
mod readiness;
mod refusals;
mod relay;
mod request;
mod reserve;
mod revocations;
mod road;
mod routed;
mod settings;
mod settle;
mod shadow;
mod surface;
mod tenants;
mod tokenizers;
mod trace;
mod unit;
mod upstream;
mod watch;
mod wishes;

pub use address::PublicHosts;
pub use configuration::ConfigurationCell;
pub use credentials::OPERATOR;
pub use decisions::{CandidateName, NotedDecision};
pub use deferral::{Deferral, Deferred, LaterBatch};
pub use error::CallError;
pub use gateway::{Gateway, GatewayParts};
pub use on_behalf::{ApiCaller, InsideCall, OnBehalf};
pub use priority::Priority;
pub use readiness::Readiness;
pub use revocations::REVOCATIONS_CHANNEL;
pub use settings::{BatchShare, Settings, Timeouts};
