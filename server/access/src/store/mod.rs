//! All SQL of this room.

pub mod audit;
pub mod caller;
pub mod data_key;
pub mod idempotency;
pub mod lookup;
pub mod session;
