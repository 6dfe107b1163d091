//! Everything that is true of the whole: the ladder of crates, the authorization of every endpoint, the API's document.

#![expect(clippy::unwrap_used, reason = "a test may panic")]

mod architecture;
mod authorization;
mod batches;
mod catalog;
mod crash;
mod deployment;
mod endpoints;
mod engines;
mod playground;
mod routes;
mod usage;
mod world;
