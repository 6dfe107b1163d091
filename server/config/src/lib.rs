//! Settings: typed sections, from a file, the environment and flags, in rising order.
//!
//! ```text
//! --config FILE (TOML)  <  SWITCHYARD_SECTION__FIELD, DATABASE_URL, REDIS_URL, …  <  flags
//! ```
//!
//! [`load`] lays the three over each other as one tree, checks every key against the schema of [`Settings`] and then
//! reads the tree into it. The schema is also what `switchyard admin config-schema` prints.
//!
//! Invariants
//! - A key that is not known is an error that names its source and the nearest known key. Nothing is accepted and ignored.
//! - A value of the wrong type or out of range is an error that names the key, the value and what is accepted.
//! - Secrets are in a secret type: they show in no log and no error.

mod error;
mod layers;
mod schema;
mod sections;

pub use error::ConfigError;
pub use layers::{Override, Sources, load};
pub use schema::json_schema;
pub use sections::{
    Batches, Catalog, Database, Egress, Gateway, LogFormat, Mail, Metering, Objects, Redis, Secrets, Server,
    Settings, Telemetry,
};
