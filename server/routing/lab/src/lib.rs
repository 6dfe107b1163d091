//! A fleet of engines in virtual time, to compare routing policies on the same traffic.
//!
//! A [`Trace`] is drawn from a seed: requests with their arrival, the blocks of their prompts and the length of their
//! answers. A [`Fleet`] plays it: each request goes to one of some gateways, whose [`Policy`] chooses an engine by what
//! a gateway can see (its own calls at once, the engines' word as old as the scrape interval); an [`Engine`] queues,
//! reads, writes and caches by the constants in [`model`]. What came of it is an [`Outcome`].
//!
//! ```text
//! seed → Trace ─┐
//!               ├→ Fleet (gateways with a Policy each → Engines) → Outcome → report, targets
//! Policy ───────┘
//! ```
//!
//! Invariants
//! - Time is a count of microseconds; nothing here reads a clock or draws from anything but the seed. The same seed
//!   gives the same outcome to the last digit.
//! - A policy never sees what a gateway can't: not the length of an answer, not an engine's state between scrapes, not
//!   another gateway's calls.
//! - The prompt tokens that an engine reads and those that its cache spares add up to the prompts.

pub mod decide;
mod engine;
mod fleet;
pub mod model;
mod outcome;
mod policy;
pub mod report;
mod request;
pub mod targets;
mod traffic;
mod view;

pub use engine::{BlockCache, Engine, Event, Work};
pub use fleet::{Conditions, Fleet};
pub use outcome::{Outcome, median};
pub use policy::{Finish, Policy, PolicyKind};
pub use request::{Arrival, Ask, BLOCK_BYTES, BlockId, Micros, Request, Trace, block_bytes};
pub use traffic::TraceKind;
pub use view::{Scraped, Seen, View};
