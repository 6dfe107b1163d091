//! Where rooms meet: a trait owned by the one that needs it, implemented over the one that has it.

pub mod background;
pub mod batches;
pub mod engine_probe;
mod engine_trial;
pub mod explain;
pub mod playground;
pub mod setup;
pub mod tenancy;
