//! How a model's deployments become an ordered plan for one call, and when a deployment rests.
//!
//! Pure: no clock, no randomness, no I/O. Time and a seed come in as parameters, so that every decision can be
//! repeated in a test. The gateway gathers [`Candidate`]s from its snapshot, its in-flight counters and the health it
//! reads from `kv`; [`plan`] answers in which order to try them and why the others are left out; a [`Breaker`] per
//! deployment learns from each attempt's [`AttemptResult`].
//!
//! Invariants
//! - A candidate is either in the order or among the rejected with one reason, never both, never neither.
//! - Nothing that may not serve the tenant, or cannot hold the prompt, is ever in the order.
//! - What the caller filtered out is never in the order; what it wants first comes first, unless it is not ready.
//! - A standby (weight 0) comes after everything that carries weight; a saturated engine after every unsaturated one
//!   of the same rank, and what says that it is not ready after all. Load is compared before anything else.
//! - The cost of a plan grows with the number of candidates, not with the prompt.

mod breaker;
mod candidate;
mod plan;
mod preferences;
mod seed;

pub use breaker::{AttemptResult, Breaker, BreakerPolicy, Pass, Standing};
pub use candidate::{Candidate, Health, SATURATED_KV_USE};
pub use plan::{Choice, Demand, Plan, Rank, Reason, Rejection, plan};
pub use preferences::{Filter, MaxPrice, Preferences, Traits, cost};
