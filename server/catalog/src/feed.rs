//! The configuration, handed to a gateway as it changes.

use std::{path::PathBuf, time::Duration};

use db::{Change, ChangeListener, Database, DbError};
use snapshot::{Rows, disk};
use tokio_util::sync::CancellationToken;

use crate::{store, tokenizer};

/// The channel that the database announces changes on.
const CHANNEL: &str = "switchyard_config";
/// How long a lost announcement can delay a change.
const POLL: Duration = Duration::from_millis(500);

/// The folder of the models' tokenizers, beside the saved configuration.
const TOKENIZERS: &str = "tokenizers";

/// Reads the whole configuration as of one moment.
pub async fn load_rows(db: &Database) -> Result<Rows, DbError> {
    let mut tx = db.gateway().await?;
    let rows = store::rows::load(&mut tx).await?;
    tx.commit().await?;
    Ok(rows)
}

/// Who follows the configuration.
pub struct Follow {
    pub db: Database,
    /// Where to keep it for a start without the database.
    pub file: PathBuf,
    /// The generation that the follower has already, from the file; 0 for none.
    pub known: i64,
}

/// Hands every new configuration to `publish`, until `stop`. `confirm` is called whenever the present one was found to
/// be up to date, so that its age is known.
pub async fn follow(follow: Follow, publish: impl Fn(Rows), confirm: impl Fn(), stop: CancellationToken) {
    let Follow { db, file, mut known } = follow;
    let mut listener = db.listen(CHANNEL);
    while !stop.is_cancelled() {
        match newer(&db, known).await {
            Ok(Some(mut rows)) => {
                tokenizer::place(&db, &file.with_file_name(TOKENIZERS), &mut rows).await;
                known = rows.generation;
                save(file.clone(), rows.clone()).await;
                publish(rows);
            }
            Ok(None) => {}
            Err(error) => tracing::warn!(%error, "configuration not readable, going on with what is known"),
        }
        if db.ping().await.is_ok() {
            confirm();
        }
        tokio::select! {
            () = stop.cancelled() => return,
            () = announced(&mut listener) => {}
            () = tokio::time::sleep(POLL) => {}
        }
    }
}

async fn announced(listener: &mut ChangeListener) {
    match listener.next().await {
        Change::Gap | Change::Notified(_) => {}
    }
}

async fn newer(db: &Database, known: i64) -> Result<Option<Rows>, DbError> {
    let mut tx = db.gateway().await?;
    // The counter may also go back, when a backup is restored: any other number is news.
    let rows = if store::rows::generation(&mut tx).await? == known {
        None
    } else {
        Some(store::rows::load(&mut tx).await?)
    };
    tx.commit().await?;
    Ok(rows)
}

async fn save(file: PathBuf, rows: Rows) {
    let saved = tokio::task::spawn_blocking(move || disk::save(&file, &rows)).await;
    match saved {
        Ok(Ok(())) => {}
        Ok(Err(error)) => tracing::error!(%error, "configuration not saved, the file keeps an older one"),
        Err(error) => tracing::error!(%error, "configuration not saved"),
    }
}
