//! The buckets of stored latency histograms.

pub use snapshot::{LATENCY_BOUNDS_MS, LATENCY_BUCKETS, latency_bucket};
