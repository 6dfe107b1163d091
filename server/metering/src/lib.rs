//! Metering: one usage event a call, whatever its end, durable before the caller sees the end of its response.
//!
//! How it flows: [`Meter::begin`] when a call is admitted → a [`CallRecord`] that notes how far it came →
//! [`CallRecord::finish`] with the [`UsageEvent`], or its drop → the *spool*, a write-ahead log in local files → the
//! [`Shipper`] → `usage_events` and, in the same transaction, the hourly sums that dashboards read.
//!
//! What holds
//! - Every call whose end its caller saw is metered exactly once: the end is shown only after the record's sync, and
//!   the event's id makes whatever is delivered twice count once.
//! - Work that may be done again has an id of its own, which the event of the call that completes it goes by: it counts
//!   once. Calls of it that were cut off are events of their own, and hide no other.
//! - A call whose process dies becomes an event `gateway_lost` with the tokens of its last checkpoint. Its beginning is
//!   handed to the writer thread at admission and written within one round of it (microseconds when idle, else
//!   `commit_interval` and the sync that runs); a process killed in that gap loses only the trace of a call that has
//!   shown its caller nothing.
//! - Calls that could not be recorded are refused, never served unmetered: by the size of the spool, by a disk that
//!   fails, by a disk that does not keep up.
//! - Rollups grow only by events that the insert really stored. PostgreSQL may be away for as long as the spool has
//!   room. An event that it refuses goes into quarantine and never blocks those behind it.
//! - Damage in the spool costs the damaged record, never those behind it.
//! - No content of a call is ever recorded.

mod adopt;
mod call_record;
mod checkpoint;
mod commit;
mod event;
mod folder;
mod frame;
mod latency;
mod meter;
mod recovery;
mod rollup;
mod segment;
mod shipper;
mod spool;
mod store;
#[cfg(test)]
mod tests;
mod wire;
mod writer;

pub use adopt::{AdoptError, adopt};
pub use call_record::CallRecord;
pub use commit::{Commit, MeterError};
pub use event::{AdmittedCall, CallStatus, Operation, Serving, TakenArm, UsageEvent};
pub use folder::SpoolError;
pub use latency::{LATENCY_BOUNDS_MS, LATENCY_BUCKETS, latency_bucket};
pub use meter::{Meter, SpoolSettings};
pub use recovery::Recovered;
pub use shipper::{Shipper, ShipperSettings};
pub use spool::MeterFull;
pub use store::insert_demo_events;
