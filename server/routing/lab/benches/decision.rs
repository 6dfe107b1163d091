//! What a decision costs in time. `make bench-routing` counts its instructions besides.

use std::hint::black_box;

use criterion::{BenchmarkId, Criterion, criterion_group, criterion_main};
use routing_lab::decide::Scene;

/// Tokens of prompts.
const PROMPTS: [u32; 4] = [100, 1_000, 10_000, 100_000];

fn fifty_candidates(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("50 candidates, prompt tokens");
    for tokens in PROMPTS {
        let mut scene = Scene::new(50, 1, tokens);
        let (print, model) = (scene.fingerprint(), Scene::model(0));
        group.bench_function(BenchmarkId::new("decision", tokens), |bencher| {
            bencher.iter(|| black_box(scene.decide(&model, &print)));
        });
        group.bench_function(BenchmarkId::new("fingerprint", tokens), |bencher| {
            bencher.iter(|| black_box(scene.fingerprint()));
        });
    }
    group.finish();
}

fn a_thousand_deployments(criterion: &mut Criterion) {
    let mut scene = Scene::new(1_000, 20, 1_000);
    let (print, model) = (scene.fingerprint(), Scene::model(0));
    criterion.bench_function("1,000 deployments of 20 models", |bencher| {
        bencher.iter(|| black_box(scene.decide(&model, &print)));
    });
}

criterion_group!(benches, fifty_candidates, a_thousand_deployments);
criterion_main!(benches);
