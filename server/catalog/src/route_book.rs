//! The operator's routes as they are kept: made, changed, rolled back, promoted, retired. The API and the command line
//! go through here, each in a transaction of its own.

use chrono::{DateTime, Utc};
use db::{DbError, OperatorTx};
use shared::{ErrorCode, RouteId, route::RouteSpec};
use shared_api::routes::{NewRoute, Promote, Rollback, Route, RouteChange, RouteVersion};
use web::Problem;

use crate::{
    route::{self, Fault, Owner},
    store::routes::{NewRow, NewVersion, known, shared as store},
};

/// Why a route stays as it is.
#[derive(Debug, thiserror::Error)]
pub enum RouteRefusal {
    /// The path begins at the document of the route, or is `name`, `description`, `note` or `arm`.
    #[error(transparent)]
    Fault(#[from] Fault),
    #[error("there is no such route")]
    Missing,
    #[error("there is a route `{0}` already: choose another name")]
    NameTaken(String),
    #[error("version {present} is in force by now, not {expected}: look at it, then try again")]
    Changed { expected: u32, present: u32 },
    #[error("there is no version {version}: the latest is {latest}")]
    NoVersion { version: u32, latest: u32 },
    #[error("the database failed")]
    Db(#[from] DbError),
}

/// Fields beside the document.
const BESIDE: [&str; 4] = ["name", "description", "note", "arm"];

impl From<RouteRefusal> for Problem {
    fn from(refusal: RouteRefusal) -> Self {
        let text = refusal.to_string();
        match refusal {
            RouteRefusal::Fault(Fault { field, message }) if BESIDE.contains(&field.as_str()) => {
                Self::field(field, message)
            }
            RouteRefusal::Fault(Fault { field, message }) => Self::field(format!("spec.{field}"), message),
            RouteRefusal::Missing => Self::not_found("route"),
            RouteRefusal::NoVersion { .. } => Self::field("version", text),
            RouteRefusal::NameTaken(_) | RouteRefusal::Changed { .. } => Self::new(ErrorCode::Conflict, text),
            RouteRefusal::Db(error) => access::database_problem(&error),
        }
    }
}

/// Who changes something, and when.
#[derive(Debug, Clone, Copy)]
pub struct Author<'a> {
    /// As it is shown beside a version: an e-mail address.
    pub by: &'a str,
    pub now: DateTime<Utc>,
}

/// In force still: a change made from a version that no longer is would undo another's.
pub(crate) fn check_version(expected: Option<u32>, present: u32) -> Result<(), RouteRefusal> {
    match expected {
        Some(expected) if expected != present => Err(RouteRefusal::Changed { expected, present }),
        _ => Ok(()),
    }
}

/// In the order of their names.
pub async fn list(tx: &mut OperatorTx, after: Option<&str>, rows: i64) -> Result<Vec<Route>, RouteRefusal> {
    Ok(store::list(tx, None, after, rows).await?)
}

pub async fn get(tx: &mut OperatorTx, id: RouteId) -> Result<Route, RouteRefusal> {
    store::get(tx, id).await?.ok_or(RouteRefusal::Missing)
}

/// A route by its name, for people who type.
pub async fn find(tx: &mut OperatorTx, name: &str) -> Result<Route, RouteRefusal> {
    match store::id_by_name(tx, name).await? {
        Some(id) => get(tx, id).await,
        None => Err(RouteRefusal::Missing),
    }
}

/// The latest first.
pub async fn versions(
    tx: &mut OperatorTx,
    id: RouteId,
    before: Option<u32>,
    rows: i64,
) -> Result<Vec<RouteVersion>, RouteRefusal> {
    get(tx, id).await?;
    Ok(store::versions(tx, id, before, rows).await?)
}

pub async fn create(tx: &mut OperatorTx, new: &NewRoute, author: Author<'_>) -> Result<Route, RouteRefusal> {
    let known = known::to_operator(tx).await?;
    route::check_name(&new.name, &known)?;
    route::check_text("description", &new.description)?;
    route::check_text("note", &new.note)?;
    route::check(&new.name, &new.spec, &known, Owner::Operator)?;
    let version = NewVersion { spec: &new.spec, note: &new.note, by: author.by };
    let row = NewRow { name: &new.name, description: &new.description, version };
    let taken = || RouteRefusal::NameTaken(new.name.clone());
    let id = store::insert(tx, &row, author.now).await?.ok_or_else(taken)?;
    get(tx, id).await
}

pub async fn change(
    tx: &mut OperatorTx,
    id: RouteId,
    change: &RouteChange,
    author: Author<'_>,
) -> Result<Route, RouteRefusal> {
    let held = store::hold(tx, id).await?.ok_or(RouteRefusal::Missing)?;
    check_version(change.if_version, held.version)?;
    if let Some(description) = &change.description {
        route::check_text("description", description)?;
        store::describe(tx, id, description).await?;
    }
    if let Some(spec) = &change.spec {
        replace(tx, &held, spec, &change.note, author).await?;
    }
    get(tx, id).await
}

/// A new version of a held route, in force at once.
async fn replace(
    tx: &mut OperatorTx,
    held: &Route,
    spec: &RouteSpec,
    note: &str,
    author: Author<'_>,
) -> Result<(), RouteRefusal> {
    route::check_text("note", note)?;
    route::check(&held.name, spec, &known::to_operator(tx).await?, Owner::Operator)?;
    let version = held.latest_version + 1;
    let new = NewVersion { spec, note, by: author.by };
    store::insert_version(tx, held.id, version, &new, author.now).await?;
    store::activate(tx, held.id, version, author.now).await?;
    Ok(())
}

/// An earlier version is in force again. What it names may be gone by now; it was good once and is not judged anew, so
/// that going back always works.
pub async fn roll_back(
    tx: &mut OperatorTx,
    id: RouteId,
    to: &Rollback,
    author: Author<'_>,
) -> Result<Route, RouteRefusal> {
    let held = store::hold(tx, id).await?.ok_or(RouteRefusal::Missing)?;
    check_version(to.if_version, held.version)?;
    if !store::activate(tx, id, to.version, author.now).await? {
        return Err(RouteRefusal::NoVersion { version: to.version, latest: held.latest_version });
    }
    get(tx, id).await
}

/// A new version in which one arm has all the weight; the others keep their place with none.
pub async fn promote(
    tx: &mut OperatorTx,
    id: RouteId,
    promote: &Promote,
    author: Author<'_>,
) -> Result<Route, RouteRefusal> {
    let held = store::hold(tx, id).await?.ok_or(RouteRefusal::Missing)?;
    check_version(promote.if_version, held.version)?;
    let spec = promoted(&held.spec, &promote.arm)?;
    replace(tx, &held, &spec, &format!("{} promoted", promote.arm), author).await?;
    get(tx, id).await
}

fn promoted(spec: &RouteSpec, arm: &str) -> Result<RouteSpec, Fault> {
    let mut spec = spec.clone();
    if spec.arms.iter().all(|one| one.name != arm) {
        let names: Vec<_> = spec.arms.iter().map(|one| one.name.as_str()).collect();
        let message = format!("there is no arm `{arm}`; there are: {}", names.join(", "));
        return Err(Fault { field: "arm".to_owned(), message });
    }
    for one in &mut spec.arms {
        one.weight = if one.name == arm { 100 } else { 0 };
    }
    Ok(spec)
}

pub async fn retire(tx: &mut OperatorTx, id: RouteId, author: Author<'_>) -> Result<(), RouteRefusal> {
    if store::retire(tx, id, author.now).await? { Ok(()) } else { Err(RouteRefusal::Missing) }
}
