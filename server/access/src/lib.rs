//! Who calls the control plane, what they may do, and the record of what they did.
//!
//! A request's credential (session cookie, access token, operator token) becomes a [`Caller`]. A handler states what it
//! does by the type of its permit: [`TenantPermit<P>`] or [`OperatorPermit<P>`]. The permit asks the one table in
//! [`policy`], writes the audit log's first row when the action changes something, and is then the handler's only way
//! to a database transaction. [`audit::layer`] writes the second row from the response's status.
//!
//! Invariants
//! - No permit, no data: the database handle is private to this crate. [`Entry`] is the exception for people who are
//!   not signed in yet (sign-in, invitations), and reaches no further than one named tenant.
//! - A tenant that is not the caller's is 404, as if it were not there. A role that does not suffice is 403.
//! - A member's role is read anew at each request: taking it away works at once.
//! - An operator acts inside a tenant with the operator's database role, which has no grant on content.
//! - Every mutating action leaves two rows in a hash chain: begun, then its outcome. Denied attempts of somebody who
//!   is signed in leave them in the actor's own chain; anonymous refusals are only counted.

pub mod audit;
mod caller;
mod credential;
mod data_key;
mod entry;
mod idempotency;
mod permit;
pub mod policy;
pub mod session;
mod state;
mod store;

pub use caller::{Caller, Credential, MemberCaller, OperatorCaller};
pub use data_key::tenant_data_key;
pub use entry::Entry;
pub use idempotency::IdempotencyRecords;
pub use permit::{OperatorPermit, Permission, SelfPermit, TenantPermit, grants};
pub use state::{Access, AccessParts, Refusal, database_problem};
