//! Where rooms meet: a trait owned by the one that needs it, implemented over the one that has it.

pub mod background;
pub mod engine_probe;
pub mod setup;
pub mod tenancy;
