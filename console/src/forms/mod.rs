//! How pages talk to server functions.
//!
//! One form ([`Form`]) and one resource ([`load`]) serve all of them: what differs is an address and a body of text. An
//! `ActionForm` and a `Resource` for each function would be most of the wasm that browsers load.

mod action;
#[cfg(feature = "hydrate")]
mod browser;
mod fields;
mod reading;

pub use action::{Form, FormAction, on_success};
#[cfg(feature = "hydrate")]
pub use browser::ask;
pub use fields::{DialogSubmit, EarlyProblem, FormProblem, Notice, Problem, field, hidden, problem_of};
pub use reading::{Reading, load, loaded, loaded_answer};
