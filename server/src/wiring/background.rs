//! Background work: jobs, and mail when there is a server to send it.

use std::{sync::Arc, time::Duration};

use anyhow::Context;
use batches::ObjectRemoval;
use jobs::Worker;
use mail::Postman;
use tokio_util::{sync::CancellationToken, task::TaskTracker};

use crate::foundation::Foundation;

/// How long the postman waits when there is nothing to send.
const MAIL_CHECK: Duration = Duration::from_secs(2);

pub fn start(foundation: &Foundation, stop: &CancellationToken, tasks: &TaskTracker) -> anyhow::Result<()> {
    let removal = Arc::new(ObjectRemoval::new(foundation.objects.clone()));
    let worker =
        Worker::new(foundation.db.clone(), foundation.clock.clone()).handle(ObjectRemoval::KIND, removal);
    tasks.spawn(worker.run(stop.clone()));
    let mail = &foundation.settings.mail;
    if let Some(url) = &mail.smtp_url {
        let postman = Postman::new(foundation.db.clone(), foundation.clock.clone(), url, &mail.from)
            .context("mail cannot be sent")?;
        tasks.spawn(deliver(postman, stop.clone()));
    }
    Ok(())
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
