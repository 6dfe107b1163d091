use std::io;

use crate::embedded::LaunchError;

/// What can go wrong between the server and its database.
#[derive(Debug, thiserror::Error)]
pub enum DbError {
    /// The database cannot be reached now; the same call may succeed later.
    #[error("the database is unavailable")]
    Unavailable(#[source] sqlx::Error),
    /// The embedded cluster could not be started.
    #[error("cannot start the embedded database")]
    Launch(#[from] LaunchError),
    /// An address could not be understood. `setting` is its name, never its value: it holds a password.
    #[error("{setting} is not a PostgreSQL address; expected postgres://user:password@host:port/database")]
    Address {
        setting: &'static str,
        #[source]
        source: sqlx::Error,
    },
    /// Migrating an external database needs its owner's address.
    #[error(
        "DATABASE_MIGRATION_URL is not set; it must log in as switchyard_owner, or as a superuser who makes the roles"
    )]
    MigrationUrlMissing,
    /// Roles are missing in an external cluster and the migration login may not make them.
    #[error(
        "the database lacks the roles {} and the login of DATABASE_MIGRATION_URL is no superuser, who could make them; \
         have a superuser run this in the database:\n\n{sql}",
        missing.join(", ")
    )]
    RolesMissing { missing: Vec<String>, sql: &'static str },
    /// The migration login is not, and cannot become, the owner of the schema.
    #[error("the login of DATABASE_MIGRATION_URL cannot act as switchyard_owner; log in as that role")]
    NotOwner(#[source] sqlx::Error),
    /// The login would get around row-level security.
    #[error("the database login `{login}` is refused: {fault}")]
    LoginRefused { login: String, fault: LoginFault },
    #[error("the migrations did not complete")]
    Migrate(#[source] Box<sqlx::migrate::MigrateError>),
    /// The database was made by an older release and this process was not asked to migrate it.
    #[error("the database lacks migrations {missing:?}; run `switchyard migrate` first")]
    SchemaOutdated { missing: Vec<i64> },
    /// A statement failed.
    #[error("a database statement failed")]
    Query(#[source] sqlx::Error),
}

/// Why a login is refused.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum LoginFault {
    #[error("it is a superuser, whom row-level security does not bind; use switchyard_login")]
    Superuser,
    #[error("it, or a role it may take, can bypass row-level security; use switchyard_login")]
    BypassesRowSecurity,
    #[error("it inherits the rights of {}; make it with NOINHERIT", .0.join(", "))]
    Inherits(Vec<String>),
    #[error("it may not take the roles {}; grant them to it, or use switchyard_login", .0.join(", "))]
    LacksRoles(Vec<String>),
}

impl DbError {
    /// The constraint that a statement violated, by its name in the schema.
    pub fn constraint(&self) -> Option<&str> {
        self.database_error()?.constraint()
    }

    /// The five characters of SQLSTATE, where PostgreSQL itself refused.
    pub fn sqlstate(&self) -> Option<String> {
        self.database_error()?.code().map(|code| code.into_owned())
    }

    /// True when trying again later can help.
    pub fn is_unavailable(&self) -> bool {
        matches!(self, Self::Unavailable(_))
    }

    /// True when `fetch_one` found no row.
    pub fn is_not_found(&self) -> bool {
        matches!(self, Self::Query(sqlx::Error::RowNotFound))
    }

    fn database_error(&self) -> Option<&dyn sqlx::error::DatabaseError> {
        match self {
            Self::Query(error) | Self::Unavailable(error) => error.as_database_error(),
            _ => None,
        }
    }
}

impl From<sqlx::Error> for DbError {
    fn from(error: sqlx::Error) -> Self {
        if means_unavailable(&error) { Self::Unavailable(error) } else { Self::Query(error) }
    }
}

impl From<sqlx::migrate::MigrateError> for DbError {
    fn from(error: sqlx::migrate::MigrateError) -> Self {
        match error {
            sqlx::migrate::MigrateError::Execute(source) if means_unavailable(&source) => {
                Self::Unavailable(source)
            }
            other => Self::Migrate(Box::new(other)),
        }
    }
}

fn means_unavailable(error: &sqlx::Error) -> bool {
    match error {
        sqlx::Error::Io(_)
        | sqlx::Error::Tls(_)
        | sqlx::Error::PoolTimedOut
        | sqlx::Error::PoolClosed
        | sqlx::Error::WorkerCrashed
        | sqlx::Error::BeginFailed => true,
        sqlx::Error::Database(error) => error.code().is_some_and(|code| {
            // Connection exceptions, shutdowns and crashes, no more connections, a primary that became a standby.
            code.starts_with("08") || code.starts_with("57P") || code == "53300" || code == "25006"
        }),
        _ => false,
    }
}

/// Maps a violated constraint to an error of the caller's.
pub trait OnConstraint<T> {
    /// `map` answers for a violation of the constraint `name`; every other error goes through `From<DbError>`.
    fn on_constraint<E: From<DbError>>(self, name: &str, map: impl FnOnce() -> E) -> Result<T, E>;
}

impl<T, S: Into<DbError>> OnConstraint<T> for Result<T, S> {
    fn on_constraint<E: From<DbError>>(self, name: &str, map: impl FnOnce() -> E) -> Result<T, E> {
        self.map_err(|error| {
            let error = error.into();
            if error.constraint() == Some(name) { map() } else { E::from(error) }
        })
    }
}

/// An I/O error with the path and the verb that it belongs to.
pub(crate) fn at(
    doing: &'static str,
    path: impl Into<std::path::PathBuf>,
) -> impl FnOnce(io::Error) -> LaunchError {
    let path = path.into();
    move |source| LaunchError::Files { doing, path, source }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_lost_connection_is_worth_trying_again_and_a_missing_row_is_not() {
        let lost = DbError::from(sqlx::Error::Io(io::Error::from(io::ErrorKind::ConnectionReset)));
        assert!(lost.is_unavailable());
        let none = DbError::from(sqlx::Error::RowNotFound);
        assert!(none.is_not_found() && !none.is_unavailable());
    }
}
