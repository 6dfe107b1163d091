//! What happened to the calls for a model's work so far.

use std::{
    collections::BTreeMap,
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering::Relaxed},
    },
};

use bytes::Bytes;
use http::HeaderMap;
use parking_lot::Mutex;
use serde::Serialize;

#[derive(Debug, Default)]
pub struct Stats {
    requests: AtomicU64,
    in_flight: AtomicU64,
    peak_in_flight: AtomicU64,
    completed: AtomicU64,
    failed: AtomicU64,
    cancelled: AtomicU64,
    tokens_in: AtomicU64,
    tokens_out: AtomicU64,
    cache_queries: AtomicU64,
    cache_hits: AtomicU64,
    last: Mutex<Option<(String, HeaderMap, Bytes)>>,
}

/// The counters at a moment. `requests` is the sum of `in_flight`, `completed`, `failed` and `cancelled`.
#[derive(Debug, Clone, Default, PartialEq, Serialize)]
pub struct StatsView {
    /// Calls for a model's work that arrived.
    pub requests: u64,
    pub in_flight: u64,
    pub peak_in_flight: u64,
    /// Answers sent to their end.
    pub completed: u64,
    /// Refused, or broken on order.
    pub failed: u64,
    /// The caller left before the end.
    pub cancelled: u64,
    pub tokens_in: u64,
    pub tokens_out: u64,
    /// Prompt tokens looked up in the prefix cache, and found there.
    pub cache_queries: u64,
    pub cache_hits: u64,
    pub last_request: Option<LastRequest>,
}

#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct LastRequest {
    pub path: String,
    pub headers: BTreeMap<String, String>,
    /// The body as JSON; a string when it was none.
    pub body: serde_json::Value,
}

impl Stats {
    pub fn view(&self) -> StatsView {
        StatsView {
            requests: self.requests.load(Relaxed),
            in_flight: self.in_flight.load(Relaxed),
            peak_in_flight: self.peak_in_flight.load(Relaxed),
            completed: self.completed.load(Relaxed),
            failed: self.failed.load(Relaxed),
            cancelled: self.cancelled.load(Relaxed),
            tokens_in: self.tokens_in.load(Relaxed),
            tokens_out: self.tokens_out.load(Relaxed),
            cache_queries: self.cache_queries.load(Relaxed),
            cache_hits: self.cache_hits.load(Relaxed),
            last_request: self.last.lock().as_ref().map(last_request),
        }
    }

    pub fn record(&self, path: &str, headers: HeaderMap, body: Bytes) {
        *self.last.lock() = Some((path.to_owned(), headers, body));
    }

    pub fn prompt(&self, tokens: u64, cached: u64) {
        self.tokens_in.fetch_add(tokens, Relaxed);
        self.cache_queries.fetch_add(tokens, Relaxed);
        self.cache_hits.fetch_add(cached, Relaxed);
    }
}

fn last_request((path, headers, body): &(String, HeaderMap, Bytes)) -> LastRequest {
    let text = |value: &http::HeaderValue| String::from_utf8_lossy(value.as_bytes()).into_owned();
    LastRequest {
        path: path.clone(),
        headers: headers.iter().map(|(name, value)| (name.to_string(), text(value))).collect(),
        body: serde_json::from_slice(body).unwrap_or_else(|_| String::from_utf8_lossy(body).into()),
    }
}

/// One call being served. Dropped without an end, it counts as cancelled.
#[derive(Debug)]
pub struct Counted {
    stats: Arc<Stats>,
    ended: bool,
}

impl Counted {
    pub fn begin(stats: &Arc<Stats>) -> Self {
        stats.requests.fetch_add(1, Relaxed);
        let now = stats.in_flight.fetch_add(1, Relaxed) + 1;
        stats.peak_in_flight.fetch_max(now, Relaxed);
        Self { stats: stats.clone(), ended: false }
    }

    pub fn tokens(&self, count: u64) {
        self.stats.tokens_out.fetch_add(count, Relaxed);
    }

    pub fn completed(&mut self) {
        self.end(&self.stats.clone().completed);
    }

    pub fn failed(&mut self) {
        self.end(&self.stats.clone().failed);
    }

    fn end(&mut self, counter: &AtomicU64) {
        if !std::mem::replace(&mut self.ended, true) {
            self.leave();
            counter.fetch_add(1, Relaxed);
        }
    }

    fn leave(&self) {
        self.stats.in_flight.fetch_sub(1, Relaxed);
    }
}

impl Drop for Counted {
    fn drop(&mut self) {
        if !self.ended {
            self.leave();
            self.stats.cancelled.fetch_add(1, Relaxed);
        }
    }
}
