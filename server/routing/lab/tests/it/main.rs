//! The lab as a whole.

mod cache;
mod engine;
mod fleet;
mod targets;
mod traffic;
