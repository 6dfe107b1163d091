use std::time::Duration;

use backon::{BackoffBuilder, ExponentialBackoff, ExponentialBuilder};
use sqlx::{
    PgPool,
    postgres::{PgListener, PgNotification},
};

/// A connection that is silent for this long is asked whether it still lives.
const IDLE_CHECK: Duration = Duration::from_secs(20);
const ANSWER_WITHIN: Duration = Duration::from_secs(5);

/// What a listener reports.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Change {
    /// A NOTIFY on the channel, with its payload.
    Notified(String),
    /// Notifications may have been missed: read everything again. Comes first of all, and after every lost connection,
    /// each time when the channel is listened to already, so that nothing falls between the reading and the listening.
    Gap,
}

/// Notifications of one channel, for ever: it reconnects by itself and never ends in an error.
pub struct ChangeListener {
    pool: PgPool,
    channel: String,
    connection: Option<PgListener>,
    backoff: ExponentialBackoff,
}

impl std::fmt::Debug for ChangeListener {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let connected = self.connection.is_some();
        f.debug_struct("ChangeListener")
            .field("channel", &self.channel)
            .field("connected", &connected)
            .finish_non_exhaustive()
    }
}

impl ChangeListener {
    pub(crate) fn new(pool: PgPool, channel: &str) -> Self {
        Self { pool, channel: channel.to_owned(), connection: None, backoff: backoff() }
    }

    /// The next change. Waits as long as the database is away. Safe to cancel.
    pub async fn next(&mut self) -> Change {
        loop {
            let Some(connection) = &mut self.connection else {
                if self.connect().await {
                    return Change::Gap;
                }
                continue;
            };
            match receive(connection).await {
                Ok(Some(notification)) => return Change::Notified(notification.payload().to_owned()),
                Ok(None) => tracing::warn!(channel = self.channel, "the listener lost its connection"),
                Err(error) => tracing::warn!(channel = self.channel, %error, "the listener failed"),
            }
            self.connection = None;
        }
    }

    async fn connect(&mut self) -> bool {
        match subscribe(&self.pool, &self.channel).await {
            Ok(listener) => {
                self.connection = Some(listener);
                self.backoff = backoff();
                true
            }
            Err(error) => {
                let wait = self.backoff.next().unwrap_or(IDLE_CHECK);
                tracing::debug!(channel = self.channel, %error, wait_ms = wait.as_millis(), "cannot listen yet");
                tokio::time::sleep(wait).await;
                false
            }
        }
    }
}

async fn subscribe(pool: &PgPool, channel: &str) -> Result<PgListener, sqlx::Error> {
    let mut listener = PgListener::connect_with(pool).await?;
    // A connection made again behind our back would hide the gap.
    listener.eager_reconnect(false);
    listener.listen(channel).await?;
    Ok(listener)
}

/// One notification, or `None` when the connection is gone, silently or not.
async fn receive(listener: &mut PgListener) -> Result<Option<PgNotification>, sqlx::Error> {
    loop {
        if let Ok(received) = tokio::time::timeout(IDLE_CHECK, listener.try_recv()).await {
            return received;
        }
        let alive = sqlx::query("select 1").execute(&mut *listener);
        match tokio::time::timeout(ANSWER_WITHIN, alive).await {
            Ok(Ok(_)) => {}
            Ok(Err(error)) => return Err(error),
            Err(_) => return Ok(None),
        }
    }
}

fn backoff() -> ExponentialBackoff {
    ExponentialBuilder::default()
        .with_jitter()
        .with_min_delay(Duration::from_millis(100))
        .with_max_delay(Duration::from_secs(5))
        .without_max_times()
        .build()
}
