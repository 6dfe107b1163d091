//! The whole of Switchyard, wired: the rooms joined to each other, the roles a process can take, the command line.
//!
//! ```text
//! cli ──► settings ──► foundation (database, kv, keys) ──► control plane (rooms' routes, console, jobs)
//!                                                     └──► data plane (gateway, meter, shipper, configuration feed)
//! ```
//!
//! No business rule stands here. `router` is the one table of what is mounted where; `wiring` joins a trait of one room to
//! another room that implements it; `demo` is a customer of the API like any other.
//!
//! Invariants
//! - Every role stops in order on SIGTERM or Ctrl-C: no new calls, running ones finish (bounded), the meter is
//!   shipped, the private database stops last.
//! - The data plane starts and serves from the saved configuration while the database is away.

pub mod cli;
mod commands;
mod control_plane;
mod data_plane;
mod demo;
mod foundation;
mod listen;
mod observe;
pub mod router;
mod serve;
mod wiring;

pub use control_plane::{ControlPlane, Reach, assemble};
pub use data_plane::DataPlane;
pub use foundation::Foundation;
