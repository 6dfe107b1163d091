//! Waiting for a group commit.

use std::{
    future::Future,
    pin::Pin,
    sync::Arc,
    task::{Context, Poll, Waker},
};

use parking_lot::Mutex;

/// Why an end could not be made durable. The record is kept in memory and written as soon as the disk lets it, but a
/// crash before that loses it.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum MeterError {
    #[error("the usage spool can't be written: {0}")]
    Disk(Arc<str>),
    #[error("the usage spool is closed")]
    Closed,
    #[error("the usage record can't be encoded: {0}")]
    Unencodable(Arc<str>),
}

#[derive(Debug, Default)]
struct State {
    result: Option<Result<(), MeterError>>,
    wakers: Vec<Waker>,
}

/// The calls whose records go to disk in one sync.
#[derive(Debug, Default)]
pub(crate) struct Group(Mutex<State>);

impl Group {
    /// Tells everyone who waits. The first result stands.
    pub(crate) fn resolve(&self, result: &Result<(), MeterError>) {
        let wakers = {
            let mut state = self.0.lock();
            state.result.get_or_insert_with(|| result.clone());
            std::mem::take(&mut state.wakers)
        };
        wakers.into_iter().for_each(Waker::wake);
    }
}

/// Resolves once the record is on disk. Dropping it changes nothing: the record is written all the same.
#[derive(Debug)]
#[must_use = "the end of a call may be shown to its caller only after this resolved"]
pub struct Commit {
    group: Arc<Group>,
    slot: Option<usize>,
}

impl Commit {
    pub(crate) fn of(group: Arc<Group>) -> Self {
        Self { group, slot: None }
    }

    pub(crate) fn failed(error: MeterError) -> Self {
        let group = Group::default();
        group.resolve(&Err(error));
        Self::of(Arc::new(group))
    }
}

impl Future for Commit {
    type Output = Result<(), MeterError>;

    fn poll(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Self::Output> {
        let group = self.group.clone();
        let mut state = group.0.lock();
        if let Some(result) = &state.result {
            return Poll::Ready(result.clone());
        }
        if let Some(waker) = self.slot.and_then(|slot| state.wakers.get_mut(slot)) {
            waker.clone_from(context.waker());
        } else {
            self.slot = Some(state.wakers.len());
            state.wakers.push(context.waker().clone());
        }
        Poll::Pending
    }
}
