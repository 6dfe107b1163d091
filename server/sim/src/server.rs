//! Listening, connections and a graceful end.

use std::{convert::Infallible, io, net::SocketAddr, sync::Arc, time::Duration};

use axum::{Extension, Router, body::Body};
use http::{Request, Response};
use hyper::{body::Incoming, server::conn::http1, service::service_fn};
use hyper_util::rt::TokioIo;
use tokio::net::{TcpListener, TcpStream};
use tokio_util::{sync::CancellationToken, task::TaskTracker};
use tower::ServiceExt;

use crate::{
    Fault, SimOptions, StatsView, anthropic, control, llamacpp, nim, ollama, openai,
    options::Engine,
    sglang,
    socket::{Breaker, Socket},
    state::Sim,
    tei, tgi, vllm,
};

/// How long answers under way may take to end once it is told to stop.
const GRACE: Duration = Duration::from_secs(5);

#[derive(Debug, thiserror::Error)]
pub enum SimError {
    #[error("`--model` is given no name: at least one is needed")]
    NoModel,
    #[error("`--model {0}` names an unknown kind: chat, embedding, rerank or classify is accepted")]
    Kind(String),
    #[error("`--dimensions` is 0: at least 1 is needed")]
    NoDimensions,
    #[error("`--slots` is 0: at least 1 is needed")]
    NoSlots,
    #[error("`--tokens-per-s` is {0}: 0 (as fast as possible) or more is needed")]
    Pace(f64),
    #[error("cannot listen on {address}")]
    Listen { address: SocketAddr, source: io::Error },
}

/// A simulator that runs in the background. Dropping it cuts every connection; [`Handle::stop`] ends gracefully.
#[derive(Debug)]
pub struct Handle {
    pub addr: SocketAddr,
    sim: Arc<Sim>,
    stop: CancellationToken,
    cut: CancellationToken,
    tasks: TaskTracker,
}

impl Handle {
    /// For example `http://127.0.0.1:41234`.
    pub fn base_url(&self) -> String {
        format!("http://{}", self.addr)
    }

    pub fn stats(&self) -> StatsView {
        self.sim.stats.view()
    }

    /// Adds a fault behind those already set; the first that has turns left applies.
    pub fn fault(&self, fault: Fault) {
        self.sim.faults.add(fault);
    }

    pub fn clear_faults(&self) {
        self.sim.faults.clear();
    }

    /// Stops listening and waits for the answers under way, a few seconds at most.
    pub async fn stop(self) {
        self.stop.cancel();
        self.tasks.close();
        if tokio::time::timeout(GRACE, self.tasks.wait()).await.is_err() {
            self.cut.cancel();
            self.tasks.wait().await;
        }
    }
}

impl Drop for Handle {
    fn drop(&mut self) {
        self.stop.cancel();
        self.cut.cancel();
    }
}

/// Runs until `shutdown` resolves.
pub async fn run(options: SimOptions, shutdown: impl Future<Output = ()>) -> Result<(), SimError> {
    let handle = start(options).await?;
    shutdown.await;
    handle.stop().await;
    Ok(())
}

/// Starts on a free port of the loopback interface, whatever the options say.
pub async fn spawn(mut options: SimOptions) -> Result<Handle, SimError> {
    options.listen = SocketAddr::from(([127, 0, 0, 1], 0));
    start(options).await
}

/// Starts in the background on the options' address.
pub async fn start(options: SimOptions) -> Result<Handle, SimError> {
    check(&options)?;
    let address = options.listen;
    let sim = Arc::new(Sim::new(options)?);
    let options = &sim.options;
    let failed = |source| SimError::Listen { address, source };
    let listener = TcpListener::bind(address).await.map_err(failed)?;
    let addr = listener.local_addr().map_err(failed)?;
    tracing::info!(%addr, engine = ?options.engine, models = ?options.models, "simulated engine listens");

    let handle = Handle {
        addr,
        sim: sim.clone(),
        stop: CancellationToken::new(),
        cut: CancellationToken::new(),
        tasks: TaskTracker::new(),
    };
    let connections = Connections {
        router: routes(sim),
        stop: handle.stop.clone(),
        cut: handle.cut.clone(),
        tasks: handle.tasks.clone(),
    };
    handle.tasks.spawn(connections.accept(listener));
    Ok(handle)
}

fn check(options: &SimOptions) -> Result<(), SimError> {
    if options.dimensions == 0 {
        return Err(SimError::NoDimensions);
    }
    if options.slots == 0 {
        return Err(SimError::NoSlots);
    }
    if !options.tokens_per_s.is_finite() || options.tokens_per_s < 0.0 {
        return Err(SimError::Pace(options.tokens_per_s));
    }
    Ok(())
}

fn routes(sim: Arc<Sim>) -> Router {
    let engine = match sim.options.engine {
        Engine::Vllm => vllm::routes(),
        Engine::Sglang => sglang::routes(),
        Engine::Ollama => ollama::routes(),
        Engine::Tgi => tgi::routes(),
        Engine::Nim => nim::routes(),
        Engine::Llamacpp => llamacpp::routes(),
        Engine::Tei => tei::routes(),
        Engine::Openai => openai::routes(),
        Engine::Anthropic => anthropic::routes(),
    };
    engine.merge(control::routes()).layer(Extension(sim.clone())).with_state(sim)
}

struct Connections {
    router: Router,
    stop: CancellationToken,
    cut: CancellationToken,
    tasks: TaskTracker,
}

impl Connections {
    async fn accept(self, listener: TcpListener) {
        loop {
            let accepted = tokio::select! {
                accepted = listener.accept() => accepted,
                () = self.stop.cancelled() => return,
            };
            match accepted {
                Ok((stream, _)) => {
                    let serving = serve(stream, self.router.clone(), self.stop.clone());
                    let cut = self.cut.clone();
                    self.tasks.spawn(async move {
                        tokio::select! {
                            () = serving => {}
                            () = cut.cancelled() => {}
                        }
                    });
                }
                // Out of file descriptors, most likely: let some close.
                Err(error) => {
                    tracing::warn!(%error, "cannot accept");
                    tokio::time::sleep(Duration::from_millis(20)).await;
                }
            }
        }
    }
}

async fn serve(stream: TcpStream, router: Router, stop: CancellationToken) {
    // Without it each frame of a stream could wait for the last one's acknowledgement.
    let _ = stream.set_nodelay(true);
    let breaker = Breaker::default();
    let socket = TokioIo::new(Socket::new(stream, breaker.clone()));
    let service = service_fn(move |request| answer(router.clone(), breaker.clone(), request));
    let connection = http1::Builder::new().serve_connection(socket, service);
    tokio::pin!(connection);
    let result = tokio::select! {
        result = connection.as_mut() => result,
        () = stop.cancelled() => {
            connection.as_mut().graceful_shutdown();
            connection.await
        }
    };
    if let Err(error) = result {
        tracing::debug!(%error, "connection ended early");
    }
}

/// Ends a connection without an answer.
#[derive(Debug, thiserror::Error)]
#[error("broken on order")]
struct Refused;

async fn answer(
    router: Router,
    breaker: Breaker,
    mut request: Request<Incoming>,
) -> Result<Response<Body>, Refused> {
    request.extensions_mut().insert(breaker.clone());
    let answered: Result<_, Infallible> = router.oneshot(request.map(Body::new)).await;
    let Ok(response) = answered;
    if breaker.is_reset() { Err(Refused) } else { Ok(response) }
}
