//! Places of calls: a call waits for one of its tenant's, then for one of all.

use std::{panic::AssertUnwindSafe, sync::Arc, time::Duration};

use bytes::Bytes;
use futures::{FutureExt, future::BoxFuture};
use shared::ErrorCode;
use shared_chat::ErrorBody;
use tokio::sync::{OwnedSemaphorePermit, Semaphore};

use crate::{LineAnswer, LineCall, Runner};

const FIRST_WAIT: Duration = Duration::from_millis(500);
const LONGEST_WAIT: Duration = Duration::from_mins(1);

/// Held by a call under way.
pub struct Places {
    _tenant: OwnedSemaphorePermit,
    _all: OwnedSemaphorePermit,
}

/// Waits in line. Neither semaphore is ever closed.
pub fn places(tenant: Arc<Semaphore>, all: Arc<Semaphore>) -> BoxFuture<'static, Option<Places>> {
    async move {
        let tenant = tenant.acquire_owned().await.ok()?;
        let all = all.acquire_owned().await.ok()?;
        Some(Places { _tenant: tenant, _all: all })
    }
    .boxed()
}

/// One line on its way to an answer.
#[derive(Debug)]
pub struct Work {
    pub line: u32,
    /// Tries before this one.
    pub tries: u16,
    pub custom_id: String,
    pub body: Bytes,
}

impl Work {
    /// How long to wait before the next try.
    pub fn wait(&self) -> Duration {
        let doubled = FIRST_WAIT.saturating_mul(1 << self.tries.min(10));
        doubled.min(LONGEST_WAIT)
    }
}

/// Makes a call. A runner that panics fails its line, not the batch.
pub async fn call(runner: Arc<dyn Runner>, call: LineCall, work: Work, places: Places) -> (Work, LineAnswer) {
    let answer = AssertUnwindSafe(runner.run(call)).catch_unwind().await;
    drop(places);
    (work, answer.unwrap_or_else(|_| broken()))
}

fn broken() -> LineAnswer {
    tracing::error!("a call of a batch panicked");
    let code = ErrorCode::Internal;
    let body = ErrorBody::new("Something went wrong on our side.", code.openai_type()).with_code(code.code());
    let body = serde_json::to_vec(&body).unwrap_or_default().into();
    LineAnswer { status: code.status(), request_id: String::new(), body }
}
