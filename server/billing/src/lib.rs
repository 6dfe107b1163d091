//! Usage as it was metered and priced: what tenants and operators see of it, and export.
//!
//! Everything is read from the hourly rollups but the list of single calls, so that a page costs the same after a
//! million calls as after ten. Amounts are list prices at the time of each call, summed exactly.
//!
//! Invariants
//! - A report covers whole buckets, empty ones included, at most [`period::MAX_BUCKETS`].
//! - Amounts of two currencies are never added: a report is in one, and says which.
//! - Quantiles come from stored histograms; they are never averaged.

mod http;
mod period;
mod report;
mod state;
mod store;

pub use http::routes;
pub use state::BillingState;
