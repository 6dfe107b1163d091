//! Storing a batch, whatever it takes: retried while the database is away, split until the event that can't be stored
//! stands alone, which then goes into quarantine.

use std::{
    collections::{HashMap, HashSet},
    time::{Duration, Instant},
};

use backon::{ExponentialBuilder, Retryable};
use chrono::{DateTime, Months, NaiveDate, TimeDelta, Utc};
use db::{Database, DbError};
use shared::{ApiKeyId, Clock};

use super::backlog::Batch;
use crate::{
    event::{CallStatus, UsageEvent},
    store::{self, LastUse, Strange},
};

/// A key's last use is written at most so often.
const LAST_USE_INTERVAL: TimeDelta = TimeDelta::minutes(1);
/// Months made for events this far from now; beyond, a clock is wrong and the default partition takes the event.
const OLDEST_MONTH: Months = Months::new(24);
const NEWEST_MONTH: Months = Months::new(2);

pub(crate) struct Delivery {
    database: Database,
    clock: Clock,
    /// Months whose partition is there.
    months: HashSet<NaiveDate>,
    last_uses: HashMap<ApiKeyId, DateTime<Utc>>,
}

impl Delivery {
    pub(crate) fn new(database: Database, clock: Clock) -> Self {
        Self { database, clock, months: HashSet::new(), last_uses: HashMap::new() }
    }

    /// Returns once every event is stored or in quarantine. `waiting` is called at every failed attempt.
    pub(crate) async fn deliver(&mut self, batch: &Batch, waiting: impl Fn()) {
        for strange in &batch.strange {
            self.quarantine(strange, &waiting).await;
        }
        if batch.events.is_empty() {
            return;
        }
        let begun = Instant::now();
        self.make_partitions(&batch.events).await;
        self.store(&batch.events, &waiting).await;
        self.note_last_uses(&batch.events).await;
        metrics::histogram!("switchyard_metering_ship_seconds").record(begun.elapsed().as_secs_f64());
    }

    async fn store(&self, events: &[UsageEvent], waiting: &impl Fn()) {
        let (sound, strange): (Vec<_>, Vec<_>) =
            events.iter().partition(|event| store::implausible(event).is_none());
        for event in strange {
            let reason = store::implausible(event).unwrap_or_default();
            self.quarantine(&Strange::event(event, reason.to_owned()), waiting).await;
        }
        if sound.len() == events.len() {
            return self.store_sound(events, waiting).await;
        }
        let sound: Vec<_> = sound.into_iter().cloned().collect();
        self.store_sound(&sound, waiting).await;
    }

    async fn store_sound(&self, events: &[UsageEvent], waiting: &impl Fn()) {
        let mut parts = vec![events];
        while let Some(part) = parts.pop() {
            let stored = retried(|| self.transaction(part), waiting).await;
            match (stored, part) {
                (_, []) => {}
                (Ok(new), _) => {
                    metrics::counter!("switchyard_metering_events_stored_total").increment(new as u64);
                }
                (Err(error), [event]) => {
                    self.quarantine(&Strange::event(event, reason(&error)), waiting).await;
                }
                (Err(_), _) => {
                    let (first, second) = part.split_at(part.len() / 2);
                    parts.extend([second, first]);
                }
            }
        }
    }

    async fn transaction(&self, events: &[UsageEvent]) -> Result<usize, DbError> {
        let mut tx = self.database.metering().await?;
        let new = store::store(&mut tx, events).await?;
        tx.commit().await?;
        Ok(new)
    }

    async fn quarantine(&self, strange: &Strange, waiting: &impl Fn()) {
        tracing::error!(id = %strange.id, reason = %strange.reason, "a usage record can't be stored; it is in quarantine");
        metrics::counter!("switchyard_metering_quarantined_total").increment(1);
        let kept = retried(
            || async {
                let mut tx = self.database.metering().await?;
                store::quarantine(tx.conn(), strange, self.clock.now()).await?;
                tx.commit().await
            },
            waiting,
        );
        if let Err(error) = kept.await {
            // Not even there: the log is the last place that has it.
            tracing::error!(%error, id = %strange.id, record = %strange.record, "a usage record can't be quarantined");
        }
    }

