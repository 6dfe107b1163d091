//! What the extractors stand on.

use std::{fmt, sync::Arc, time::Duration};

use db::{Database, DbError, OperatorTx, TenantTx};
use http::{HeaderValue, header};
use kv::{Kv, RateLimit};
use secrets::Pepper;
use shared::{Clock, ErrorCode, TenantId};
use web::Problem;

/// What [`Access`] is made of.
pub struct AccessParts {
    pub db: Database,
    pub kv: Arc<dyn Kv>,
    pub clock: Clock,
    /// Keys the hashes of tokens.
    pub pepper: Pepper,
}

/// Shared by every room of the control plane; cheap to clone.
#[derive(Clone)]
pub struct Access(Arc<AccessParts>);

impl fmt::Debug for Access {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Access")
    }
}

impl Access {
    pub fn new(parts: AccessParts) -> Self {
        Self(Arc::new(parts))
    }

    pub fn clock(&self) -> &Clock {
        &self.0.clock
    }

    pub fn pepper(&self) -> &Pepper {
        &self.0.pepper
    }

    pub(crate) fn db(&self) -> &Database {
        &self.0.db
    }

    pub(crate) async fn tenant(&self, tenant: TenantId) -> Result<TenantTx, Problem> {
        self.0.db.tenant(tenant).await.map_err(|error| database_problem(&error))
    }

    pub(crate) async fn operator(&self) -> Result<OperatorTx, Problem> {
        self.0.db.operator().await.map_err(|error| database_problem(&error))
    }

    /// Counts an attempt under a key and refuses when there were too many: `burst` at once, one more each `every`.
    pub async fn attempt(&self, key: &str, burst: u64, every: Duration) -> Result<(), Problem> {
        let limit = RateLimit { units: 1, per: every, burst };
        let admission = match self.0.kv.admit(key, limit, 1).await {
            Ok(admission) => admission,
            Err(error) => return Err(Problem::unavailable(&error)),
        };
        if admission.allowed {
            return Ok(());
        }
        let seconds = admission.retry_after.unwrap_or(every).as_secs().max(1);
        let detail = format!("Too many attempts. Wait {seconds} seconds, then try again.");
        let problem = Problem::new(ErrorCode::TooManyAttempts, detail);
        Err(match HeaderValue::from_str(&seconds.to_string()) {
            Ok(value) => problem.header(header::RETRY_AFTER, value),
            Err(_) => problem,
        })
    }
}

/// A database error as a caller sees it: away, or our fault. Constraint violations are mapped where they are expected.
pub fn database_problem(error: &DbError) -> Problem {
    if error.is_unavailable() { Problem::unavailable(error) } else { Problem::internal(error) }
}

/// The error of a handler that talks to the database: a problem, or a database error that becomes one.
#[derive(Debug)]
pub struct Refusal(Problem);

impl From<Problem> for Refusal {
    fn from(problem: Problem) -> Self {
        Self(problem)
    }
}

impl From<DbError> for Refusal {
    fn from(error: DbError) -> Self {
        Self(database_problem(&error))
    }
}

impl axum::response::IntoResponse for Refusal {
    fn into_response(self) -> axum::response::Response {
        self.0.into_response()
    }
}
