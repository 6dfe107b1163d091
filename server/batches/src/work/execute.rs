//! The calls of a batch: as many at once as there are places, each result committed before its line counts as done.

use std::{collections::HashMap, time::Duration};

use bytes::Bytes;
use chrono::{DateTime, Utc};
use futures::future::{self, BoxFuture};
use shared_chat::BatchStatus;
use tokio::{
    task::{JoinError, JoinSet},
    time::{Instant, MissedTickBehavior},
};
use tokio_util::sync::CancellationToken;

use super::{
    calls::{self, Places, Work, places},
    held::{Held, Interrupted},
    validate::CHUNK,
};
use crate::{
    LineAnswer, LineCall,
    line::{self, BadLine, EXPIRED},
    lines::Lines,
    result_line::{self, Tokens},
    store::{
        batch::BatchRow,
        progress,
        result::{self, Outcome},
    },
};

/// How often an execution looks whether it is to end.
const LOOK_EVERY: Duration = Duration::from_millis(500);
/// How long calls under way may go on when the batch is to end.
const GRACE: Duration = Duration::from_mins(1);
/// Likewise when the process is to end.
const GRACE_OF_PROCESS: Duration = Duration::from_secs(20);

/// Why no more calls begin.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Halt {
    Cancelled,
    Expired,
    Stopping,
}

/// Runs every line that has no result yet; then the batch is to be finished. Returns early when told to stop.
pub async fn execute(held: &Held, batch: &BatchRow, stop: &CancellationToken) -> Result<(), Interrupted> {
    let halt = match held.lines(batch).await? {
        Some(lines) => {
            let mut execution = Execution::new(held, batch, stop, lines).await?;
            execution.run().await?;
            execution.halt
        }
        // Swept or lost: nothing can be called any more.
        None => Some(Halt::Expired),
    };
    let ends_as = match halt {
        None => BatchStatus::Completed,
        Some(Halt::Expired) => {
            expire(held, batch).await?;
            BatchStatus::Expired
        }
        Some(Halt::Cancelled | Halt::Stopping) => return Ok(()),
    };
    let mut tx = held.begin().await?;
    progress::finalize(&mut tx, held.claimed.batch, &held.worker, ends_as, held.now()).await?;
    Ok(tx.commit().await?)
}

struct Execution<'a> {
    held: &'a Held,
    batch: &'a BatchRow,
    stop: &'a CancellationToken,
    lines: Lines,
    /// Lines with something known of them: tries so far, finished.
    known: HashMap<u32, (u16, bool)>,
    calls: JoinSet<(Work, LineAnswer)>,
    /// What waits for another try, and holds no place meanwhile.
    later: Vec<(Instant, Work)>,
    next: Option<Work>,
    exhausted: bool,
    halt: Option<Halt>,
    /// When calls under way end, once no more begin.
    deadline: Option<Instant>,
}

impl<'a> Execution<'a> {
    async fn new(
        held: &'a Held,
        batch: &'a BatchRow,
        stop: &'a CancellationToken,
        lines: Lines,
    ) -> Result<Self, Interrupted> {
        let mut tx = held.begin().await?;
        let known = result::known(&mut tx, held.claimed.batch).await?;
        let known = known.into_iter().map(|(line, tries, done)| (line, (tries, done))).collect();
        Ok(Self {
            held,
            batch,
            stop,
            lines,
            known,
            calls: JoinSet::new(),
            later: Vec::new(),
            next: None,
            exhausted: false,
            halt: None,
            deadline: None,
        })
    }

    async fn run(&mut self) -> Result<(), Interrupted> {
        let tenant = self.held.batches.calls_of(self.held.claimed.tenant);
        let mut place: Option<BoxFuture<'static, Option<Places>>> = None;
        let mut look = tokio::time::interval(LOOK_EVERY);
        look.set_missed_tick_behavior(MissedTickBehavior::Delay);
        // Before the first call: what is over already makes none.
        self.look().await?;
        loop {
            if self.halt.is_none() && self.next.is_none() {
                self.next = self.next_work().await?;
            }
            if self.is_over() {
                return Ok(());
            }
            let wants = self.halt.is_none() && self.next.is_some();
            if wants && place.is_none() {
                place = Some(places(tenant.clone(), self.held.batches.calls()));
            }
            let due = self.later.iter().map(|(at, _)| *at).min();
            tokio::select! {
                Some(done) = self.calls.join_next() => self.settle(done).await?,
                got = awaited(&mut place), if wants => {
                    place = None;
                    self.start(got);
                }
                () = at(due), if self.halt.is_none() && self.next.is_none() => {}
                () = at(self.deadline) => self.calls.abort_all(),
                () = self.stop.cancelled(), if self.halt.is_none() => self.end(Halt::Stopping),
                _ = look.tick() => self.look().await?,
            }
        }
    }

    fn is_over(&self) -> bool {
        let nothing_left = self.exhausted && self.next.is_none() && self.later.is_empty();
        self.calls.is_empty() && (self.halt.is_some() || nothing_left)
    }

