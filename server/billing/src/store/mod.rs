//! All SQL of this room.

pub mod calls;
pub mod rollup;

use rust_decimal::Decimal;
use sqlx::{Row, postgres::PgRow};

use crate::report::Sum;

/// The columns that every query over rollups sums, in the names that [`sum`] reads.
fn sum(row: &PgRow) -> Result<Sum, sqlx::Error> {
    let count = |name: &str| row.try_get::<i64, _>(name).map(|n| u64::try_from(n).unwrap_or_default());
    let counts = |name: &str| {
        let read: Option<Vec<i64>> = row.try_get(name)?;
        Ok::<_, sqlx::Error>(
            read.unwrap_or_default().into_iter().map(|n| u64::try_from(n).unwrap_or_default()).collect(),
        )
    };
    Ok(Sum {
        requests: count("requests")?,
        errors: count("errors")?,
        rejected: count("rejected")?,
        aborted: count("aborted")?,
        prompt_tokens: count("prompt_tokens")?,
        cached_tokens: count("cached_tokens")?,
        completion_tokens: count("completion_tokens")?,
        reasoning_tokens: count("reasoning_tokens")?,
        amount: row.try_get::<Option<Decimal>, _>("amount")?.unwrap_or_default(),
        latency: counts("latency")?,
        first_token: counts("first_token")?,
    })
}
