//! A runner that answers from the line, can be held up, and remembers what it was asked.

use std::{
    collections::HashMap,
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
};

use async_trait::async_trait;
use batches::{LineAnswer, LineCall, Runner};
use serde_json::{Value, json};
use shared::UsageEventId;
use std::sync::Mutex;
use tokio::sync::Semaphore;

/// What `body.user` of a line says is its name here.
pub struct TestRunner {
    calls: Mutex<HashMap<String, Vec<UsageEventId>>>,
    pub all: Mutex<Vec<LineCall>>,
    /// A call waits for one of these before it is answered.
    pub gate: Semaphore,
    under_way: AtomicUsize,
    most: AtomicUsize,
}

impl TestRunner {
    pub fn open() -> Arc<Self> {
        Self::letting(Semaphore::MAX_PERMITS)
    }

    /// Answers so many calls, then holds the others up.
    pub fn letting(calls: usize) -> Arc<Self> {
        Arc::new(Self {
            calls: Mutex::default(),
            all: Mutex::default(),
            gate: Semaphore::new(calls),
            under_way: AtomicUsize::new(0),
            most: AtomicUsize::new(0),
        })
    }

    /// What a line's calls went by.
    pub fn work_of(&self, name: &str) -> Vec<UsageEventId> {
        self.calls.lock().unwrap().get(name).cloned().unwrap_or_default()
    }

    pub fn names(&self) -> Vec<String> {
        self.calls.lock().unwrap().keys().cloned().collect()
    }

    /// Calls that were under way at once, at most.
    pub fn most_at_once(&self) -> usize {
        self.most.load(Ordering::SeqCst)
    }
}

fn refusal(code: &str) -> Value {
    json!({"error": {"message": code, "type": "invalid_request_error", "param": "model", "code": code}})
}

fn answer(status: u16, body: Value) -> LineAnswer {
    LineAnswer { status, request_id: "req_test".to_owned(), body: body.to_string().into() }
}

struct UnderWay<'a>(&'a TestRunner);

impl Drop for UnderWay<'_> {
    fn drop(&mut self) {
        self.0.under_way.fetch_sub(1, Ordering::SeqCst);
    }
}

#[async_trait]
impl Runner for TestRunner {
    async fn run(&self, call: LineCall) -> LineAnswer {
        let body: Value = serde_json::from_slice(&call.body).unwrap();
        let name = body["user"].as_str().unwrap_or_default().to_owned();
        let tries = {
            let mut calls = self.calls.lock().unwrap();
            let events = calls.entry(name.clone()).or_default();
            events.push(call.work);
            events.len()
        };
        self.all.lock().unwrap().push(call);
        let now = self.under_way.fetch_add(1, Ordering::SeqCst) + 1;
        self.most.fetch_max(now, Ordering::SeqCst);
        let _under_way = UnderWay(self);
        self.gate.acquire().await.unwrap().forget();
        match body["model"].as_str().unwrap() {
            "forbidden" => answer(404, refusal("model_not_found")),
            "busy-twice" if tries <= 2 => answer(429, refusal("rate_limit_exceeded")),
            "broken" => panic!("a runner that panics"),
            _ => answer(
                200,
                json!({
                    "id": format!("chatcmpl-{name}"),
                    "choices": [{"index": 0, "message": {"role": "assistant", "content": name}}],
                    "usage": {"prompt_tokens": 3, "completion_tokens": 2, "total_tokens": 5},
                }),
            ),
        }
    }
}
