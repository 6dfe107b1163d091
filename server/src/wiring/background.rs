//! Background work: jobs, and mail when there is a server to send it.

use std::{
    path::{Path, PathBuf},
    sync::Arc,
    time::Duration,
};

use anyhow::Context;
use batches::ObjectRemoval;
use jobs::Worker;
use mail::Postman;
use metering::{AdoptError, SpoolError};
use tokio_util::{sync::CancellationToken, task::TaskTracker};

use crate::{data_plane, foundation::Foundation};

/// How long the postman waits when there is nothing to send.
const MAIL_CHECK: Duration = Duration::from_secs(2);
/// Between two looks for usage that was left behind, and how long the database may take over one spool.
const ADOPTION_CHECK: Duration = Duration::from_secs(30);
const ADOPTION_PATIENCE: Duration = Duration::from_mins(1);

pub fn start(foundation: &Foundation, stop: &CancellationToken, tasks: &TaskTracker) -> anyhow::Result<()> {
    let removal = Arc::new(ObjectRemoval::new(foundation.objects.clone()));
    let worker =
        Worker::new(foundation.db.clone(), foundation.clock.clone()).handle(ObjectRemoval::KIND, removal);
    tasks.spawn(worker.run(stop.clone()));
    if let Some(folder) = foundation.settings.metering.adopt_from.clone() {
        tasks.spawn(adopt_spools(foundation.clone(), folder, stop.clone()));
    }
    let mail = &foundation.settings.mail;
    if let Some(url) = &mail.smtp_url {
        let postman = Postman::new(foundation.db.clone(), foundation.clock.clone(), url, &mail.from)
            .context("mail cannot be sent")?;
        tasks.spawn(deliver(postman, stop.clone()));
    }
    Ok(())
}

/// Ships the usage that gateways left behind: those whose data folders stand under `folder` and that do not run.
async fn adopt_spools(foundation: Foundation, folder: PathBuf, stop: CancellationToken) {
    loop {
        let spools = match spools_under(&folder) {
            Ok(spools) => spools,
            Err(error) => {
                tracing::error!(folder = %folder.display(), %error, "metering.adopt_from cannot be read");
                Vec::new()
            }
        };
        for spool in spools {
            let settings = data_plane::spool_settings(&foundation.settings);
            let adopted = metering::adopt(&spool, foundation.db.clone(), settings, ADOPTION_PATIENCE);
            tokio::select! {
                () = stop.cancelled() => return,
                adopted = adopted => match adopted {
                    Ok(_) | Err(AdoptError::Spool(SpoolError::Locked(_))) => {}
                    Err(error) => tracing::error!(spool = %spool.display(), %error, "a usage spool is not adopted"),
                }
            }
        }
        tokio::select! {
            () = stop.cancelled() => return,
            () = tokio::time::sleep(ADOPTION_CHECK) => {}
        }
    }
}

fn spools_under(folder: &Path) -> std::io::Result<Vec<PathBuf>> {
    let folders = std::fs::read_dir(folder)?.collect::<Result<Vec<_>, _>>()?;
    Ok(folders
        .into_iter()
        .map(|entry| data_plane::spool_folder(&entry.path()))
        .filter(|spool| spool.is_dir())
        .collect())
}

async fn deliver(postman: Postman, stop: CancellationToken) {
    while !stop.is_cancelled() {
        match postman.send_next().await {
            Ok(true) => continue,
            Ok(false) => {}
            Err(error) => tracing::warn!(%error, "mail is not sent"),
        }
        tokio::select! {
            () = stop.cancelled() => return,
            () = tokio::time::sleep(MAIL_CHECK) => {}
        }
    }
}
