//! What pages share: who is signed in and whose pages these are, the time, the theme, the message after an action.

mod navigation;
mod scope;
mod theme;

pub use navigation::{Elsewhere, NotFound, NothingHere, Refused, answer_with};
#[cfg(feature = "ssr")]
pub use navigation::{sign_in_href, within};
#[cfg(feature = "ssr")]
pub(crate) use scope::Known;
pub use scope::{Scope, known_standing, provide_scope, use_scope, use_tenant};
pub use theme::theme;
