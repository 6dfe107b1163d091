//! Numbers, money, and time as people read them. Pure functions, no floats printed by the
//! standard library (its float printer would be a large part of a small wasm file).

mod calendar;
mod money;
mod number;

pub use calendar::{Civil, clock, date, date_time, iso, relative, short_date};
pub use money::{money, money_fine, symbol};
pub use number::{bytes, compact, fixed, group, millis, percent};
