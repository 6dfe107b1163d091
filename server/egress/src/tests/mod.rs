//! The guard and both clients over real sockets on loopback.

mod engine;
mod outbound;
mod rules;
mod server;
