//! The words that every crate shares: identifiers, money, roles and permissions, error codes, pages.
//!
//! Lowest row of the ladder: an edit here rebuilds everything, so only what both the server and the browser need
//! stands here. No I/O, no async; builds for wasm.
//!
//! Invariants
//! - An identifier is a UUIDv7 with a prefix that says what it names (`ten_…`). The prefix is checked when parsed,
//!   so an id of one kind is never taken for another.
//! - Money is a decimal with a currency. There is no float and no way to add two currencies.
//! - [`ErrorCode`] is the one table of what can go wrong at an edge: its HTTP status, its code on the wire.

#[cfg(feature = "generate")]
mod clock;
mod error_code;
mod id;
mod money;
mod page;
mod permission;
pub mod route;

#[cfg(feature = "generate")]
pub use clock::Clock;
pub use error_code::ErrorCode;
pub use id::*;
pub use money::{Currency, CurrencyError, Money};
pub use page::Page;
pub use permission::{Action, ParseRoleError, Resource, Role};
