pub mod chat;
pub mod shares;
