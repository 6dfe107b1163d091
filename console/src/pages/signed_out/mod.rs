//! Pages for those who are not signed in.

mod invitation_page;
mod set_up_page;
mod sign_in_page;

pub use invitation_page::{InvitationPage, NewPassword};
pub use set_up_page::SetUpPage;
pub use sign_in_page::{OperatorSignIn, SignInPage};
