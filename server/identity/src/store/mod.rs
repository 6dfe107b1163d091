//! All SQL of this room. Statements name the tenant besides row-level security.

pub mod invitation;
pub mod member;
pub mod operator;
pub mod session;
pub mod token;
