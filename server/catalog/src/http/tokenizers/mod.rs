pub mod delete;
pub mod put;
