pub mod create;
pub mod list;
pub mod offered;
pub mod update;
