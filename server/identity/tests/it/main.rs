//! Calls through the assembled router, on a real database.

mod app;

mod invitations;
mod me;
mod operators;
mod sessions;
mod setup;
mod tokens;
