//! Ships committed events from the spool to PostgreSQL, in order, for as long as it takes.
//!
//! A pass: read what is committed ([`backlog`]) → store it and grow the rollups in one transaction ([`delivery`]) →
//! note how far it came → delete the segments that are done with. A crash between any two repeats the work, and the
//! events' ids make the repetition count once.

pub(crate) mod backlog;
mod delivery;

use std::{io, sync::atomic::Ordering, time::Duration};

use chrono::TimeDelta;
use db::Database;
use shared::Clock;
use tokio::{sync::watch, task::JoinHandle, time::timeout};

use self::{
    backlog::{Backlog, Batch},
    delivery::Delivery,
};
use crate::{commit::MeterError, event::UsageEvent, meter::Meter, store::LARGEST_BATCH};

/// Between attempts to read a spool that can't be read.
const READ_RETRY: Duration = Duration::from_secs(1);

/// How events are shipped.
#[derive(Debug, Clone)]
pub struct ShipperSettings {
    /// Events are gathered for so long before they are shipped, so dashboards are that old.
    pub interval: Duration,
    /// Events a transaction; 1 to 2000.
    pub batch: usize,
    pub clock: Clock,
}

impl Default for ShipperSettings {
    fn default() -> Self {
        Self { interval: Duration::from_millis(200), batch: 1000, clock: Clock::system() }
    }
}

/// The task that ships. Dropped, it stops where it is; what it had not finished is shipped again.
#[derive(Debug)]
pub struct Shipper {
    stop: watch::Sender<bool>,
    task: JoinHandle<()>,
}

impl Shipper {
    /// Starts shipping, on the runtime it is called in. The database need not be reachable. One shipper a meter.
    pub fn start(meter: &Meter, database: Database, settings: ShipperSettings) -> Self {
        let stop = watch::Sender::new(false);
        let settings = ShipperSettings { batch: settings.batch.clamp(1, LARGEST_BATCH), ..settings };
        let run =
            Run { meter: meter.clone(), delivery: Delivery::new(database, settings.clock.clone()), settings };
        let task = tokio::spawn(run.until(stop.subscribe()));
        Self { stop, task }
    }

    /// Ships all that is committed, then ends. For shutdown, once no more calls are served. It lasts while the database
    /// is away: give it a timeout. What is left then is shipped when the spool is opened again.
    pub async fn drain(mut self) {
        self.stop.send_replace(true);
        if let Err(error) = (&mut self.task).await {
            tracing::error!(%error, "shipping usage ended early");
        }
    }
}

impl Drop for Shipper {
    fn drop(&mut self) {
        self.task.abort();
    }
}

struct Run {
    meter: Meter,
    delivery: Delivery,
    settings: ShipperSettings,
}

impl Run {
    async fn until(mut self, mut stop: watch::Receiver<bool>) {
        let mut committed = self.meter.spool().committed.subscribe();
        let mut backlog = Backlog::new(self.meter.spool().clone());
        loop {
            committed.mark_unchanged();
            let stopping = *stop.borrow_and_update();
            let pass;
            (backlog, pass) = self.pass(backlog).await;
            match pass {
                Ok(()) if stopping => return,
                Ok(()) => {}
                Err(error) => {
                    tracing::error!(%error, "the usage spool can't be read or freed");
                    metrics::counter!("switchyard_metering_spool_faults_total").increment(1);
                    let _ = timeout(READ_RETRY, stop.wait_for(|stop| *stop && !stopping)).await;
                    continue;
                }
            }
            tokio::select! {
                changed = committed.changed() => if changed.is_err() { return },
                _ = stop.changed() => continue,
            }
            let _ = timeout(self.settings.interval, stop.wait_for(|stop| *stop)).await;
        }
    }

    /// Ships until nothing is left.
    async fn pass(&mut self, mut backlog: Backlog) -> (Backlog, io::Result<()>) {
        loop {
            let size = self.settings.batch;
            let batch;
            (backlog, batch) = blocking(backlog, move |backlog| backlog.read(size)).await;
            let batch = match batch {
                Ok(batch) => batch,
                Err(error) => return (backlog, Err(error)),
            };
            if let Some(first) = batch.events.first() {
                self.observe(Some(first));
            }
            self.delivery
                .deliver(&batch, || self.meter.observe(batch.events.first(), &self.settings.clock))
                .await;
            let done;
            (backlog, done) = self.conclude(backlog, &batch).await;
            self.observe(None);
            match done {
                Ok(()) if batch.more => {}
                done => return (backlog, done),
            }
        }
    }

    /// Notes how far it came and frees what is done with.
    async fn conclude(&self, mut backlog: Backlog, batch: &Batch) -> (Backlog, io::Result<()>) {
        let (upto, ends) = (batch.upto, batch.ends);
        let open;
        (backlog, open) = blocking(backlog, move |backlog| {
            backlog.acknowledge(upto, ends)?;
            backlog.open_in_finished()
        })
        .await;
        let freed = match open {
            Ok(records) if records.is_empty() => Ok(()),
            Ok(records) => self.meter.spool().carry(&records).await.map_err(io_error),
            Err(error) => Err(error),
        };
        match freed {
            Ok(()) => blocking(backlog, Backlog::free_finished).await,
            Err(error) => (backlog, Err(error)),
        }
    }

    fn observe(&self, oldest: Option<&UsageEvent>) {
        self.meter.observe(oldest, &self.settings.clock);
    }
}

fn io_error(error: MeterError) -> io::Error {
    io::Error::other(error)
}

impl Meter {
    /// Tells the metrics what waits in the spool.
    fn observe(&self, oldest: Option<&UsageEvent>, clock: &Clock) {
        let spool = self.spool();
        metrics::gauge!("switchyard_metering_spool_bytes")
            .set(spool.disk_bytes.load(Ordering::Relaxed) as f64);
        metrics::gauge!("switchyard_metering_unshipped_events")
            .set(spool.unshipped.load(Ordering::Relaxed) as f64);
        let age = oldest.map_or(0.0, |event| {
            let ended = event.started_at + TimeDelta::milliseconds(event.total_ms.into());
            (clock.now() - ended).as_seconds_f64().max(0.0)
        });
        metrics::gauge!("switchyard_metering_oldest_unshipped_seconds").set(age);
    }
}

/// Runs file work where it blocks nobody.
async fn blocking<R: Send + 'static>(
    backlog: Backlog,
    work: impl FnOnce(&mut Backlog) -> io::Result<R> + Send + 'static,
) -> (Backlog, io::Result<R>) {
    let spool = backlog.spool();
    let done = tokio::task::spawn_blocking(move || {
        let mut backlog = backlog;
        let result = work(&mut backlog);
        (backlog, result)
    });
    // A panic there loses the place in the spool, not the spool: it is read again from what was acknowledged.
    done.await.unwrap_or_else(|error| (Backlog::new(spool), Err(io::Error::other(error))))
}
