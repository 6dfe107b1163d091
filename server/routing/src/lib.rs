//! How a call finds its deployment, and when a deployment rests.
//!
//! Pure: no clock, no randomness, no I/O. Time and a seed come in as parameters, so that every decision can be
//! repeated: in a test, from a [`Decision`] recorded by a gateway, in the fleet simulator of `routing/lab`.
//!
//! How it flows
//! - Before: [`draw_arm`] picks an arm of a route; [`Features`] tell what a prompt is about, where the caller leaves
//!   the model to us; a [`Fingerprint`] of the prompt's beginning asks the [`PrefixIndex`] who likely has it cached.
//! - The gateway gathers [`Candidate`]s from its snapshot, its counters and the health it reads from `kv`; the account's
//!   [`Bounds`], the route's [`RouteBounds`] and the caller's [`Preferences`] say which of them may not serve.
//! - [`plan`] answers in which order to try the others, each with its [`Score`], and why the rest are left out.
//! - After: a [`Breaker`] learns from each attempt's [`AttemptResult`], [`Latency`] from each call's times, the index
//!   from what was sent where; [`eject`] compares deployments of a model; a [`Budget`] bounds retries and hedges.
//!
//! Invariants
//! - A candidate is either in the order or among the rejected with one reason, never both, never neither.
//! - Nothing that may not serve the tenant, is filtered, drains, rests, or cannot hold the prompt is ever in the order.
//! - What the caller wants first comes first, unless it is not ready. A standby (weight 0) comes after everything that
//!   carries weight; a saturated engine after every unsaturated one of its tier, whatever it has cached.
//! - A score is in seconds, so that load, cached prefixes, LoRAs and money are weighed in one unit; affinity is worth
//!   what it saves, no more.
//! - Nothing here grows with the prompt or with time: a decision costs by its candidates, the prefix index is one table
//!   of fixed size.
//! - Without an engine's metrics or any history, the order is that of fewest calls in flight.

mod arm;
mod breaker;
mod budget;
mod candidate;
mod decision;
mod demand;
mod filter;
mod latency;
mod outlier;
mod plan;
mod preferences;
mod prefix;
mod score;
mod seed;
mod slots;
mod task;

pub use arm::{draw_arm, takes_share};
pub use breaker::{AttemptResult, Breaker, BreakerPolicy, Pass, Standing};
pub use budget::{Budget, backoff};
pub use candidate::{Candidate, Health, Lora, Observed, Pace, SATURATED_KV_USE, Scrape};
pub use decision::Decision;
pub use demand::Demand;
pub use filter::{Bounds, Filter, Ground, RouteBounds};
pub use latency::{Latency, Seen};
pub use outlier::{Ejection, OutlierPolicy, Showing, eject, warmth};
pub use plan::{Choice, Plan, Rank, Reason, Rejection, plan};
pub use preferences::{MaxPrice, Preferences, Traits, cost};
pub use prefix::{Cut, Fingerprint, Fingerprinter, Found, Handle, MOST_CUTS, PrefixIndex, READ_BYTES};
pub use score::{Policy, Score};
pub use slots::Slots;
pub use task::{Abilities, Features, misfit};
