//! People and how they prove who they are: signing in and out, passwords, sessions, personal tokens, operators, the
//! first operator of an empty deployment, accepting an invitation.
//!
//! Operators and members are strangers to each other: two tables, two sign-ins. The same address in two tenants is two
//! people with two passwords.
//!
//! How it flows: an endpoint (`http/`) takes a permit, or [`access::Entry`] where nobody is signed in yet, checks rules
//! that know no I/O (`password`, `profile`), and asks `store/` for rows.
//!
//! Invariants
//! - An unknown address, a wrong password, a disabled person and a tenant that is not there are one error after one
//!   password verification each, so that the answer and its time tell nothing.
//! - Passwords are argon2id hashes made on blocking threads, a bounded number at once; guesses are limited per account
//!   and per address.
//! - A secret is in the answer that makes it and nowhere else: the database has its keyed hash.
//! - There is always an operator who can sign in: none disables themselves or the last one.

mod account;
mod address;
mod error;
mod http;
mod limits;
mod password;
mod profile;
mod setup;
mod state;
mod store;

pub use account::{
    NewMember, create_member, create_operator, create_operator_token, find_operator, has_operator,
    set_operator_password,
};
pub use address::ClientAddress;
pub use error::IdentityError;
pub use http::routes;
pub use password::{PasswordRefusal, Passwords, check_password, hash_password};
pub use setup::SetupToken;
pub use state::Identity;
