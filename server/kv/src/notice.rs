//! What a subscriber hears.

use bytes::Bytes;
use futures::stream::{self, BoxStream, StreamExt};
use tokio::sync::broadcast;

/// One item of a subscription.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Notice {
    /// Somebody published this.
    Message(Bytes),
    /// The subscriber was too slow and some messages are gone: read the state anew.
    Lagged,
    /// The store was away for a while and some messages may be gone: read the state anew.
    Reconnected,
}

/// A subscription: an endless stream that ends only with the store it came from. Drop it to unsubscribe.
pub type Notices = BoxStream<'static, Notice>;

/// Messages that a slow subscriber may fall behind before it is told that it lagged.
pub(crate) const BACKLOG: usize = 1024;

pub(crate) fn notices(receiver: broadcast::Receiver<Notice>) -> Notices {
    stream::unfold(receiver, |mut receiver| async move {
        match receiver.recv().await {
            Ok(notice) => Some((notice, receiver)),
            Err(broadcast::error::RecvError::Lagged(_)) => Some((Notice::Lagged, receiver)),
            Err(broadcast::error::RecvError::Closed) => None,
        }
    })
    .boxed()
}
