//! Slots to answer in, and the queue before them.

use std::sync::{
    Arc,
    atomic::{AtomicUsize, Ordering::SeqCst},
};

use tokio::sync::{OwnedSemaphorePermit, Semaphore};

#[derive(Debug)]
pub struct Gate {
    slots: Arc<Semaphore>,
    all: usize,
    waiting: AtomicUsize,
    queue: usize,
}

/// Held while an answer is made.
pub type Slot = OwnedSemaphorePermit;

/// Every slot is taken and the queue is full.
#[derive(Debug)]
pub struct Full;

impl Gate {
    pub fn new(slots: usize, queue: usize) -> Self {
        Self { slots: Arc::new(Semaphore::new(slots)), all: slots, waiting: AtomicUsize::new(0), queue }
    }

    pub async fn enter(&self) -> Result<Slot, Full> {
        if let Ok(slot) = self.slots.clone().try_acquire_owned() {
            return Ok(slot);
        }
        if self.waiting.fetch_add(1, SeqCst) >= self.queue {
            self.waiting.fetch_sub(1, SeqCst);
            return Err(Full);
        }
        let _place = Place(&self.waiting);
        self.slots.clone().acquire_owned().await.map_err(|_| Full)
    }

    pub fn running(&self) -> usize {
        self.all - self.slots.available_permits()
    }

    pub fn waiting(&self) -> usize {
        self.waiting.load(SeqCst)
    }
}

/// A place in the queue, given up also by a caller who leaves.
struct Place<'a>(&'a AtomicUsize);

impl Drop for Place<'_> {
    fn drop(&mut self) {
        self.0.fetch_sub(1, SeqCst);
    }
}
