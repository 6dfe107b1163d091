pub mod complete;
