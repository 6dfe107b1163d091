//! The ladder: a crate depends only on rows below its own. Cargo.toml makes the rest true.

use std::collections::{BTreeMap, BTreeSet};

use cargo_metadata::{DependencyKind, MetadataCommand};

/// From the top down. `architecture.md` in docs/ tells why.
const ROWS: [&[&str]; 7] = [
    &["switchyard"],
    &["gateway"],
    &["routing", "engines", "metering", "dialects"],
    &["identity", "tenancy", "catalog", "billing", "batches"],
    &["access"],
    &["db", "kv", "mail", "objects", "secrets", "egress", "web", "jobs", "config", "telemetry", "snapshot"],
    &["shared", "shared-api", "shared-chat"],
];

/// Edges inside a row, or around the ladder, each with its reason.
const EXCEPTIONS: [(&str, &str, &str); 13] = [
    ("jobs", "db", "the queue is a table, and work joins the caller's transaction"),
    ("mail", "db", "a message joins the caller's transaction"),
    ("shared-api", "shared", "API types carry ids and money"),
    ("switchyard", "console", "the server serves the console"),
    ("switchyard", "sim", "`switchyard sim` and the demo's engines"),
    ("console", "ui", "pages are made of components"),
    ("console", "shared", "ids and money"),
    ("console", "shared-api", "what the API answers"),
    ("testkit", "db", "tests on a real database"),
    ("testkit", "shared", "ids"),
    ("routing-lab", "routing", "the policy that it compares with others"),
    ("routing-lab", "shared", "ids and presets"),
    ("routing-lab", "snapshot", "an engine's load"),
];

fn row(name: &str) -> Option<usize> {
    ROWS.iter().position(|row| row.contains(&name))
}

/// Edges between our own crates, without those of tests.
fn edges() -> (BTreeSet<String>, Vec<(String, String)>) {
    let metadata = MetadataCommand::new().no_deps().other_options(["--offline".to_owned()]).exec().unwrap();
    let ours: BTreeSet<String> = metadata.packages.iter().map(|package| package.name.to_string()).collect();
    let mut edges = Vec::new();
    for package in &metadata.packages {
        for dependency in &package.dependencies {
            if dependency.kind == DependencyKind::Normal && ours.contains(&dependency.name) {
                edges.push((package.name.to_string(), dependency.name.clone()));
            }
        }
    }
    (ours, edges)
}

#[test]
fn every_dependency_points_down_the_ladder() {
    let (_, edges) = edges();
    let allowed: BTreeMap<(&str, &str), &str> =
        EXCEPTIONS.iter().map(|(from, to, why)| ((*from, *to), *why)).collect();
    let wrong: Vec<_> = edges
        .iter()
        .filter(|(from, to)| !allowed.contains_key(&(from.as_str(), to.as_str())))
        .filter(|(from, to)| !matches!((row(from), row(to)), (Some(above), Some(below)) if above < below))
        .collect();
    assert!(wrong.is_empty(), "dependencies that do not point down: {wrong:?}");
}

#[test]
fn the_data_plane_and_the_control_plane_do_not_know_each_other() {
    let (_, edges) = edges();
    let data = ["gateway", "routing", "engines", "metering", "dialects"];
    let control = ["identity", "tenancy", "catalog", "billing", "batches", "access"];
    let wrong: Vec<_> = edges
        .iter()
        .filter(|(from, to)| data.contains(&from.as_str()) && control.contains(&to.as_str()))
        .collect();
    assert!(wrong.is_empty(), "{wrong:?}");
}

#[test]
fn every_crate_has_its_place() {
    let (ours, _) = edges();
    let beside = ["console", "ui", "bundle", "testkit", "sim", "routing-lab"];
    let homeless: Vec<_> =
        ours.iter().filter(|name| row(name).is_none() && !beside.contains(&name.as_str())).collect();
    assert!(homeless.is_empty(), "not on the ladder: {homeless:?}");
}

#[test]
fn no_exception_is_stale() {
    let (_, edges) = edges();
    let stale: Vec<_> =
        EXCEPTIONS.iter().filter(|(from, to, _)| !edges.iter().any(|(a, b)| a == from && b == to)).collect();
    assert!(stale.is_empty(), "listed but not there: {stale:?}");
}
