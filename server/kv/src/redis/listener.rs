//! The connection that only listens, and the task that keeps it.
//!
//! Not the client library's automatic resubscription: that one ignores a failure to resubscribe, gives up
//! reconnecting after some tries while nothing else is called, and tells nobody that there was a gap.

use std::collections::HashMap;
use std::ops::ControlFlow;
use std::time::Duration;

use backon::{BackoffBuilder, ExponentialBuilder};
use bytes::Bytes;
use redis::aio::MultiplexedConnection;
use redis::{AsyncConnectionConfig, Client, Msg, PushInfo, PushKind, RedisResult, cmd};
use tokio::sync::{broadcast, mpsc, oneshot};

use super::{ANSWER_WITHIN, CONNECT_WITHIN};
use crate::notice::{BACKLOG, notices};
use crate::{KvError, Notice, Notices};

/// How often a silent connection is asked whether it lives.
const PROBE_EVERY: Duration = Duration::from_secs(2);
const RECONNECT_FIRST: Duration = Duration::from_millis(50);
const RECONNECT_LONGEST: Duration = Duration::from_secs(1);

type Pushes = mpsc::UnboundedReceiver<PushInfo>;

/// A request to hear a channel; answered when the server has confirmed, or when it can't be reached for now.
struct Request {
    channel: String,
    reply: oneshot::Sender<broadcast::Receiver<Notice>>,
}

pub(super) struct Listener {
    requests: mpsc::UnboundedSender<Request>,
}

impl Listener {
    /// The task ends with the last handle. It connects when somebody first subscribes.
    pub fn start(client: Client) -> Self {
        let (requests, inbox) = mpsc::unbounded_channel();
        let task = Task { client, inbox, channels: HashMap::new(), waiting: Vec::new() };
        tokio::spawn(task.run());
        Self { requests }
    }

    pub async fn subscribe(&self, channel: String) -> Result<Notices, KvError> {
        let (reply, answer) = oneshot::channel();
        let gone = |()| KvError::Unavailable { source: "the listening task has ended".into() };
        self.requests.send(Request { channel, reply }).map_err(|_| gone(()))?;
        Ok(notices(answer.await.map_err(|_| gone(()))?))
    }
}

struct Task {
    client: Client,
    inbox: mpsc::UnboundedReceiver<Request>,
    channels: HashMap<String, broadcast::Sender<Notice>>,
    /// Requests not yet answered.
    waiting: Vec<Request>,
}

impl Task {
    async fn run(mut self) {
        let mut delays = reconnect_delays();
        loop {
            if self.channels.is_empty() && self.waiting.is_empty() {
                match self.inbox.recv().await {
                    Some(request) => self.waiting.push(request),
                    None => return,
                }
            }
            while let Ok(request) = self.inbox.try_recv() {
                self.waiting.push(request);
            }
            match self.connect().await {
                Ok((connection, pushes)) => {
                    delays = reconnect_delays();
                    self.tell_all(&Notice::Reconnected);
                    self.answer_waiting();
                    if self.listen(connection, pushes).await.is_break() {
                        return;
                    }
                    tracing::warn!("lost the connection that listens to redis; connecting again");
                }
                Err(error) => {
                    tracing::debug!(%error, "redis cannot be listened to for now");
                    // Whoever is answered now hears `Reconnected` once there is a connection.
                    self.answer_waiting();
                    if self.inbox.is_closed() {
                        return;
                    }
                    tokio::time::sleep(delays.next().unwrap_or(RECONNECT_LONGEST)).await;
                }
            }
        }
    }

    /// Connects and subscribes to all that is asked for.
    async fn connect(&mut self) -> RedisResult<(MultiplexedConnection, Pushes)> {
        let (sender, pushes) = mpsc::unbounded_channel();
        let config = AsyncConnectionConfig::new()
            .set_push_sender(sender)
            .set_connection_timeout(Some(CONNECT_WITHIN))
            .set_response_timeout(Some(ANSWER_WITHIN));
        let mut connection = self.client.get_multiplexed_async_connection_with_config(&config).await?;
        let mut names: Vec<&str> = self.channels.keys().map(String::as_str).collect();
        names.extend(self.waiting.iter().map(|request| request.channel.as_str()));
        names.sort_unstable();
        names.dedup();
        connection.subscribe(names).await?;
        Ok((connection, pushes))
    }

    /// Hands on what comes until the connection breaks (`Continue`) or nobody can ask any more (`Break`).
    async fn listen(&mut self, mut connection: MultiplexedConnection, mut pushes: Pushes) -> ControlFlow<()> {
        let mut probe = tokio::time::interval(PROBE_EVERY);
        loop {
            tokio::select! {
                push = pushes.recv() => match push {
                    None => return ControlFlow::Continue(()),
                    Some(push) if push.kind == PushKind::Disconnection => return ControlFlow::Continue(()),
                    Some(push) => self.hand_on(push),
                },
                request = self.inbox.recv() => {
                    let Some(request) = request else { return ControlFlow::Break(()) };
                    let subscribed = connection.subscribe(request.channel.as_str()).await;
                    self.waiting.push(request);
                    if subscribed.is_err() {
                        return ControlFlow::Continue(());
                    }
                    self.answer_waiting();
                }
                _ = probe.tick() => {
                    if self.tend(&mut connection).await.is_err() {
                        return ControlFlow::Continue(());
                    }
                }
            }
        }
    }

    fn hand_on(&self, push: PushInfo) {
        let Some(message) = Msg::from_push_info(push) else { return };
        if let Some(sender) = self.channels.get(message.get_channel_name()) {
            // No receiver left: the next probe unsubscribes.
            let _ = sender.send(Notice::Message(Bytes::copy_from_slice(message.get_payload_bytes())));
        }
    }

    /// Leaves channels that nobody hears any more, and asks whether the connection lives.
    async fn tend(&mut self, connection: &mut MultiplexedConnection) -> RedisResult<()> {
        let (kept, unheard) = self.channels.drain().partition(|(_, sender)| sender.receiver_count() > 0);
        self.channels = kept;
        let unheard: HashMap<String, broadcast::Sender<Notice>> = unheard;
        for channel in unheard.keys() {
            connection.unsubscribe(channel.as_str()).await?;
        }
        cmd("PING").query_async(connection).await
    }

    fn tell_all(&self, notice: &Notice) {
        for sender in self.channels.values() {
            let _ = sender.send(notice.clone());
        }
    }

    fn answer_waiting(&mut self) {
        for request in self.waiting.drain(..) {
            let sender =
                self.channels.entry(request.channel).or_insert_with(|| broadcast::Sender::new(BACKLOG));
            let _ = request.reply.send(sender.subscribe());
        }
    }
}

fn reconnect_delays() -> impl Iterator<Item = Duration> {
    ExponentialBuilder::new()
        .with_min_delay(RECONNECT_FIRST)
        .with_max_delay(RECONNECT_LONGEST)
        .without_max_times()
        .with_jitter()
        .build()
}
