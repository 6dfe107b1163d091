//! All SQL of this room. Statements name the tenant besides row-level security.

pub mod api_key;
pub mod audit;
pub mod invitation;
pub mod member;
pub mod model;
pub mod offboarding;
pub mod project;
pub mod team;
pub mod tenant;
