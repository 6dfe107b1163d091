//! The room's endpoints: a folder a noun, a file a verb.

mod invitation;
mod mail;
mod me;
mod my_session;
mod operator;
mod session;
mod setup;
mod token;

use utoipa_axum::{router::OpenApiRouter, routes};

use crate::Identity;

/// Every endpoint of the room, by its full path. To stand inside the layers of sessions, audit and idempotency.
pub fn routes(identity: Identity) -> OpenApiRouter {
    OpenApiRouter::new()
        // For whoever is not signed in yet.
        .routes(routes!(session::sign_in::sign_in))
        .routes(routes!(setup::complete::complete_setup))
        .routes(routes!(invitation::preview::preview_invitation))
        .routes(routes!(invitation::accept::accept_invitation))
        // One's own.
        .routes(routes!(session::sign_out::sign_out))
        .routes(routes!(me::read::read_me, me::update::update_me))
        .routes(routes!(me::password::change_password))
        .routes(routes!(my_session::list::list_my_sessions))
        .routes(routes!(my_session::end::end_my_session))
        .routes(routes!(token::list::list_my_tokens, token::create::create_my_token))
        .routes(routes!(token::revoke::revoke_my_token))
        // For operators.
        .routes(routes!(operator::list::list_operators, operator::create::create_operator))
        .routes(routes!(operator::update::update_operator))
        .routes(routes!(mail::list::list_mail))
        .with_state(identity)
}
