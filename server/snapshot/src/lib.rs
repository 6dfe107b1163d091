//! What a gateway knows of the configuration: plain types, no I/O but the file it is saved to.
//!
//! `catalog` reads [`Rows`] from PostgreSQL in one read-only transaction; [`Snapshot::build`] indexes them; the
//! gateway holds the result behind one pointer and swaps it whole. [`disk`] keeps the rows in a file, so that a gateway
//! starts and serves while the database is away.
//!
//! Invariants
//! - A snapshot never changes. A call takes the `Arc`s of the pieces it needs and lets the snapshot go.
//! - Every look-up on the path of a call is a hash look-up; its cost does not grow with tenants, keys or models.
//! - No secret stands here in the clear: keys are hashes, engine credentials are sealed.
//! - Rows that contradict each other (a key of an unknown tenant, a deployment of an unknown model) are left out of
//!   the index, never a panic: a gateway with nine good tenants and one bad row serves nine tenants.

pub mod disk;
mod engine;
mod health;
mod index;
mod latency;
mod route;
mod rows;

pub use engine::{EngineKind, Operation, ParseEngineKindError};
pub use health::{DeploymentHealth, EngineLoad, HEALTH_HASH, HealthState};
pub use index::{KeyEntry, ModelEntry, Snapshot, TenantEntry};
pub use latency::{LATENCY_BOUNDS_MS, LATENCY_BUCKETS, latency_bucket, latency_quantile};
pub use route::{ArmEntry, RouteEntry};
pub use rows::{
    ApiKey, Deployment, DeploymentState, KeyHash, KeySecret, Model, ModelGrant, ModelKind, Pool, PoolKind,
    Price, Project, Route, Rows, Tenant, TenantStatus, TokenCounts, TokenizerRef,
};
