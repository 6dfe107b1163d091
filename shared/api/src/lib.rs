//! What travels over `/api/v1`: requests and responses, a file a room. The server documents them by utoipa (feature
//! `openapi`), the console reads them in wasm. Plain data; requests refuse unknown fields.

pub mod batches;
pub mod billing;
pub mod catalog;
pub mod decisions;
pub mod engines;
pub mod identity;
pub mod playground;
pub mod routes;
pub mod tenancy;
