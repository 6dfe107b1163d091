//! Taking over the spool of a process that does not come back.

use std::{path::Path, sync::atomic::Ordering, time::Duration};

use db::Database;
use tokio::time::timeout;

use crate::{
    folder::SpoolError,
    meter::{Meter, SpoolSettings},
    recovery::Recovered,
    shipper::{Shipper, ShipperSettings},
};

/// Why a spool was not adopted, or not wholly.
#[derive(Debug, thiserror::Error)]
pub enum AdoptError {
    /// [`SpoolError::Locked`]: its process lives.
    #[error(transparent)]
    Spool(#[from] SpoolError),
    /// The rest waits in its spool for the next adoption.
    #[error("the database did not take all usage events: {unshipped} are left")]
    Unshipped { unshipped: u64 },
    #[error("the spool could not be opened: its thread ended")]
    Interrupted,
}

/// Recovers a spool as its own process would have, and ships it, under its lock. Its folder stays, for a process that
/// may come back after all. Harmless when repeated.
///
/// # Errors
/// [`AdoptError`]: the spool is in use or can't be read, or the database was away for longer than `patience`.
pub async fn adopt(
    folder: impl AsRef<Path>,
    database: Database,
    settings: SpoolSettings,
    patience: Duration,
) -> Result<Recovered, AdoptError> {
    let folder = folder.as_ref().to_owned();
    let opened = tokio::task::spawn_blocking(move || Meter::open(folder, settings)).await;
    let (meter, recovered) = opened.map_err(|_| AdoptError::Interrupted)??;
    let shipper = Shipper::start(&meter, database, ShipperSettings::default());
    if timeout(patience, shipper.drain()).await.is_err() {
        return Err(AdoptError::Unshipped { unshipped: meter.spool().unshipped.load(Ordering::Relaxed) });
    }
    tracing::info!(?recovered, "adopted a usage spool");
    Ok(recovered)
}
