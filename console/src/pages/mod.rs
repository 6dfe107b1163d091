//! Pages, a file each, in the folder of their area.

pub mod account;
pub mod cells;
mod frame;
pub mod home;
mod model_words;
pub mod operator;
pub mod routes;
pub mod signed_out;
pub mod tenant;
