//! The thread that a postmaster's life hangs on.

use std::{
    process::{Child, ExitStatus},
    sync::{
        Mutex, PoisonError,
        mpsc::{self, Receiver, RecvTimeoutError, Sender, SyncSender},
    },
    thread::{self, JoinHandle},
    time::{Duration, Instant},
};

use super::{
    LaunchError,
    cluster::Cluster,
    postmaster,
    process::{self, Signal},
};
use crate::error::at;

/// How often it is seen whether the postmaster lives.
const LOOK_EVERY: Duration = Duration::from_millis(200);
const RETRY_FIRST: Duration = Duration::from_millis(200);
const RETRY_AT_MOST: Duration = Duration::from_secs(30);

enum Order {
    Stop(Signal, SyncSender<()>),
    End,
    Start(SyncSender<Result<(), LaunchError>>),
    KillUnexpectedly(SyncSender<()>),
}

/// The near end of the thread. Dropped, the thread shuts PostgreSQL down and ends.
#[derive(Debug)]
pub struct Supervisor {
    orders: Mutex<Sender<Order>>,
    thread: Mutex<Option<JoinHandle<()>>>,
}

impl Supervisor {
    /// Starts the thread and the postmaster; returns when it accepts connections.
    pub fn start(cluster: Cluster) -> Result<Self, LaunchError> {
        let (orders, inbox) = mpsc::channel();
        let (done, started) = mpsc::sync_channel(1);
        let root = cluster.layout.root.clone();
        let thread = thread::Builder::new()
            .name("postgres".to_owned())
            .spawn(move || supervise(cluster, &inbox, &done))
            .map_err(at("starting the thread for", root))?;
        started.recv().unwrap_or(Err(LaunchError::Interrupted))?;
        Ok(Self { orders: Mutex::new(orders), thread: Mutex::new(Some(thread)) })
    }

    /// Ends the postmaster and the thread; returns when both are gone and the lock is free.
    pub fn end(&self) {
        self.order(Order::End);
        let thread = self.thread.lock().unwrap_or_else(PoisonError::into_inner).take();
        if thread.is_some_and(|thread| thread.join().is_err()) {
            tracing::error!("the thread of the embedded database panicked");
        }
    }

    /// Ends the postmaster, which stays down; returns when it is gone.
    pub fn stop(&self, signal: Signal) {
        let (done, stopped) = mpsc::sync_channel(1);
        if self.order(Order::Stop(signal, done)) {
            // An error means that the thread is gone, and PostgreSQL with it.
            let _ = stopped.recv();
        }
    }

    pub fn restart(&self) -> Result<(), LaunchError> {
        let (done, started) = mpsc::sync_channel(1);
        if !self.order(Order::Start(done)) {
            return Err(LaunchError::Interrupted);
        }
        started.recv().unwrap_or(Err(LaunchError::Interrupted))
    }

    pub fn kill_unexpectedly(&self) {
        let (done, killed) = mpsc::sync_channel(1);
        if self.order(Order::KillUnexpectedly(done)) {
            let _ = killed.recv();
        }
    }

    fn order(&self, order: Order) -> bool {
        self.orders.lock().unwrap_or_else(PoisonError::into_inner).send(order).is_ok()
    }
}

/// What the thread knows.
struct Watch {
    cluster: Cluster,
    /// None while it is down, on purpose or not.
    postmaster: Option<Child>,
    /// Down, but not on purpose: when to try again, and how long to wait after that.
    retry: Option<(Instant, Duration)>,
}

fn supervise(cluster: Cluster, inbox: &Receiver<Order>, started: &SyncSender<Result<(), LaunchError>>) {
    let mut watch = Watch { cluster, postmaster: None, retry: None };
    let first = watch.start();
    let failed = first.is_err();
    if started.send(first).is_err() || failed {
        return watch.stop(Signal::FastShutdown);
    }
    loop {
        match inbox.recv_timeout(LOOK_EVERY) {
            Ok(Order::End) | Err(RecvTimeoutError::Disconnected) => return watch.stop(Signal::FastShutdown),
            Ok(order) => watch.obey(order),
            Err(RecvTimeoutError::Timeout) => watch.look(),
        }
    }
}

impl Watch {
    fn obey(&mut self, order: Order) {
        // Whoever gave the order may have stopped waiting for the answer.
        match order {
            Order::End => self.stop(Signal::FastShutdown),
            Order::Stop(signal, done) => {
                self.stop(signal);
                let _ = done.send(());
            }
            Order::Start(done) => {
                let _ = done.send(self.start());
            }
            Order::KillUnexpectedly(done) => {
                if let Some(child) = &self.postmaster {
                    process::send(child.id(), Signal::Kill);
                }
                let _ = done.send(());
            }
        }
    }

    fn start(&mut self) -> Result<(), LaunchError> {
        if self.postmaster.is_none() {
            self.postmaster = Some(postmaster::start(&self.cluster)?);
        }
        self.retry = None;
        Ok(())
    }

    fn stop(&mut self, signal: Signal) {
        self.retry = None;
        if let Some(mut child) = self.postmaster.take() {
            postmaster::stop(&mut child, signal);
        }
    }

    /// Notices a postmaster that died by itself and starts it again, ever more slowly.
    fn look(&mut self) {
        let exited = self.postmaster.as_mut().and_then(|child| child.try_wait().ok().flatten());
        if let Some(status) = exited {
            self.died(status);
        }
        let Some((when, wait)) = self.retry else { return };
        if Instant::now() < when {
            return;
        }
        match self.start() {
            Ok(()) => tracing::info!("PostgreSQL is back"),
            Err(error) => {
                tracing::error!(%error, wait_ms = wait.as_millis(), "PostgreSQL does not start");
                self.retry = Some((Instant::now() + wait, (wait * 2).min(RETRY_AT_MOST)));
            }
        }
    }

    fn died(&mut self, status: ExitStatus) {
        tracing::error!(%status, log = %self.cluster.layout.log.display(), "PostgreSQL died; starting it again");
        self.postmaster = None;
        self.retry = Some((Instant::now(), RETRY_FIRST));
    }
}
