//! What the gateway's choices came of; joined to the gateway in wiring.

use serde_json::Value;
use shared_api::decisions::{Decision, Explained};

/// Knows decisions of late, and makes recorded ones again.
pub trait RouteExplainer: Send + Sync {
    /// A sample, the newest first. Empty in a process without a gateway.
    fn decisions(&self) -> Vec<Decision>;

    /// One of those, with each number.
    fn explain_kept(&self, id: &str) -> Option<Explained>;

    /// A decision by its record.
    ///
    /// # Errors
    /// What is wrong with the record, in words.
    fn explain_record(&self, record: Value) -> Result<Explained, String>;
}
