//! All SQL of this room.

pub mod batch;
pub mod claim;
pub mod file;
pub mod progress;
pub mod result;