    /// Makes the months that the events need, and the one after. Where that fails, the default partition takes them.
    async fn make_partitions(&mut self, events: &[UsageEvent]) {
        let today = self.clock.now().date_naive();
        let needed: HashSet<_> = events.iter().map(|event| store::month_of(event.started_at)).collect();
        for month in needed {
            let made = today.checked_sub_months(OLDEST_MONTH).is_some_and(|oldest| month >= oldest)
                && today.checked_add_months(NEWEST_MONTH).is_some_and(|newest| month <= newest);
            if !made || self.months.contains(&month) {
                continue;
            }
            let ahead = month.checked_add_months(Months::new(1));
            match self.ensure(&[Some(month), ahead]).await {
                Ok(()) => _ = self.months.insert(month),
                Err(error) if error.is_unavailable() => {}
                Err(error) => {
                    // Tried once a process: an event must not wait for a partition.
                    self.months.insert(month);
                    metrics::counter!("switchyard_metering_partition_faults_total").increment(1);
                    tracing::error!(%error, %month, "a usage partition can't be made; the default one takes its events");
                }
            }
        }
    }

    async fn ensure(&self, months: &[Option<NaiveDate>]) -> Result<(), DbError> {
        let mut tx = self.database.metering().await?;
        for month in months.iter().flatten() {
            store::ensure_partition(tx.conn(), *month).await?;
        }
        tx.commit().await
    }

    /// For people who look for unused keys, so a failure is only logged.
    async fn note_last_uses(&mut self, events: &[UsageEvent]) {
        let mut latest: HashMap<ApiKeyId, LastUse> = HashMap::new();
        for event in events.iter().filter(|event| !event.demo && event.status != CallStatus::GatewayLost) {
            let LastUse { at, .. } = *latest.entry(event.key_id).or_insert(last_use(event));
            if event.started_at > at {
                latest.insert(event.key_id, last_use(event));
            }
        }
        let before = &mut self.last_uses;
        latest.retain(|key, used| before.get(key).is_none_or(|noted| used.at >= *noted + LAST_USE_INTERVAL));
        if latest.is_empty() {
            return;
        }
        let uses: Vec<_> = latest.into_values().collect();
        let noted = async {
            let mut tx = self.database.metering().await?;
            store::touch(tx.conn(), &uses).await?;
            tx.commit().await
        };
        match noted.await {
            Ok(()) => before.extend(uses.iter().map(|used| (used.key_id, used.at))),
            Err(error) => tracing::warn!(%error, "the last use of keys was not noted"),
        }
        // Keys that were not used for an hour are not worth remembering.
        let newest = before.values().max().copied().unwrap_or_default();
        before.retain(|_, at| *at + TimeDelta::hours(1) > newest);
    }
}

fn last_use(event: &UsageEvent) -> LastUse {
    LastUse { tenant_id: event.tenant_id, key_id: event.key_id, at: event.started_at }
}

/// Tries until it is done or the events themselves are to blame.
async fn retried<T, F: Future<Output = Result<T, DbError>>>(
    work: impl FnMut() -> F,
    waiting: &impl Fn(),
) -> Result<T, DbError> {
    let delays = ExponentialBuilder::new()
        .with_min_delay(Duration::from_millis(100))
        .with_max_delay(Duration::from_secs(3))
        .without_max_times()
        .with_jitter();
    let mut attempts = 0_u64;
    work.retry(delays)
        .when(|error| !blames_the_events(error))
        .notify(|error, delay| {
            attempts += 1;
            metrics::counter!("switchyard_metering_ship_failures_total").increment(1);
            if attempts.is_power_of_two() {
                let delay_ms = delay.as_millis() as u64;
                tracing::warn!(error = reason(error), attempts, delay_ms, "usage can't be shipped now");
            }
            waiting();
        })
        .await
}

/// Whether the same events would be refused again by a sound database: bad values (class 22), a violated check or key
/// (23), a row that is too large (54), a value that has no form in PostgreSQL. Anything else is the database's state.
fn blames_the_events(error: &DbError) -> bool {
    let class = error.sqlstate().map(|code| code[..2.min(code.len())].to_owned());
    matches!(class.as_deref(), Some("22" | "23" | "54"))
        || matches!(error, DbError::Query(sqlx::Error::Encode(_)))
}

/// The error and what caused it, in one line.
fn reason(error: &DbError) -> String {
    use std::error::Error;
    let mut line = error.to_string();
    let mut cause = error.source();
    while let Some(error) = cause {
        line = format!("{line}: {error}");
        cause = error.source();
    }
    line
}
