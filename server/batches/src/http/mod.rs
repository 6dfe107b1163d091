//! The room's endpoints: OpenAI's for programs, the control plane's for people.

pub mod api;
pub mod content;
pub mod v1;
