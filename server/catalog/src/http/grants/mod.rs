pub mod list;
pub mod replace;
