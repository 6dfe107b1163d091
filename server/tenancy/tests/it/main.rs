//! Calls through the assembled router, on a real database.

mod app;

mod audit;
mod invitations;
mod keys;
mod members;
mod projects;
mod teams;
mod tenants;
