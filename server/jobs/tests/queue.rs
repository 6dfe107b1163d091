//! The queue on a real database.

#![expect(clippy::unwrap_used, reason = "a test may panic")]

use std::sync::{
    Arc, Mutex,
    atomic::{AtomicU32, Ordering},
};

use chrono::{DateTime, TimeDelta, Utc};
use jobs::{Handler, JobFailure, NewJob, RunningJob, Schedule, Worker};
use serde_json::json;
use shared::Clock;

/// A clock that stands until it is wound.
#[derive(Clone)]
struct Wound(Arc<Mutex<DateTime<Utc>>>);

impl Wound {
    fn new() -> Self {
        Self(Arc::new(Mutex::new(DateTime::from_timestamp(1_790_000_000, 0).unwrap())))
    }
    fn clock(&self) -> Clock {
        let own = self.0.clone();
        Clock::from_fn(move || *own.lock().unwrap())
    }
    fn wind(&self, by: TimeDelta) {
        *self.0.lock().unwrap() += by;
    }
    fn now(&self) -> DateTime<Utc> {
        *self.0.lock().unwrap()
    }
}

/// Fails until it was tried `failures` times.
struct Counting {
    tries: AtomicU32,
    failures: u32,
}

impl Counting {
    fn failing(failures: u32) -> Arc<Self> {
        Arc::new(Self { tries: AtomicU32::new(0), failures })
    }
    fn tries(&self) -> u32 {
        self.tries.load(Ordering::SeqCst)
    }
}

#[async_trait::async_trait]
impl Handler for Counting {
    async fn run(&self, _: RunningJob) -> Result<(), JobFailure> {
        let before = self.tries.fetch_add(1, Ordering::SeqCst);
        if before < self.failures { Err(JobFailure::Retry("not yet".to_owned())) } else { Ok(()) }
    }
}

#[tokio::test]
async fn work_exists_only_if_its_transaction_was_committed() {
    let db = testkit::database().await;
    let time = Wound::new();
    let handler = Counting::failing(0);
    let worker = Worker::new(db.clone(), time.clock()).handle("greet", handler.clone());

    let mut dropped = db.system().await.unwrap();
    jobs::enqueue(dropped.conn(), &NewJob::now("greet", json!({}), time.now()), time.now()).await.unwrap();
    dropped.rollback().await.unwrap();
    assert!(!worker.step().await.unwrap());

    let mut kept = db.system().await.unwrap();
    jobs::enqueue(kept.conn(), &NewJob::now("greet", json!({}), time.now()), time.now()).await.unwrap();
    kept.commit().await.unwrap();
    assert!(worker.step().await.unwrap());
    assert!(!worker.step().await.unwrap());
    assert_eq!(handler.tries(), 1);
}

#[tokio::test]
async fn a_failed_job_comes_again_later_until_its_tries_are_spent() {
    let db = testkit::database().await;
    let time = Wound::new();
    let handler = Counting::failing(u32::MAX);
    let worker = Worker::new(db.clone(), time.clock()).handle("doomed", handler.clone());
    let mut tx = db.system().await.unwrap();
    let job = NewJob { max_attempts: 3, ..NewJob::now("doomed", json!({}), time.now()) };
    jobs::enqueue(tx.conn(), &job, time.now()).await.unwrap();
    tx.commit().await.unwrap();

    while handler.tries() < 3 {
        worker.step().await.unwrap();
        time.wind(TimeDelta::hours(1));
    }
    assert!(!worker.step().await.unwrap());
    assert_eq!(handler.tries(), 3);
}

#[tokio::test]
async fn one_of_two_jobs_with_the_same_key_runs() {
    let db = testkit::database().await;
    let time = Wound::new();
    let handler = Counting::failing(0);
    let worker = Worker::new(db.clone(), time.clock()).handle("sync", handler.clone());
    for _ in 0..2 {
        let mut tx = db.system().await.unwrap();
        let job = NewJob::now("sync", json!({}), time.now()).dedup("acme");
        jobs::enqueue(tx.conn(), &job, time.now()).await.unwrap();
        tx.commit().await.unwrap();
    }
    while worker.step().await.unwrap() {}
    assert_eq!(handler.tries(), 1);
}

#[tokio::test]
async fn a_schedule_fires_once_for_two_workers() {
    let db = testkit::database().await;
    let time = Wound::new();
    let handler = Counting::failing(0);
    let worker = || {
        let schedule = Schedule::new("hourly", "0 * * * *").unwrap();
        Worker::new(db.clone(), time.clock()).handle("hourly", handler.clone()).schedule(schedule)
    };
    let (one, two) = (worker(), worker());
    // Registration happens as a worker begins to run; stop both at once.
    let stop = tokio_util::sync::CancellationToken::new();
    stop.cancel();
    worker().run(stop).await;
    time.wind(TimeDelta::hours(1));
    let (a, b) = tokio::join!(one.step(), two.step());
    a.unwrap();
    b.unwrap();
    while one.step().await.unwrap() {}
    assert_eq!(handler.tries(), 1);
}
