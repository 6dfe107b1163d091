//! The gateway over real sockets, before simulated engines.
#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

mod admission;
mod answers;
mod bad_input;
mod cancellation;
mod capabilities;
mod coalescing;
mod completions;
mod degradation;
mod draft;
mod embeddings;
mod external;
mod faults;
mod faulty;
mod health;
mod hedging;
mod inside;
mod messages;
mod metering;
mod models;
mod moderations;
mod preferences;
mod ranking;
mod responses;
mod retries;
mod routes;
mod shadowing;
mod socket;
mod spool;
mod sse;
mod surfaces_bad_input;
mod tokenizer;
mod told;
mod tracing;
mod world;
