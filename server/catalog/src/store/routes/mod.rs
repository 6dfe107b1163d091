//! Routes and their versions: the operator's in [`shared`], a tenant's in [`own`], what came of their arms in [`arms`].

pub mod arms;
pub mod known;
pub mod own;
pub mod shared;

use ::shared::{RouteId, route::RouteSpec};
use shared_api::routes::{Route, RouteVersion};
use sqlx::{FromRow, Row, postgres::PgRow, types::Json};

/// A route to be made, with its first version.
pub struct NewRow<'a> {
    pub name: &'a str,
    pub description: &'a str,
    pub version: NewVersion<'a>,
}

pub struct NewVersion<'a> {
    pub spec: &'a RouteSpec,
    pub note: &'a str,
    /// E-mail address.
    pub by: &'a str,
}

/// The columns of a route, joined as `r` with its version in force as `v`.
macro_rules! route_columns {
    () => {
        "r.id, r.name, r.description, r.active_version, r.created_by, r.created_at, r.changed_at, v.spec, v.note, v.created_by as changed_by"
    };
}
use route_columns;

struct RouteRow(Route);

fn whole(row: &PgRow, column: &str) -> Result<u32, sqlx::Error> {
    Ok(row.try_get::<i32, _>(column)?.try_into().unwrap_or_default())
}

impl FromRow<'_, PgRow> for RouteRow {
    fn from_row(row: &PgRow) -> Result<Self, sqlx::Error> {
        let Json(spec) = row.try_get("spec")?;
        Ok(Self(Route {
            id: RouteId::from_uuid(row.try_get("id")?),
            name: row.try_get("name")?,
            description: row.try_get("description")?,
            version: whole(row, "active_version")?,
            latest_version: whole(row, "latest_version")?,
            spec,
            note: row.try_get("note")?,
            changed_by: row.try_get("changed_by")?,
            changed_at: row.try_get("changed_at")?,
            created_by: row.try_get("created_by")?,
            created_at: row.try_get("created_at")?,
        }))
    }
}

struct VersionRow(RouteVersion);

impl FromRow<'_, PgRow> for VersionRow {
    fn from_row(row: &PgRow) -> Result<Self, sqlx::Error> {
        let Json(spec) = row.try_get("spec")?;
        Ok(Self(RouteVersion {
            version: whole(row, "version")?,
            active: row.try_get("active")?,
            spec,
            note: row.try_get("note")?,
            created_by: row.try_get("created_by")?,
            created_at: row.try_get("created_at")?,
        }))
    }
}

fn number(version: u32) -> i32 {
    i32::try_from(version).unwrap_or(i32::MAX)
}
