//! A route's document in words, and what one version changed of another.

use shared::route::{Degrade, RouteArm, RouteSpec};

use super::form::stick_word;

/// What a document says beside its arms, as label and text; what it leaves out is not told.
pub(super) fn facts(spec: &RouteSpec) -> Vec<(String, String)> {
    let mut said = Vec::new();
    let mut say = |label: &str, text: String| {
        if !text.is_empty() {
            said.push((label.to_owned(), text));
        }
    };
    say("Chosen by", preset(spec));
    say("Callers kept by", stick_word(spec.stick_to).to_owned());
    say("Fallbacks", spec.fallbacks.join(" → "));
    say("When nothing can serve", exhausted(spec));
    let limits = &spec.constraints;
    say("Regions", list(limits.regions.as_deref()));
    say("Pools", list(limits.pools.as_deref()));
    say("Never in pools", limits.deny_pools.join(", "));
    say("Never on", limits.deny_deployments.join(", "));
    say("Outside the platform", if limits.inside_only { "never".to_owned() } else { String::new() });
    say("Ceilings", ceilings(spec));
    say("Attempts again", retry(spec));
    say("Hedge", hedge(spec));
    say("Copies", shadow(spec));
    say("Embeddings gathered", spec.coalesce_ms.map(|ms| format!("for {ms} ms")).unwrap_or_default());
    said
}

/// What an arm says beside its name and share.
pub(super) fn arm_place(arm: &RouteArm) -> String {
    let place =
        |what: &str, names: Option<&[String]>| names.map(|names| format!("{what} {}", names.join(", ")));
    let places = [place("pools", arm.pools.as_deref()), place("on", arm.deployments.as_deref())];
    places.into_iter().flatten().collect::<Vec<_>>().join(" · ")
}

/// What a version changed, in short sentences.
pub(super) fn changes(before: &RouteSpec, after: &RouteSpec) -> Vec<String> {
    let mut said = Vec::new();
    for arm in &after.arms {
        match before.arms.iter().find(|one| one.name == arm.name) {
            None => said.push(format!("arm {} was added with {}", arm.name, share(after, arm))),
            Some(old) => arm_changes(&mut said, (before, old), (after, arm)),
        }
    }
    let gone = before.arms.iter().filter(|old| after.arms.iter().all(|arm| arm.name != old.name));
    said.extend(gone.map(|arm| format!("arm {} was removed", arm.name)));
    let (old, new) = (facts(before), facts(after));
    for (label, text) in &new {
        match old.iter().find(|(other, _)| other == label) {
            None => said.push(format!("{}: {text}", label.to_lowercase())),
            Some((_, was)) if was != text => {
                said.push(format!("{}: {was} became {text}", label.to_lowercase()));
            }
            Some(_) => {}
        }
    }
    let dropped = old.iter().filter(|(label, _)| new.iter().all(|(other, _)| other != label));
    said.extend(dropped.map(|(label, was)| format!("{}: no longer {was}", label.to_lowercase())));
    said
}

fn arm_changes(said: &mut Vec<String>, before: (&RouteSpec, &RouteArm), after: (&RouteSpec, &RouteArm)) {
    let ((_, old), (_, new)) = (before, after);
    let (was, is) = (share(before.0, old), share(after.0, new));
    if was != is {
        said.push(format!("{} went from {was} to {is}", new.name));
    }
    if old.models != new.models {
        said.push(format!(
            "{} asks {} instead of {}",
            new.name,
            new.models.join(" → "),
            old.models.join(" → ")
        ));
    }
    if arm_place(old) != arm_place(new) {
        let place = arm_place(new);
        let place = if place.is_empty() { "anywhere".to_owned() } else { place };
        said.push(format!("{} runs {place}", new.name));
    }
}

/// An arm's share of all calls: `12.5%`.
pub(super) fn share(spec: &RouteSpec, arm: &RouteArm) -> String {
    let all: u32 = spec.arms.iter().map(|arm| arm.weight).fold(0, u32::saturating_add);
    if all == 0 { "0%".to_owned() } else { ui::format::percent(f64::from(arm.weight) / f64::from(all)) }
}

fn list(names: Option<&[String]>) -> String {
    names.map(|names| names.join(", ")).unwrap_or_default()
}

fn preset(spec: &RouteSpec) -> String {
    let own = if spec.weights.is_some() { ", with weights of its own" } else { "" };
    format!("{}{own}", spec.preset.as_str())
}

fn exhausted(spec: &RouteSpec) -> String {
    let step = |step: &Degrade| match step {
        Degrade::Model { model } => format!("{model} answers"),
        Degrade::Wait { most_ms } => format!("wait {}", ui::format::millis(f64::from(*most_ms))),
        Degrade::Batch => "a batch of one line".to_owned(),
        Degrade::Fail => "fail".to_owned(),
    };
    spec.when_exhausted.iter().map(step).collect::<Vec<_>>().join(" → ")
}

fn ceilings(spec: &RouteSpec) -> String {
    let of = &spec.ceilings;
    let said = [
        of.first_token_ms.map(|ms| format!("first token within {ms} ms")),
        of.tokens_per_second.map(|rate| format!("{rate} tokens a second")),
        of.prompt_price.map(|price| format!("input {} a million", price.normalize())),
        of.completion_price.map(|price| format!("output {} a million", price.normalize())),
    ];
    said.into_iter().flatten().collect::<Vec<_>>().join(", ")
}

fn retry(spec: &RouteSpec) -> String {
    let attempts = spec.retry.attempts.map(|most| format!("at most {most} attempts, ")).unwrap_or_default();
    format!("{attempts}{}% of calls", spec.retry.budget_percent)
}

fn hedge(spec: &RouteSpec) -> String {
    let words =
        spec.hedge.map(|of| format!("after {} ms, at most {}% of calls", of.after_ms, of.most_percent));
    words.unwrap_or_default()
}

fn shadow(spec: &RouteSpec) -> String {
    let words = spec.shadow.as_ref().map(|of| format!("{}% of calls also to {}", of.percent, of.model));
    words.unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn spec(document: serde_json::Value) -> RouteSpec {
        serde_json::from_value(document).expect("a document")
    }

    #[test]
    fn a_version_tells_what_it_changed() {
        let before = spec(json!({"arms": [
            {"name": "stable", "weight": 100, "models": ["big"]},
            {"name": "old", "weight": 0, "models": ["big"]},
        ], "fallbacks": ["small"]}));
        let after = spec(json!({"arms": [
            {"name": "stable", "weight": 90, "models": ["big", "small"]},
            {"name": "canary", "weight": 10, "models": ["new"]},
        ], "preset": "latency"}));
        assert_eq!(
            changes(&before, &after),
            [
                "stable went from 100% to 90%",
                "stable asks big → small instead of big",
                "arm canary was added with 10%",
                "arm old was removed",
                "chosen by: balanced became latency",
                "fallbacks: no longer small",
            ]
        );
        assert!(changes(&after, &after).is_empty());
    }
}
