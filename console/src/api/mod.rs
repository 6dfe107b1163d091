//! Server functions, a file a room of the API. In the browser each is a request; on the server its body runs.

pub mod billing;
#[cfg(feature = "ssr")]
pub(crate) mod call;
pub mod catalog;
pub mod flash;
pub mod identity;
pub mod people;
pub mod platform;
mod problem;
pub mod tenancy;

pub use problem::{Answer, ApiProblem, FieldProblem};
