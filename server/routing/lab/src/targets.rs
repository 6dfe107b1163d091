//! What the gateway's policy has to reach.

use shared::route::Preset;

use crate::{
    Conditions, Micros, Outcome, PolicyKind, TraceKind,
    report::{Case, Line, beside},
};

/// Round robin's p99 by the policy's, at least, where prompts begin alike.
pub const GAIN_ON_ROUND_ROBIN: f64 = 2.0;
/// Above least requests at most, everywhere.
pub const MOST_ABOVE_LEAST: f64 = 1.02;

const FRESH: Option<Micros> = Some(200_000);
const OLD: Option<Micros> = Some(2_000_000);
/// Whom the targets bind.
const OURS: PolicyKind = PolicyKind::Ours(Preset::Balanced);
/// Gateways that are blind to each other.
const CROWD: usize = 4;

/// One target on one kind of traffic.
#[derive(Debug, Clone)]
pub struct Verdict {
    pub holds: bool,
    pub words: String,
}

/// Every policy with fresh scrapes; ours with old ones and with none; and all that is compared from several gateways.
pub fn cases() -> Vec<Case> {
    let mut cases = Vec::new();
    for trace in TraceKind::ALL {
        let mut add = |policy, scrape_every, replicas| {
            cases.push(Case { trace, policy, conditions: Conditions { scrape_every, replicas } });
        };
        for policy in PolicyKind::ALL {
            add(policy, FRESH, 1);
        }
        add(OURS, OLD, 1);
        add(OURS, None, 1);
        add(PolicyKind::LeastRequests, FRESH, CROWD);
        add(OURS, FRESH, CROWD);
        add(OURS, OLD, CROWD);
        add(OURS, None, CROWD);
    }
    cases
}

/// Judges the medians of [`cases`].
pub fn judge(lines: &[Line]) -> Vec<Verdict> {
    let mut verdicts = Vec::new();
    for line in lines.iter().filter(|line| line.case.policy == OURS) {
        let Case { trace, conditions, .. } = line.case;
        let of = |policy| beside(lines, line, policy).copied().unwrap_or_default();
        let scrapes = match conditions.scrape_every {
            Some(every) => format!("scrapes of {:.1} s", every as f64 / 1e6),
            None => "no scrapes".to_owned(),
        };
        let gateways = if conditions.replicas > 1 { format!(", {CROWD} gateways") } else { String::new() };
        if trace.shares_prefixes() && conditions.replicas == 1 && conditions.scrape_every.is_some() {
            verdicts.push(gain(trace, &scrapes, &line.median, &of(PolicyKind::RoundRobin)));
        }
        verdicts.push(above(
            trace,
            &format!("{scrapes}{gateways}"),
            &line.median,
            &of(PolicyKind::LeastRequests),
        ));
    }
    verdicts
}

fn gain(trace: TraceKind, how: &str, ours: &Outcome, other: &Outcome) -> Verdict {
    let gain = other.p99 / ours.p99;
    Verdict {
        holds: gain >= GAIN_ON_ROUND_ROBIN,
        words: format!(
            "{trace}, {how}: p99 {gain:.2} times better than round robin's (at least {GAIN_ON_ROUND_ROBIN})"
        ),
    }
}

fn above(trace: TraceKind, how: &str, ours: &Outcome, other: &Outcome) -> Verdict {
    let (mean, p99) = (ours.mean / other.mean, ours.p99 / other.p99);
    Verdict {
        holds: mean <= MOST_ABOVE_LEAST && p99 <= MOST_ABOVE_LEAST,
        words: format!(
            "{trace}, {how}: mean {mean:.3}, p99 {p99:.3} of least requests' (at most {MOST_ABOVE_LEAST})"
        ),
    }
}
