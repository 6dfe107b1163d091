//! Files and batches: `/v1/files*` and `/v1/batches*` in OpenAI's own shapes, the same for people under `/api/v1`, and
//! the worker that runs batches in the background.
//!
//! How it flows. An upload streams into the object store while its row is still `uploading`, which nobody sees
//! (`upload`). A batch is a row; a worker ([`BatchWorker`]) takes it under a lease, checks every line of its file
//! (`work::validate`), makes the calls by a [`Runner`] that it does not know (`work::execute`), and writes the output
//! and the error file in the order of the lines (`work::finish`). Who calls `/v1` is an [`ApiCaller`] that the layer
//! around these routes put into the request.
//!
//! Invariants
//! - A key sees the files and batches of its own project, and nothing of another tenant's: 404.
//! - One worker holds a batch. Everything it writes names it in the statement, so one that lost its lease writes nothing.
//! - A line's result is committed before the line counts as done; a restart runs only lines without a result. The
//!   call that completes a line is charged by an id made of batch and line, so that a line is charged once, however
//!   often it was cut off and whoever runs it.
//! - A bad line never stops a batch: it becomes a named error in the error file.
//! - Calls under way are bounded per tenant and in all; what waits for another try holds no place.
//! - A file that is deleted is gone from the object store too: the job that makes sure of it is in the transaction that
//!   deletes the row. The input of a batch that still runs cannot be deleted.
//! - Cancelled and expired batches keep what was done: both files are written.

mod caller;
mod cancellation;
mod deferral;
mod deletion;
mod endpoint;
mod error;
mod http;
mod line;
mod lines;
mod order;
mod purpose;
mod removal;
mod request;
mod result_line;
mod runner;
mod state;
mod store;
mod upload;
mod work;

pub use caller::ApiCaller;
pub use endpoint::Endpoint;
pub use error::BatchesError;
pub use http::{api::routes as api_routes, v1::routes as v1_routes};
pub use removal::ObjectRemoval;
pub use runner::{LineAnswer, LineCall, Runner};
pub use state::{Batches, BatchesParts, Limits};
pub use work::BatchWorker;
