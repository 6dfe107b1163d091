//! What every control-plane endpoint has in common at its HTTP edge.
//!
//! - [`Problem`]: the one error type of `/api` (RFC 9457), built from `shared::ErrorCode`.
//! - [`Json`], [`Query`], [`Path`]: axum's extractors with refusals that name the field, what was wrong, what is accepted.
//! - [`Paging`] reads `?limit=&after=`.
//! - [`Shown`]: a response that carries a secret once; its replay does not.
//! - Layers: [`forwarded`], [`request_id`], [`security_headers`], [`same_site`], [`idempotency`].
//!
//! Invariants
//! - No error leaves with a source's text in it: an internal failure is logged with its request id and answered
//!   with a code.
//! - A mutating request that carries a cookie comes from our own pages, or it is refused.

mod extract;
pub mod forwarded;
pub mod idempotency;
mod paging;
mod problem;
pub mod request_id;
pub mod same_site;
pub mod security_headers;
mod shown;

pub use extract::{Json, Path, Query};
pub use forwarded::TrustedProxies;
pub use paging::{DEFAULT_LIMIT, MAX_LIMIT, Paging};
pub use problem::{FieldProblem, Problem, ProblemBody};
pub use shown::{ReplayBody, Shown};
