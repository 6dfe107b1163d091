//! All SQL of this room.

pub mod data_class;
pub mod deployment;
pub mod engine_errors;
pub mod grant;
pub mod model;
pub mod operator_key;
pub mod playground;
pub mod pool;
pub mod price;
pub mod routes;
pub mod rows;
pub mod tokenizer;
pub mod upstream;
