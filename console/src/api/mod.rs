//! Server functions, a file a room of the API. In the browser each is a request; on the server its body runs.

pub mod batches;
pub mod billing;
#[cfg(feature = "ssr")]
pub(crate) mod call;
pub mod catalog;
pub mod engines;
pub mod flash;
pub mod identity;
pub mod markdown;
pub mod people;
pub mod platform;
pub mod playground;
mod problem;
pub mod routes;
pub mod tenancy;
pub mod tokenizers;
pub mod upstreams;

pub use problem::{Answer, ApiProblem, FieldProblem};
