pub mod password;
pub mod read;
pub mod update;
