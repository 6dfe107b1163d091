//! The relational store: a private PostgreSQL or the one at `DATABASE_URL`, its roles, its migrations, and the only
//! transactions through which the rest of the server reaches it.
//!
//! Invariants
//! - There is no way to a plain pool. Whoever wants rows begins a transaction of a role: [`TenantTx`], [`OperatorTx`],
//!   [`GatewayTx`], [`MeteringTx`], [`SystemTx`] or [`Lookup`]; what the role may touch is decided by the grants and
//!   policies in `migrations/`.
//! - A [`TenantTx`] has set `app.tenant_id` for itself, and only for itself, before anyone can use it. The setting is
//!   never made per session, since a pooled session outlives its user.
//! - The server logs in as a role without any right of its own; each pool takes its role in the start-up packet, so
//!   `reset role` comes back to the same role. A login that is a superuser, can bypass row-level security or inherits
//!   is refused before the first transaction.
//! - `switchyard_owner` appears on one connection, for the migrations, which is closed before the pools are used.
//! - The embedded cluster listens on a Unix socket in a directory of mode 0700 and nowhere else, always syncs to disk,
//!   never runs as root, and goes down with the server, however the server ends.
//!
//! How it flows: [`Database::open`] launches or finds the cluster (`embedded/`), makes the roles (`bootstrap.rs`),
//! migrates (`schema.rs`), checks the login, and hands out lazy pools (`pools.rs`). From then on nothing here panics or
//! gives up when PostgreSQL goes away: calls fail with [`DbError::Unavailable`] and succeed again when it is back;
//! [`ChangeListener`] reports what it may have missed as [`Change::Gap`].

mod bootstrap;
mod database;
mod embedded;
mod error;
mod listener;
mod pools;
mod schema;
mod settings;
mod transaction;

pub use database::Database;
pub use embedded::{Embedded, LaunchError};
pub use error::{DbError, LoginFault, OnConstraint};
pub use listener::{Change, ChangeListener};
pub use pools::Role;
pub use schema::fingerprint as schema_fingerprint;
pub use settings::DatabaseSettings;
/// What [`TenantTx::conn`] and its siblings lend: sqlx's executor.
pub use sqlx::PgConnection;
pub use transaction::{GatewayTx, Lookup, MeteringTx, OperatorTx, SystemTx, TenantTx};
