//! Rules of what a route does beside its choice: gives way, tries again, hedges, shadows, gathers.

use shared::route::{Degrade, Hedge, Retry, RouteSpec, Shadow};
use shared_api::catalog::ModelKind;

use super::{Fault, Models, arms, fault};

const MOST_STEPS: usize = 8;
const LONGEST_WAIT_MS: u32 = 600_000;
const MOST_ATTEMPTS: u16 = 20;
/// A hedge that waits less asks everybody twice.
const HEDGE_MS: std::ops::RangeInclusive<u32> = 10..=60_000;
/// Extra load that hedging may make, of a hundred calls.
const MOST_HEDGED: u8 = 50;
const COALESCE_MS: std::ops::RangeInclusive<u8> = 5..=20;

pub(super) fn check(spec: &RouteSpec, models: &Models<'_>) -> Result<(), Fault> {
    check_exhausted(&spec.when_exhausted, models)?;
    check_retry(spec.retry)?;
    if let Some(hedge) = spec.hedge {
        check_hedge(hedge)?;
    }
    if let Some(Shadow { model, percent }) = &spec.shadow {
        models.find("shadow.model", model)?;
        check_percent("shadow.percent", *percent, 1, 100)?;
    }
    check_kind_of_calls(spec, models)
}

fn check_exhausted(steps: &[Degrade], models: &Models<'_>) -> Result<(), Fault> {
    if steps.len() > MOST_STEPS {
        return Err(fault("when_exhausted", format!("expected at most {MOST_STEPS} steps")));
    }
    for (at, step) in steps.iter().enumerate() {
        let place = format!("when_exhausted[{at}]");
        if steps[..at].contains(&Degrade::Fail) {
            return Err(fault(place, "a step after `fail` is never taken"));
        }
        if steps[..at].contains(step) {
            return Err(fault(place, "the same step is there already"));
        }
        match step {
            Degrade::Model { model } => drop(models.find(&format!("{place}.model"), model)?),
            Degrade::Wait { most_ms } if !(1..=LONGEST_WAIT_MS).contains(most_ms) => {
                let message = format!("{most_ms}: expected 1 to {LONGEST_WAIT_MS} milliseconds");
                return Err(fault(format!("{place}.most_ms"), message));
            }
            Degrade::Wait { .. } | Degrade::Batch | Degrade::Fail => {}
        }
    }
    Ok(())
}

fn check_retry(retry: Retry) -> Result<(), Fault> {
    if retry.attempts.is_some_and(|attempts| !(1..=MOST_ATTEMPTS).contains(&attempts)) {
        return Err(fault("retry.attempts", format!("expected 1 to {MOST_ATTEMPTS}, the first included")));
    }
    check_percent("retry.budget_percent", retry.budget_percent, 0, 100)
}

fn check_hedge(hedge: Hedge) -> Result<(), Fault> {
    if !HEDGE_MS.contains(&hedge.after_ms) {
        let (least, most) = (HEDGE_MS.start(), HEDGE_MS.end());
        let message = format!("{}: expected {least} to {most} milliseconds", hedge.after_ms);
        return Err(fault("hedge.after_ms", message));
    }
    check_percent("hedge.most_percent", hedge.most_percent, 1, MOST_HEDGED)
}

fn check_percent(field: &str, value: u8, least: u8, most: u8) -> Result<(), Fault> {
    if (least..=most).contains(&value) {
        return Ok(());
    }
    Err(fault(field, format!("{value}: expected {least} to {most} of a hundred")))
}

/// What only calls of some kind can do. All models are of the first one's kind: see [`Models::check_kinds`].
fn check_kind_of_calls(spec: &RouteSpec, models: &Models<'_>) -> Result<(), Fault> {
    let Some((place, name)) = arms::models(&spec.arms).into_iter().next() else { return Ok(()) };
    let kind = models.find(&place, name)?.kind;
    if let Some(ms) = spec.coalesce_ms {
        if !COALESCE_MS.contains(&ms) {
            let (least, most) = (COALESCE_MS.start(), COALESCE_MS.end());
            return Err(fault("coalesce_ms", format!("{ms}: expected {least} to {most} milliseconds")));
        }
        if kind != ModelKind::Embedding {
            return Err(fault(
                "coalesce_ms",
                format!("only embeddings are gathered, and `{name}` makes none"),
            ));
        }
    }
    if spec.hedge.is_some() && kind != ModelKind::Chat {
        return Err(fault("hedge", format!("only a first token is hedged, and `{name}` has none")));
    }
    let batch = spec.when_exhausted.iter().position(|step| *step == Degrade::Batch);
    match batch {
        Some(at) if !matches!(kind, ModelKind::Chat | ModelKind::Embedding) => {
            let message =
                format!("batches are of chats and embeddings, and `{name}` is for {}", kind.as_str());
            Err(fault(format!("when_exhausted[{at}]"), message))
        }
        _ => Ok(()),
    }
}

/// Models of the steps and of the shadow, with their places.
pub(super) fn models(spec: &RouteSpec) -> Vec<(String, &str)> {
    let mut found = Vec::new();
    for (at, step) in spec.when_exhausted.iter().enumerate() {
        if let Degrade::Model { model } = step {
            found.push((format!("when_exhausted[{at}].model"), model.as_str()));
        }
    }
    found.extend(spec.shadow.iter().map(|shadow| ("shadow.model".to_owned(), shadow.model.as_str())));
    found
}
