//! The object store: a directory by default, S3 (or what speaks it) by setting. Files of tenants live here, never in
//! PostgreSQL.
//!
//! Invariants
//! - An object's path begins with its area and its tenant (`files/{tenant}/…`). [`ObjectPath`] cannot be made without a
//!   tenant, nor from a name with `/`, `..` or anything but letters, digits, `.`, `_` and `-`.
//! - An object is there whole or not at all: what an abandoned [`ObjectWriter`] wrote is removed, never published.
//! - In a directory, what is written is synced to disk before a write succeeds.
//! - Deleting what is not there succeeds: deletions are repeated until they are known to be done.
//!
//! How it flows: [`Objects::local`] or [`Objects::s3`] once at start; then [`Objects::writer`] for a stream of unknown
//! length (parts of 8 MiB, so memory is bounded), [`Objects::read`] for a stream back.

mod error;
mod path;
mod store;
mod writer;

pub use error::ObjectError;
pub use path::{Area, ObjectPath};
pub use store::{Object, ObjectBytes, Objects, S3};
pub use writer::ObjectWriter;
