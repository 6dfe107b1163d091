//! All SQL of metering.

mod arms;
mod events;
mod keys;
mod partitions;
mod quarantine;
mod rollups;
mod shadows;

use std::{borrow::Cow, collections::BTreeSet};

pub(crate) use events::implausible;
pub(crate) use keys::{LastUse, touch};
pub(crate) use partitions::{ensure as ensure_partition, month_of};
pub(crate) use quarantine::{Strange, insert as quarantine};

use db::{Database, DbError, MeteringTx};

use crate::{event::UsageEvent, rollup};

/// Events per statement.
pub(crate) const LARGEST_BATCH: usize = 2000;

/// Stores events and grows the rollups by those that were not there yet, in the caller's transaction; shadows are kept
/// apart. Gives the number of new ones. Every event is plausible.
pub(crate) async fn store(tx: &mut MeteringTx, events: &[UsageEvent]) -> Result<usize, DbError> {
    let new = events::insert(tx.conn(), events).await?;
    rollups::grow(tx.conn(), &rollup::aggregate(new.iter().copied())).await?;
    arms::grow(tx.conn(), &rollup::by_arm(new.iter().copied())).await?;
    shadows::insert(tx.conn(), events).await?;
    Ok(new.len())
}

/// Stores made-up past usage, marked as demo data, with its rollups and partitions, in one transaction. Storing the
/// same events again changes nothing. Gives the number of new ones.
///
/// # Errors
/// [`DbError`] where the database fails or refuses an event; nothing is stored then.
pub async fn insert_demo_events(database: &Database, events: &[UsageEvent]) -> Result<usize, DbError> {
    let mut tx = database.metering().await?;
    let months: BTreeSet<_> = events.iter().map(|event| month_of(event.started_at)).collect();
    for month in months {
        partitions::ensure(tx.conn(), month).await?;
    }
    let mut stored = 0;
    for chunk in events.chunks(LARGEST_BATCH) {
        let marked: Vec<_> = chunk.iter().map(|event| UsageEvent { demo: true, ..event.clone() }).collect();
        stored += store(&mut tx, &marked).await?;
    }
    tx.commit().await?;
    Ok(stored)
}

/// PostgreSQL's text has no NUL; a caller must not escape its bill by sending one.
fn text(value: &str) -> Cow<'_, str> {
    if value.contains('\0') { Cow::Owned(value.replace('\0', "\u{FFFD}")) } else { Cow::Borrowed(value) }
}
