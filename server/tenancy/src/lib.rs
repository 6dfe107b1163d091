//! Tenants and what they own: teams, projects with cost centres, members and their roles, invitations, API keys; and the
//! audit log for people to read.
//!
//! How it flows: an endpoint (`http/`) takes a permit of `access`, asks the rules (`people`, `api_key`, `onboarding`),
//! which know no I/O, and `store/` for rows, all in the one transaction that the permit began. The database announces a
//! change of configuration to the gateways by itself.
//!
//! Invariants
//! - A tenant always has an owner who can sign in; only owners touch owners.
//! - A key's secret is in the answer that makes it and nowhere else. Revoking deletes its hashes in the transaction that
//!   revokes, then tells the gateways by `kv`, so that a key stops within a second whatever they have read.
//! - An archived project has no key that works.
//! - A tenant's name in addresses never changes hands: it stays taken when the tenant is deleted.
//! - Deleting a tenant stops everything of it at once: keys, sessions, tokens, invitations.

mod api_key;
mod error;
mod http;
mod invitation;
mod onboarding;
mod people;
mod residency;
mod revocation;
mod state;
mod store;

pub use error::TenancyError;
pub use http::routes;
pub use state::{Tenancy, TenancyParts};
