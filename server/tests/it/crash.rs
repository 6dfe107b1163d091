//! Calls under load while the server is killed and the database stopped: every call whose end its client saw is
//! metered exactly once.

use std::{
    collections::HashSet,
    path::Path,
    sync::{
        Arc, Mutex,
        atomic::{AtomicBool, AtomicU64, Ordering},
    },
    time::{Duration, Instant},
};

use db::{Database, DatabaseSettings};
use egress::EngineClient;
use http::{Request, StatusCode, header};
use http_body_util::{BodyExt, Full};
use serde_json::{Value, json};
use sim::{Engine, SimOptions};

use crate::deployment::{Deployment, PATIENCE, signal};

/// Calls that must be seen to end between two blows.
const CALLS_BETWEEN: u64 = 60;

/// Stops the private database at once, as if its machine had lost power for a moment.
fn kill_database(data: &Path) {
    let file = std::fs::read_to_string(data.join("postgres/data/postmaster.pid")).unwrap();
    signal(file.lines().next().unwrap().parse().unwrap(), "KILL");
}

/// Clients that call without end, and remember which calls they saw end.
struct Load {
    seen: Arc<Mutex<HashSet<String>>>,
    count: Arc<AtomicU64>,
    stop: Arc<AtomicBool>,
    clients: Vec<tokio::task::JoinHandle<()>>,
}

impl Load {
    fn start(deployment: &Deployment, key: &str, clients: usize) -> Self {
        let seen: Arc<Mutex<HashSet<String>>> = Arc::default();
        let (count, stop) = (Arc::new(AtomicU64::new(0)), Arc::new(AtomicBool::new(false)));
        let url = deployment.url("/v1/chat/completions");
        let client = |at: usize| {
            let (engine, url, bearer) = (deployment.client.clone(), url.clone(), format!("Bearer {key}"));
            let (seen, count, stop) = (Arc::clone(&seen), Arc::clone(&count), Arc::clone(&stop));
            tokio::spawn(async move {
                let mut nth = 0_u32;
                while !stop.load(Ordering::Relaxed) {
                    nth += 1;
                    let name = format!("client-{at}-{nth}");
                    if ended(&engine, &url, &bearer, &name, nth.is_multiple_of(2)).await {
                        seen.lock().unwrap().insert(name);
                        count.fetch_add(1, Ordering::Relaxed);
                    } else {
                        // Nothing listens, or it refused: not faster than a client would try again.
                        tokio::time::sleep(Duration::from_millis(20)).await;
                    }
                }
            })
        };
        let clients = (0..clients).map(client).collect();
        Self { seen, count, stop, clients }
    }

    async fn until_more(&self) {
        let (begun, wanted) = (Instant::now(), self.count.load(Ordering::Relaxed) + CALLS_BETWEEN);
        while self.count.load(Ordering::Relaxed) < wanted {
            assert!(begun.elapsed() < PATIENCE, "calls are not answered any more");
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
    }

    async fn end(self) -> HashSet<String> {
        self.stop.store(true, Ordering::Relaxed);
        for client in self.clients {
            client.await.unwrap();
        }
        std::mem::take(&mut *self.seen.lock().unwrap())
    }
}

/// One call; whether its client saw it end well.
async fn ended(client: &EngineClient, url: &str, bearer: &str, name: &str, stream: bool) -> bool {
    let body = json!({"model": "sim-8b", "messages": [{"role": "user", "content": "Count."}], "max_tokens": 20, "user": name, "stream": stream});
    let request = Request::post(url)
        .header(header::AUTHORIZATION, bearer)
        .header(header::CONTENT_TYPE, "application/json")
        .body(Full::from(body.to_string()))
        .unwrap();
    let Ok(response) = client.send(request).await else { return false };
    let good = response.status() == StatusCode::OK;
    let Ok(body) = response.into_body().collect().await else { return false };
    let bytes = body.to_bytes();
    if stream {
        good && bytes.ends_with(b"data: [DONE]\n\n")
    } else {
        good && serde_json::from_slice::<Value>(&bytes).is_ok()
    }
}

/// How often each client's call was metered.
async fn metered(data: &Path) -> Vec<(String, i64, String)> {
    let db = Database::open_existing(DatabaseSettings::embedded(data)).await.unwrap();
    let mut connection = db.superuser().await.unwrap().unwrap();
    let rows = sqlx::query_as("select end_user, count(*), min(status) from usage_events where end_user is not null group by end_user")
        .fetch_all(&mut connection)
        .await
        .unwrap();
    drop(connection);
    db.close().await;
    rows
}

#[tokio::test(flavor = "multi_thread")]
async fn every_call_that_ended_is_metered_once_whatever_is_killed() {
    let engine = sim::spawn(SimOptions::unpaced(Engine::Vllm, ["sim-8b"])).await.unwrap();
    let mut deployment = Deployment::new();
    deployment.start().await;
    let operator = deployment.operator_token();
    let key = deployment.onboard(&operator, &engine.base_url()).await;
    let load = Load::start(&deployment, &key, 6);
    for round in 0..4 {
        load.until_more().await;
        if round % 2 == 1 {
            kill_database(deployment.data());
            // Calls go on without it.
            load.until_more().await;
        }
        deployment.kill();
        deployment.start().await;
    }
    load.until_more().await;
    let seen = load.end().await;
    deployment.stop();

    let metered = metered(deployment.data()).await;
    let twice: Vec<_> = metered.iter().filter(|(_, count, _)| *count > 1).collect();
    assert!(twice.is_empty(), "metered more than once: {twice:?}");
    let known: HashSet<_> =
        metered.iter().filter(|row| row.2 == "completed").map(|row| row.0.clone()).collect();
    let lost: Vec<_> = seen.difference(&known).collect();
    assert!(seen.len() as u64 >= 7 * CALLS_BETWEEN, "only {} calls were seen to end", seen.len());
    assert!(lost.is_empty(), "{} of {} calls that ended are not metered: {lost:?}", lost.len(), seen.len());
}
