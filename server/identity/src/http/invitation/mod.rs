pub mod accept;
pub mod preview;
