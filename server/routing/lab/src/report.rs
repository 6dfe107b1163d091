//! Runs many, and prints what came of them.

use std::{
    fmt::Write as _,
    sync::{
        Mutex,
        atomic::{AtomicUsize, Ordering},
    },
};

use serde::Serialize;

use crate::{Conditions, Fleet, Outcome, PolicyKind, TraceKind};

/// One line of a comparison: a policy under some conditions on one kind of traffic.
#[derive(Debug, Clone, Copy)]
pub struct Case {
    pub trace: TraceKind,
    pub policy: PolicyKind,
    pub conditions: Conditions,
}

/// A case, and what came of it.
#[derive(Debug, Clone)]
pub struct Line {
    pub case: Case,
    /// By seed.
    pub runs: Vec<Outcome>,
    pub median: Outcome,
}

/// Plays every case with every seed, on as many threads as the machine has; their number changes nothing but the time.
pub fn play(cases: &[Case], seeds: &[u64]) -> Vec<Line> {
    // One trace serves all its cases: drawn once, and dropped before the next.
    let mut kinds: Vec<TraceKind> = Vec::new();
    for case in cases {
        if !kinds.contains(&case.trace) {
            kinds.push(case.trace);
        }
    }
    let jobs: Vec<(TraceKind, usize)> =
        kinds.iter().flat_map(|kind| (0..seeds.len()).map(|seed| (*kind, seed))).collect();
    let runs = Mutex::new(vec![vec![Outcome::default(); seeds.len()]; cases.len()]);
    let next = AtomicUsize::new(0);
    let work = || {
        while let Some(&(kind, seed)) = jobs.get(next.fetch_add(1, Ordering::Relaxed)) {
            let trace = kind.draw(seeds[seed]);
            for (number, case) in cases.iter().enumerate().filter(|(_, case)| case.trace == kind) {
                let outcome = Fleet::new(&trace, case.policy, case.conditions, seeds[seed]).run();
                if let Ok(mut runs) = runs.lock() {
                    runs[number][seed] = outcome;
                }
            }
        }
    };
    std::thread::scope(|scope| {
        let threads = std::thread::available_parallelism().map_or(1, |count| count.get());
        for _ in 0..threads.min(jobs.len()) {
            scope.spawn(work);
        }
    });
    let runs = runs.into_inner().unwrap_or_default();
    let line =
        |(case, runs): (&Case, Vec<Outcome>)| Line { case: *case, median: Outcome::median(&runs), runs };
    cases.iter().zip(runs).map(line).collect()
}

/// The lines of each kind of traffic as a table. Ratios stand beside those policies that the targets name, under the
/// same conditions: above 1 is slower than theirs.
pub fn table(lines: &[Line]) -> String {
    let mut text = String::new();
    let mut last = None;
    for line in lines {
        if last != Some(line.case.trace) {
            last = Some(line.case.trace);
            let _ = writeln!(text, "\n{}", line.case.trace);
            text.push_str(HEADER);
        }
        let (of, against) = (&line.median, |policy| beside(lines, line, policy));
        let _ = writeln!(
            text,
            "  {:14} {:>8} {:>3} {:>8.3} {:>8.3} {:>8.3} {:>9.0} {:>7.1} {:>6.1}% {:>8.3} {:>6.0} {:>8} {:>7} {:>8} {:>7}",
            line.case.policy,
            scrape(&line.case.conditions),
            line.case.conditions.replicas,
            of.mean,
            of.p50,
            of.p99,
            of.tokens_per_second,
            of.answer_speed,
            of.cache_hits * 100.0,
            of.gpu_seconds,
            of.lora_loads,
            ratio(against(PolicyKind::RoundRobin).map(|other| of.mean / other.mean)),
            ratio(against(PolicyKind::RoundRobin).map(|other| of.p99 / other.p99)),
            ratio(against(PolicyKind::LeastRequests).map(|other| of.mean / other.mean)),
            ratio(against(PolicyKind::LeastRequests).map(|other| of.p99 / other.p99)),
        );
    }
    text
}

const HEADER: &str = concat!(
    "                              to the first token, s     tokens/s          cached     GPU  LoRAs   round robin   least requests\n",
    "  policy          scrapes   x     mean      p50      p99     fleet  answer            s/1k  /1000    mean     p99     mean     p99\n",
);

/// What another policy came to with as many gateways. The others know nothing of scrapes.
pub fn beside<'a>(lines: &'a [Line], line: &Line, policy: PolicyKind) -> Option<&'a Outcome> {
    let same = |other: &&Line| {
        other.case.trace == line.case.trace
            && other.case.policy == policy
            && other.case.conditions.replicas == line.case.conditions.replicas
    };
    lines.iter().find(same).map(|other| &other.median)
}

fn scrape(conditions: &Conditions) -> String {
    conditions.scrape_every.map_or_else(|| "none".to_owned(), |every| format!("{} ms", every / 1_000))
}

fn ratio(ratio: Option<f64>) -> String {
    ratio.map_or_else(|| "-".to_owned(), |ratio| format!("{ratio:.2}"))
}

/// A line of JSON for each case.
pub fn json(lines: &[Line]) -> serde_json::Result<String> {
    #[derive(Serialize)]
    struct Row<'a> {
        trace: &'a str,
        policy: &'a str,
        scrape_us: Option<u64>,
        replicas: usize,
        median: &'a Outcome,
        runs: &'a [Outcome],
    }
    let mut text = String::new();
    for line in lines {
        let row = Row {
            trace: line.case.trace.as_str(),
            policy: line.case.policy.as_str(),
            scrape_us: line.case.conditions.scrape_every,
            replicas: line.case.conditions.replicas,
            median: &line.median,
            runs: &line.runs,
        };
        text.push_str(&serde_json::to_string(&row)?);
        text.push('\n');
    }
    Ok(text)
}
