//! The monthly partitions of `usage_events`.

use chrono::{DateTime, Datelike, NaiveDate, Utc};
use sqlx::PgConnection;

/// The first day of a moment's month.
pub(crate) fn month_of(at: DateTime<Utc>) -> NaiveDate {
    let day = at.date_naive();
    day.with_day(1).unwrap_or(day)
}

/// Makes a month's partition where it is missing.
pub(crate) async fn ensure(conn: &mut PgConnection, month: NaiveDate) -> Result<(), sqlx::Error> {
    sqlx::query("select ensure_usage_partition($1)").bind(month).execute(conn).await?;
    Ok(())
}
