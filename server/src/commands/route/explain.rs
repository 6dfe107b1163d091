//! `switchyard admin route explain`

use std::path::Path;

use anyhow::Context;
use serde_json::Value;
use shared_api::decisions::{Candidate, Explained};

use super::text_of;
use crate::wiring::explain;

pub fn run(path: &Path, json: bool) -> anyhow::Result<()> {
    let parsed: Value =
        serde_json::from_str(&text_of(path)?).with_context(|| format!("{} is not JSON", path.display()))?;
    // A whole answer of the API is taken as well as the record in it.
    let record = parsed.get("record").cloned().unwrap_or(parsed);
    let explained = explain::without_gateway().explain_record(record).map_err(anyhow::Error::msg);
    let explained = explained.with_context(|| format!("{} is no record of a decision", path.display()))?;
    if json {
        println!("{}", serde_json::to_string_pretty(&explained)?);
    } else {
        print!("{}", text(&explained));
    }
    Ok(())
}

/// For people: what was asked, then a line for each candidate.
fn text(of: &Explained) -> String {
    let decision = &of.decision;
    let route = match (&decision.route, decision.route_version, &decision.arm) {
        (Some(name), Some(version), Some(arm)) => format!(", route {name} v{version}, arm {arm}"),
        (Some(name), Some(version), None) => format!(", route {name} v{version}"),
        _ => String::new(),
    };
    let task = decision.task.as_ref();
    let task = task.map(|told| format!(", taken for {} ({})", told.task.as_str(), told.why));
    let mut lines = vec![
        format!("{} of {}{route}{}", decision.asked, decision.tenant, task.unwrap_or_default()),
        format!(
            "{} prompt tokens, {} expected, {} must fit; weights {}",
            of.prompt_tokens,
            of.output_tokens,
            of.tokens,
            serde_json::to_string(&of.weights).unwrap_or_default()
        ),
    ];
    for (at, choice) in of.ordered.iter().enumerate() {
        let score = &choice.score;
        lines.push(format!(
            "{:>3}. {}  {} ({})  total {:.4} = wait {:.4} + prefill {:.4} + lora {:.4}, decode {:.4}, cost {:.4}, misfit {:.2}{}",
            at + 1,
            named(&choice.candidate),
            choice.rank,
            choice.reason,
            score.total,
            score.wait,
            score.prefill,
            score.lora,
            score.decode,
            score.cost,
            score.misfit,
            if score.leaves { ", leaves its deployment" } else { "" }
        ));
    }
    for left in &of.left_out {
        let detail = left.detail.as_ref().map(|detail| format!(": {detail}")).unwrap_or_default();
        lines.push(format!("  -  {}  left out, {}{detail}", named(&left.candidate), left.why));
    }
    lines.push(String::new());
    lines.join("\n")
}

/// `gpu-1 (llama, vllm, eu; 3 here, 2 running, 0 waiting, 512 tokens cached)`
fn named(candidate: &Candidate) -> String {
    let region = candidate.region.as_ref().map(|region| format!(", {region}")).unwrap_or_default();
    let told = match (candidate.running, candidate.waiting) {
        (Some(running), Some(waiting)) => format!(", {running} running, {waiting} waiting"),
        _ => String::new(),
    };
    format!(
        "{} ({}, {}{region}; {} here{told}, {} tokens cached)",
        candidate.deployment, candidate.model, candidate.engine, candidate.in_flight, candidate.cached_tokens
    )
}
