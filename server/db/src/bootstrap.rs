//! The roles: making them, and refusing a login that would get around row-level security.

use sqlx::{Connection, PgConnection, postgres::PgConnectOptions};

use crate::{DbError, LoginFault, Role};

/// Makes the roles and hands the database to its owner. Idempotent; needs a superuser.
pub const SQL: &str = include_str!("bootstrap.sql");

/// The role that owns the schema and runs the migrations.
pub const OWNER: &str = "switchyard_owner";
/// The role that the server logs in as.
pub const LOGIN: &str = "switchyard_login";

/// Every role that the migrations name.
const ROLES: [&str; 9] = [
    OWNER,
    LOGIN,
    "switchyard_app",
    "switchyard_operator",
    "switchyard_gateway",
    "switchyard_metering",
    "switchyard_system",
    "switchyard_lookup",
    "switchyard_maintenance",
];

/// Makes the roles in the cluster and database of this connection.
pub async fn run(superuser: &mut PgConnection) -> Result<(), sqlx::Error> {
    sqlx::raw_sql(SQL).execute(superuser).await.map(drop)
}

/// Makes the roles in a cluster that others run where this login may, or says which SQL a superuser must run.
pub async fn complete(conn: &mut PgConnection) -> Result<(), DbError> {
    let superuser: bool = sqlx::query_scalar("select rolsuper from pg_roles where rolname = session_user")
        .fetch_one(&mut *conn)
        .await?;
    if superuser {
        return Ok(run(conn).await?);
    }
    let missing: Vec<String> = sqlx::query_scalar(
        "select wanted from unnest($1::text[]) wanted where not exists (select from pg_roles where rolname = wanted)",
    )
    .bind(&ROLES[..])
    .fetch_all(conn)
    .await?;
    if missing.is_empty() { Ok(()) } else { Err(DbError::RolesMissing { missing, sql: SQL }) }
}

/// Becomes the owner of the schema for the rest of this connection.
pub async fn become_owner(conn: &mut PgConnection) -> Result<(), DbError> {
    sqlx::query("set role switchyard_owner").execute(conn).await.map(drop).map_err(
        |error| match DbError::from(error) {
            DbError::Query(source) => DbError::NotOwner(source),
            other => other,
        },
    )
}

/// What a login is and may become.
#[derive(sqlx::FromRow)]
struct LoginRights {
    login: String,
    superuser: bool,
    bypasses: bool,
    inherits: Vec<String>,
    lacks: Vec<String>,
}

const RIGHTS: &str = "
    select session_user::text as login,
           me.rolsuper as superuser,
           exists (select from pg_roles r
                   where (r.rolbypassrls or r.rolsuper) and pg_has_role(session_user, r.oid, 'MEMBER')) as bypasses,
           array(select r.rolname::text from pg_roles r
                 where r.rolname <> session_user and pg_has_role(session_user, r.oid, 'USAGE') order by 1) as inherits,
           array(select wanted from unnest($1::text[]) wanted
                 where not exists (select from pg_roles r
                                   where r.rolname = wanted and pg_has_role(session_user, r.oid, 'MEMBER'))) as lacks
    from pg_roles me where me.rolname = session_user";

/// Refuses a login that is a superuser, can bypass row-level security, inherits, or lacks a role.
pub async fn check_login(login: &PgConnectOptions) -> Result<(), DbError> {
    let mut conn = PgConnection::connect_with(login).await?;
    let wanted: Vec<&str> = Role::ALL.into_iter().map(Role::name).collect();
    let rights: LoginRights = sqlx::query_as(RIGHTS).bind(wanted).fetch_one(&mut conn).await?;
    conn.close().await?;
    let LoginRights { login, superuser, bypasses, inherits, lacks } = rights;
    let fault = if superuser {
        LoginFault::Superuser
    } else if bypasses {
        LoginFault::BypassesRowSecurity
    } else if !inherits.is_empty() {
        LoginFault::Inherits(inherits)
    } else if !lacks.is_empty() {
        LoginFault::LacksRoles(lacks)
    } else {
        return Ok(());
    };
    Err(DbError::LoginRefused { login, fault })
}
