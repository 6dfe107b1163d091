//! What the gateway's choices came of; joined to the gateway in wiring.

use async_trait::async_trait;
use serde_json::Value;
use shared_api::decisions::{Decision, Explained, PastedRequest};
use web::Problem;

/// Knows decisions of late, makes recorded ones again, and tells what would be decided of a request.
#[async_trait]
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

    /// What would be decided of a request now; it is not made.
    ///
    /// # Errors
    /// As the caller would be refused, in the field `request.body` or `request.key_id`; a process without a gateway.
    async fn explain_request(&self, request: PastedRequest) -> Result<Explained, Problem>;
}
