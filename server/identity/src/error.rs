//! What can go wrong in this room, and how a caller is told: one table.

use access::database_problem;
use axum::response::{IntoResponse, Response};
use db::DbError;
use shared::ErrorCode;
use web::Problem;

use crate::PasswordRefusal;

#[derive(Debug, thiserror::Error)]
pub enum IdentityError {
    #[error("refused")]
    Refused(#[from] Problem),
    #[error("the database failed")]
    Db(#[from] DbError),
    #[error("the e-mail address or the password is wrong")]
    WrongCredentials,
    #[error("the present password is wrong")]
    WrongPassword,
    #[error("the new password is refused")]
    Password(#[from] PasswordRefusal),
    #[error("hashing a password failed")]
    Hashing(#[source] Box<dyn std::error::Error + Send + Sync>),
    #[error("the address is taken")]
    EmailTaken,
    #[error("an expiry in the past")]
    ExpiryInPast,
    #[error("operators do not disable themselves")]
    DisablesSelf,
    #[error("no operator would be left")]
    LastOperator,
    #[error("a token was sent where a session is ended")]
    NotASession,
    #[error("no open invitation")]
    NoInvitation,
    #[error("no open set-up")]
    NoSetup,
    #[error("no such {0}")]
    NotFound(&'static str),
}

impl From<sqlx::Error> for IdentityError {
    fn from(error: sqlx::Error) -> Self {
        Self::Db(error.into())
    }
}

impl From<IdentityError> for Problem {
    fn from(error: IdentityError) -> Self {
        use IdentityError::*;
        match error {
            Refused(problem) => problem,
            Db(error) => database_problem(&error),
            WrongCredentials => Self::new(
                ErrorCode::WrongCredentials,
                "The e-mail address or the password is wrong, or the account cannot sign in here.",
            ),
            WrongPassword => Self::field("current", "this is not your present password"),
            Password(refusal) => Self::field("password", refusal.to_string()),
            Hashing(error) => Self::internal(&*error),
            EmailTaken => {
                Self::new(ErrorCode::Conflict, "Somebody with this e-mail address is there already.")
            }
            ExpiryInPast => Self::field("expires_at", "expected a time in the future, or none"),
            DisablesSelf => {
                Self::new(ErrorCode::Conflict, "You cannot disable yourself. Ask another operator to do it.")
            }
            LastOperator => Self::new(ErrorCode::Conflict, "This is the last operator who can sign in."),
            NotASession => Self::new(
                ErrorCode::Conflict,
                "You sent a token, which has no session to end. Revoke it with DELETE /api/v1/me/tokens/{id}.",
            ),
            NoInvitation => Self::new(
                ErrorCode::NotFound,
                "This invitation was used, was revoked or has expired. Ask who invited you for a new one.",
            ),
            NoSetup => Self::new(
                ErrorCode::NotFound,
                "This set-up link is not valid: it works once, while there is no operator. \
                 Restart the server to print a new one.",
            ),
            NotFound(what) => Self::not_found(what),
        }
    }
}

impl IntoResponse for IdentityError {
    fn into_response(self) -> Response {
        Problem::from(self).into_response()
    }
}
