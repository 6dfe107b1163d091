//! What can go wrong in this room, and how a caller is told: one table.

use access::database_problem;
use axum::response::{IntoResponse, Response};
use db::DbError;
use shared::ErrorCode;
use web::Problem;

#[derive(Debug, thiserror::Error)]
pub enum TenancyError {
    #[error("refused")]
    Refused(#[from] Problem),
    #[error("the database failed")]
    Db(#[from] DbError),
    #[error("no such {0}")]
    NotFound(&'static str),
    #[error("the slug is taken")]
    SlugTaken,
    #[error("a {0} has that name")]
    NameTaken(&'static str),
    #[error("{field} names a model that cannot be used: {name}")]
    UnknownModel { field: String, name: String, known: Vec<String> },
    #[error("a key that may use no model")]
    NoModels,
    #[error("{field} is not a scope: {name}")]
    UnknownScope { field: String, name: String },
    #[error("an expiry in the past")]
    ExpiryInPast,
    #[error("a limit of no requests")]
    NoRequests,
    #[error("deleted is no status to set")]
    DeletedByStatus,
    #[error("the operator's to change")]
    OperatorsOnly,
    #[error("only owners touch owners")]
    OwnersOnly,
    #[error("no owner would be left")]
    LastOwner,
    #[error("is a member already")]
    MemberExists,
    #[error("is invited already")]
    InvitationOpen,
    #[error("the invitation is closed")]
    InvitationClosed,
    #[error("the administrators' to change")]
    AdministratorsOnly,
    #[error("no such data class")]
    UnknownDataClass,
    #[error("no such team")]
    UnknownTeam,
    #[error("projects belong to the team")]
    TeamInUse,
    #[error("no such project")]
    UnknownProject,
    #[error("the project is archived")]
    ProjectArchived,
    #[error("{0} keys of the project work")]
    KeysInUse(usize),
    #[error("archived by a change")]
    ArchivedByChange,
    #[error("the key is revoked")]
    KeyRevoked,
}

impl From<sqlx::Error> for TenancyError {
    fn from(error: sqlx::Error) -> Self {
        Self::Db(error.into())
    }
}

fn conflict(detail: impl Into<String>) -> Problem {
    Problem::new(ErrorCode::Conflict, detail)
}

fn unknown_model(field: String, name: &str, known: &[String]) -> Problem {
    let known = match known {
        [] => "there are none yet".to_owned(),
        known => format!(
            "expected {}",
            known.iter().map(|name| format!("`{name}`")).collect::<Vec<_>>().join(", ")
        ),
    };
    Problem::field(field, format!("`{name}` is not a model that can be used here: {known}"))
}

impl From<TenancyError> for Problem {
    fn from(error: TenancyError) -> Self {
        use TenancyError::*;
        match error {
            Refused(problem) => problem,
            Db(error) => database_problem(&error),
            NotFound(what) => Self::not_found(what),
            SlugTaken => conflict(
                "`slug`: this name in addresses is taken. Choose another; a deleted tenant keeps its own.",
            ),
            NameTaken(what) => {
                conflict(format!("`name`: there is a {what} with this name already. Choose another."))
            }
            UnknownModel { field, name, known } => unknown_model(field, &name, &known),
            NoModels => Self::field(
                "allowed_models",
                "an empty list allows nothing: leave it out to allow every model",
            ),
            UnknownScope { field, name } => Self::field(
                field,
                format!("`{name}` is not a scope: expected `{}`", crate::api_key::SCOPES.join("`, `")),
            ),
            ExpiryInPast => Self::field("expires_at", "expected a time in the future, or none"),
            NoRequests => Self::field(
                "max_concurrent_requests",
                format!("expected a whole number from 1 to {}, or null for no limit of its own", i32::MAX),
            ),
            DeletedByStatus => Self::field(
                "status",
                "expected `active` or `suspended`; DELETE /api/v1/tenants/{tenant_id} deletes",
            ),
            OperatorsOnly => Self::new(
                ErrorCode::Forbidden,
                "You may change the name; status, limits, regions and engines outside are your provider's to change.",
            ),
            OwnersOnly => {
                Self::new(ErrorCode::Forbidden, "Only an owner makes, changes or removes an owner.")
            }
            LastOwner => {
                conflict("This is the last owner who can sign in. Make somebody else an owner first.")
            }
            MemberExists => conflict("`email`: there is a member with this address already."),
            InvitationOpen => {
                conflict("`email`: an invitation to this address is open. Revoke it to send another.")
            }
            InvitationClosed => conflict("This invitation was accepted or revoked already."),
            AdministratorsOnly => Self::new(
                ErrorCode::Forbidden,
                "A project's data class, its regions and whether responses are stored are an owner's or administrator's to change.",
            ),
            UnknownDataClass => Self::field(
                "data_class",
                "there is no such class; GET /api/v1/tenants/{tenant_id}/data-classes lists them",
            ),
            UnknownTeam => Self::field("team_id", "there is no such team"),
            TeamInUse => conflict("Projects belong to this team. Move them to another team first."),
            UnknownProject => Self::field("project_id", "there is no such project"),
            ProjectArchived => conflict("The project is archived. Take it out of the archive first."),
            KeysInUse(keys) => {
                conflict(format!("{keys} of this project's keys still work. Revoke or disable them first."))
            }
            ArchivedByChange => Self::field(
                "archived",
                "expected `false`; DELETE /api/v1/tenants/{tenant_id}/projects/{project_id} archives",
            ),
            KeyRevoked => conflict("This key is revoked, which is for ever. Make a new one."),
        }
    }
}

impl IntoResponse for TenancyError {
    fn into_response(self) -> Response {
        Problem::from(self).into_response()
    }
}
