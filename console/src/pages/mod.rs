//! Pages, a file each, in the folder of their area.

pub mod account;
pub mod cells;
mod frame;
pub mod home;
pub mod operator;
pub mod signed_out;
pub mod tenant;
