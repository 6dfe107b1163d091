//! The database as the server uses it, on real clusters.

mod catalogue;
mod external;
mod isolation;
mod launch;
mod listener;
mod transactions;
