//! Calls through the room's routers and batches through its worker, on a real database.
#![expect(clippy::unwrap_used, reason = "a test may panic")]

mod app;
mod runner;

mod batches;
mod control_plane;
mod deferral;
mod endings;
mod files;
mod resume;
mod uploads;
