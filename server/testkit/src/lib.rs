//! Real parts for tests: a PostgreSQL and a Redis of the test's own, and rows to begin with.
//!
//! Invariants
//! - Every [`TestDatabase`] is a cluster of its own, launched by the same code as in production: tests share nothing,
//!   may kill it, and run in any number beside each other. It is cheap because the cluster is not made but copied: the
//!   first test of a schema makes and migrates one in the target folder, the others copy its files.
//! - Nothing stays behind: a database ends and its files go when the value is dropped; after `kill -9` of a test the
//!   kernel ends it, and the next test that starts removes the files.
//! - Only tests use this crate. It panics with what went wrong instead of returning errors, and never syncs to disk.
//! - Time stands still for the parts under test, until [`TestClock`] is wound.
//! - [`openai_spec`] judges answers by OpenAI's OpenAPI document, where a file of it is named.
//! - Every table with tenant rows has a fixture in [`fixtures`], or the isolation test of `db` fails.

mod clock;
mod database;
pub mod fixtures;
pub mod openai_spec;
mod person;
mod place;
mod redis;
mod template;
mod tenant;

pub use clock::TestClock;
pub use database::{TestDatabase, database};
pub use openai_spec::{OpenaiSpec, openai_spec};
pub use person::person;
pub use redis::{TestRedis, redis};
pub use tenant::{TenantRows, tenant};
