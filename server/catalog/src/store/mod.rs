//! All SQL of this room.

pub mod deployment;
pub mod grant;
pub mod model;
pub mod operator_key;
pub mod pool;
pub mod price;
pub mod rows;
pub mod tokenizer;
