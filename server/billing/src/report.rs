//! Sums of rollup rows, with quantiles from their histograms.

use std::collections::HashMap;

use chrono::{DateTime, Utc};
use rust_decimal::Decimal;
use shared_api::billing::{UsageBucket, UsageTotals};
use snapshot::latency_quantile;

use crate::period::Period;

/// What is summed: counts, and histograms of which only quantiles are shown.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Sum {
    pub requests: u64,
    pub errors: u64,
    pub rejected: u64,
    pub aborted: u64,
    pub prompt_tokens: u64,
    pub cached_tokens: u64,
    pub completion_tokens: u64,
    pub reasoning_tokens: u64,
    pub amount: Decimal,
    pub latency: Vec<u64>,
    pub first_token: Vec<u64>,
}

fn add_counts(into: &mut Vec<u64>, from: &[u64]) {
    if into.len() < from.len() {
        into.resize(from.len(), 0);
    }
    for (sum, count) in into.iter_mut().zip(from) {
        *sum += count;
    }
}

impl Sum {
    pub fn add(&mut self, other: &Self) {
        self.requests += other.requests;
        self.errors += other.errors;
        self.rejected += other.rejected;
        self.aborted += other.aborted;
        self.prompt_tokens += other.prompt_tokens;
        self.cached_tokens += other.cached_tokens;
        self.completion_tokens += other.completion_tokens;
        self.reasoning_tokens += other.reasoning_tokens;
        self.amount += other.amount;
        add_counts(&mut self.latency, &other.latency);
        add_counts(&mut self.first_token, &other.first_token);
    }

    pub fn totals(&self) -> UsageTotals {
        UsageTotals {
            requests: self.requests,
            errors: self.errors,
            rejected: self.rejected,
            aborted: self.aborted,
            prompt_tokens: self.prompt_tokens,
            cached_tokens: self.cached_tokens,
            completion_tokens: self.completion_tokens,
            reasoning_tokens: self.reasoning_tokens,
            amount: self.amount.normalize(),
            latency_p50_ms: latency_quantile(&self.latency, 0.5),
            latency_p95_ms: latency_quantile(&self.latency, 0.95),
            first_token_p50_ms: latency_quantile(&self.first_token, 0.5),
            first_token_p95_ms: latency_quantile(&self.first_token, 0.95),
        }
    }
}

/// A series over a period and the sums of it and of the time before.
pub struct Series {
    pub totals: UsageTotals,
    pub previous: UsageTotals,
    pub buckets: Vec<UsageBucket>,
}

/// Lays sums by bucket, of the period and the one before, out as a series without gaps.
pub fn series(period: &Period, sums: &HashMap<DateTime<Utc>, Sum>) -> Series {
    let total = |of: &Period| {
        let mut total = Sum::default();
        of.buckets().filter_map(|start| sums.get(&start)).for_each(|sum| total.add(sum));
        total.totals()
    };
    let empty = Sum::default();
    let bucket = |start| UsageBucket { start, totals: sums.get(&start).unwrap_or(&empty).totals() };
    Series {
        totals: total(period),
        previous: total(&period.before()),
        buckets: period.buckets().map(bucket).collect(),
    }
}
