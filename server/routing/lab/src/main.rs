//! `routing-lab`: plays traffic against a simulated fleet and compares who places it.

use std::{hint::black_box, process::ExitCode};

use clap::Parser;
use routing_lab::{
    Conditions, PolicyKind, TraceKind,
    decide::Scene,
    model::{SECOND, describe},
    report::{self, Case},
    targets,
};

/// Compares routing policies on the same traffic, in virtual time.
#[derive(Debug, Parser)]
#[command(name = "routing-lab", version)]
struct Options {
    /// Traffic, several times for several: mixed, chat, rag, bursts, slow, lora. All, if none is named.
    #[arg(long)]
    trace: Vec<TraceKind>,
    /// Policies, several times for several: random, round-robin, least-requests, and the gateway's by preset
    /// (balanced, latency, throughput, cost). All, if none is named.
    #[arg(long)]
    policy: Vec<PolicyKind>,
    /// How many draws of the traffic; figures are their medians.
    #[arg(long, default_value_t = 10, value_parser = clap::value_parser!(u64).range(1..=1_000))]
    seeds: u64,
    /// The first seed; the others follow it.
    #[arg(long, default_value_t = 1)]
    first_seed: u64,
    /// Milliseconds between two scrapes of an engine; 0: none.
    #[arg(long, default_value_t = 200)]
    scrape_ms: u64,
    /// Gateways before the fleet, blind to each other's calls.
    #[arg(long, default_value_t = 1, value_parser = clap::value_parser!(u64).range(1..=64))]
    replicas: u64,
    /// Plays what the targets ask for (all traffic and policies; old scrapes, none, several gateways) and fails where
    /// one is missed.
    #[arg(long, conflicts_with_all = ["trace", "policy", "scrape_ms", "replicas"])]
    targets: bool,
    /// Makes so many decisions among 50 deployments and prints nothing: to be run under a profiler.
    #[arg(long, value_name = "COUNT", conflicts_with_all = ["trace", "policy", "scrape_ms", "replicas", "targets"])]
    decide: Option<u64>,
    /// Tokens of the prompt of those decisions.
    #[arg(long, default_value_t = 1_000, requires = "decide", value_parser = clap::value_parser!(u32).range(1..=1_000_000))]
    prompt_tokens: u32,
    /// Prints a line of JSON for each case instead of tables.
    #[arg(long)]
    json: bool,
}

fn main() -> anyhow::Result<ExitCode> {
    let options = Options::parse();
    if let Some(count) = options.decide {
        let mut scene = Scene::new(50, 1, options.prompt_tokens);
        let (print, model) = (scene.fingerprint(), Scene::model(0));
        (0..count).for_each(|_| drop(black_box(scene.decide(&model, &print))));
        return Ok(ExitCode::SUCCESS);
    }
    let seeds: Vec<u64> = (options.first_seed..options.first_seed.saturating_add(options.seeds)).collect();
    let cases = if options.targets { targets::cases() } else { chosen(&options) };
    let lines = report::play(&cases, &seeds);
    if options.json {
        print!("{}", report::json(&lines)?);
    } else {
        println!("{}", describe());
        println!(
            "Medians of {} seeds. Ratios: of this policy's figure to the other's; below 1 is better.",
            seeds.len()
        );
        print!("{}", report::table(&lines));
    }
    if !options.targets {
        return Ok(ExitCode::SUCCESS);
    }
    let verdicts = targets::judge(&lines);
    eprintln!("\ntargets (policy balanced)");
    for verdict in &verdicts {
        eprintln!("  {:6} {}", if verdict.holds { "holds" } else { "MISSED" }, verdict.words);
    }
    let missed = verdicts.iter().filter(|verdict| !verdict.holds).count();
    eprintln!("{} of {} targets hold", verdicts.len() - missed, verdicts.len());
    Ok(if missed == 0 { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

fn chosen(options: &Options) -> Vec<Case> {
    let traces = if options.trace.is_empty() { TraceKind::ALL.to_vec() } else { options.trace.clone() };
    let policies = if options.policy.is_empty() { PolicyKind::ALL.to_vec() } else { options.policy.clone() };
    let scrape_every = (options.scrape_ms > 0).then_some(options.scrape_ms * SECOND / 1_000);
    let conditions = Conditions { scrape_every, replicas: options.replicas as usize };
    let of =
        |trace: TraceKind| policies.iter().map(move |policy| Case { trace, policy: *policy, conditions });
    traces.into_iter().flat_map(of).collect()
}
