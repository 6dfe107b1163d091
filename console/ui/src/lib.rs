//! The console's design system: components that know no API and fetch nothing.
//!
//! A page hands in plain values and gets accessible HTML that is complete without a script; hydration adds
//! copying, the theme choice, dialogs opened by code, and toasts. Looks live in `style/`: a component
//! names classes and never writes an inline style, so a strict content security policy holds.
//!
//! Invariants: text props are `String`s where empty means absent; identifiers come from props (never
//! from counters), so that server and browser agree; time and "now" are parameters (Unix seconds); money is
//! exact decimal text. Attributes such as `on:click` or `attr:id` on a component land on its root element.

mod alert;
mod avatar;
mod badge;
mod button;
mod card;
mod chart;
mod code;
mod copy;
mod describe;
mod dialog;
mod dom;
mod empty;
mod filter;
mod form;
pub mod format;
mod icon;
mod layout;
mod link;
mod logo;
mod markup;
mod menu;
mod meter;
mod page_header;
mod prose;
mod secret;
mod shell;
mod skeleton;
mod stat;
mod stepper;
mod table;
mod tabs;
mod theme;
mod time;
mod toast;
mod value;

pub use alert::*;
pub use avatar::*;
pub use badge::*;
pub use button::*;
pub use card::*;
pub use chart::*;
pub use code::*;
pub use copy::*;
pub use describe::*;
pub use dialog::*;
pub use empty::*;
pub use filter::*;
pub use form::*;
pub use icon::*;
pub use layout::*;
pub use link::*;
pub use logo::*;
pub use markup::escaped;
pub use menu::*;
pub use meter::*;
pub use page_header::*;
pub use prose::*;
pub use secret::*;
pub use shell::*;
pub use skeleton::*;
pub use stat::*;
pub use stepper::*;
pub use table::*;
pub use tabs::*;
pub use theme::*;
pub use time::*;
pub use toast::*;
pub use value::*;