    /// Another try that is due, else the next line without a result. None when there is nothing to call now.
    async fn next_work(&mut self) -> Result<Option<Work>, Interrupted> {
        let now = Instant::now();
        if let Some(due) = self.later.iter().position(|(at, _)| *at <= now) {
            return Ok(Some(self.later.swap_remove(due).1));
        }
        // What waits is in memory: no more of it than there are places.
        if self.exhausted || self.later.len() >= self.held.batches.limits().max_concurrent_calls_per_tenant {
            return Ok(None);
        }
        while let Some(line) = self.lines.next().await? {
            let (tries, done) = self.known.get(&line.number).copied().unwrap_or_default();
            let Some(content) = line.content.filter(|_| !done) else { continue };
            // Lines that are not good have their answer since the validation.
            if let Ok(good) = line::check(&content, self.batch.endpoint()) {
                let body = Bytes::from(good.body);
                return Ok(Some(Work { line: line.number, tries, custom_id: good.custom_id, body }));
            }
        }
        self.exhausted = true;
        Ok(None)
    }

    /// When calls count as begun: the same for every run of the batch.
    fn accounted_at(&self) -> DateTime<Utc> {
        self.batch.in_progress_at.unwrap_or(self.batch.created_at)
    }

    fn start(&mut self, got: Option<Places>) {
        let (Some(places), Some(work)) = (got, self.next.take()) else { return };
        let at = self.accounted_at();
        let call = LineCall {
            tenant: self.held.claimed.tenant,
            project: self.batch.project(),
            key: self.batch.key(),
            endpoint: self.batch.endpoint(),
            body: work.body.clone(),
            work: self.held.work(work.line, at),
        };
        self.calls.spawn(calls::call(self.held.runner.clone(), call, work, places));
    }

    /// Commits a finished call, with all others that finished meanwhile.
    async fn settle(&mut self, first: Result<(Work, LineAnswer), JoinError>) -> Result<(), Interrupted> {
        let mut outcomes = Vec::new();
        let mut tokens = Tokens::default();
        let mut done = Some(first);
        while let Some(one) = done {
            // Aborted at the end of its grace: the line stays without a result.
            if let Ok((work, answer)) = one {
                outcomes.push(self.outcome(work, &answer, &mut tokens));
            }
            done = if outcomes.len() < CHUNK { self.calls.try_join_next() } else { None };
        }
        let status = self.held.record(&outcomes, tokens).await?;
        self.heed(status);
        Ok(())
    }

    fn outcome(&mut self, work: Work, answer: &LineAnswer, tokens: &mut Tokens) -> Outcome {
        let line = work.line;
        if answer.is_worth_another(work.tries) {
            let again = Work { tries: work.tries.saturating_add(1), ..work };
            let tries = again.tries;
            self.later.push((Instant::now() + again.wait(), again));
            return Outcome { line, tries, ok: false, result: None };
        }
        let used = result_line::tokens(&answer.body);
        tokens.input += used.input;
        tokens.cached += used.cached;
        tokens.output += used.output;
        tokens.reasoning += used.reasoning;
        let id = self.held.work(line, self.accounted_at());
        let result = result_line::answered(id, line, &work.custom_id, answer);
        Outcome { line, tries: work.tries, ok: answer.is_success(), result: Some(result) }
    }

    async fn look(&mut self) -> Result<(), Interrupted> {
        if self.halt.is_none() {
            if self.held.now() >= self.batch.expires_at {
                self.end(Halt::Expired);
            } else {
                let status = self.held.row().await?.status();
                self.heed(status);
            }
        }
        Ok(())
    }

    fn heed(&mut self, status: BatchStatus) {
        if status == BatchStatus::Cancelling {
            self.end(Halt::Cancelled);
        }
    }

    fn end(&mut self, why: Halt) {
        if self.halt.is_none() {
            let grace = if why == Halt::Stopping { GRACE_OF_PROCESS } else { GRACE };
            self.halt = Some(why);
            self.deadline = Some(Instant::now() + grace);
        }
    }
}

async fn awaited(place: &mut Option<BoxFuture<'static, Option<Places>>>) -> Option<Places> {
    match place {
        Some(place) => place.await,
        None => future::pending().await,
    }
}

async fn at(moment: Option<Instant>) {
    match moment {
        Some(moment) => tokio::time::sleep_until(moment).await,
        None => future::pending().await,
    }
}

/// Tells of every line without a result that its time is over.
async fn expire(held: &Held, batch: &BatchRow) -> Result<(), Interrupted> {
    let Some(mut lines) = held.lines(batch).await? else { return Ok(()) };
    let mut tx = held.begin().await?;
    let known = result::known(&mut tx, held.claimed.batch).await?;
    tx.commit().await?;
    let done: HashMap<u32, bool> = known.into_iter().map(|(line, _, done)| (line, done)).collect();
    let mut refused = Vec::new();
    while let Some(line) = lines.next().await? {
        let Some(content) = line.content.filter(|_| !done.get(&line.number).copied().unwrap_or(false)) else {
            continue;
        };
        let Ok(good) = line::check(&content, batch.endpoint()) else { continue };
        let message = "This request could not be executed before the completion window expired.";
        let bad = BadLine::new(EXPIRED, message).of(&good.custom_id);
        refused.push(held.refusal(line.number, &bad, batch.created_at));
        if refused.len() >= CHUNK {
            held.record(&refused, Tokens::default()).await?;
            refused.clear();
        }
    }
    held.record(&refused, Tokens::default()).await?;
    Ok(())
}
