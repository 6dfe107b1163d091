//! A process in its roles, from start to a bounded end.

use std::{path::PathBuf, time::Duration};

use anyhow::Context;
use axum::{Router, middleware::from_fn_with_state};
use config::{LogFormat, Settings};
use egress::{ConnectTimeout, EngineClient};
use identity::SetupToken;
use telemetry::{Format, Metrics, TelemetrySettings};
use tokio_util::{sync::CancellationToken, task::TaskTracker};
use url::Url;

use crate::{
    control_plane::{self, ControlPlane, Reach},
    data_plane::DataPlane,
    foundation::{self, Foundation, Opening},
    listen::{self, Tls},
    observe, wiring,
};

/// What a process does.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Roles {
    pub gateway: bool,
    pub control: bool,
    pub worker: bool,
    name: &'static str,
}

impl Roles {
    pub const ALL: Self = Self { gateway: true, control: true, worker: true, name: "serve" };
    pub const GATEWAY: Self = Self { gateway: true, control: false, worker: false, name: "gateway" };
    pub const CONTROL: Self = Self { gateway: false, control: true, worker: false, name: "control" };
    pub const WORKER: Self = Self { gateway: false, control: false, worker: true, name: "worker" };

    /// The gateway alone starts without the database; whoever serves everything looks after it.
    fn opening(self) -> Opening {
        match self {
            Self::ALL => Opening::Migrate,
            Self::GATEWAY => Opening::Lazy,
            _ => Opening::Existing,
        }
    }
}

/// How people and programs reach the server from outside.
pub fn public_url(settings: &Settings) -> Url {
    let scheme = if settings.server.tls_cert.is_some() { "https" } else { "http" };
    let default = || Url::parse(&format!("{scheme}://{}", settings.server.listen)).ok();
    let fallback = || unreachable!("a socket address is a host and a port");
    settings.server.public_url.clone().or_else(default).unwrap_or_else(fallback)
}

/// The console's files: as set, else `site` beside the executable.
fn site_dir(settings: &Settings) -> anyhow::Result<PathBuf> {
    if let Some(set) = &settings.server.site_dir {
        return Ok(set.clone());
    }
    let executable =
        std::env::current_exe().and_then(std::fs::canonicalize).context("where is this executable?")?;
    Ok(executable.parent().unwrap_or(&executable).join("site"))
}

/// Waits for SIGTERM or Ctrl-C.
pub async fn told_to_stop() {
    let interrupted = tokio::signal::ctrl_c();
    match tokio::signal::unix::signal(tokio::signal::unix::SignalKind::terminate()) {
        Ok(mut terminated) => {
            tokio::select! {
                _ = interrupted => {}
                _ = terminated.recv() => {}
            }
        }
        Err(_) => {
            let _stopped = interrupted.await;
        }
    }
}

pub fn telemetry_settings(settings: &Settings, service: &'static str) -> TelemetrySettings {
    TelemetrySettings {
        filter: settings.telemetry.log_level.clone(),
        format: match settings.telemetry.log_format {
            LogFormat::Json => Format::Json,
            LogFormat::Pretty => Format::Pretty,
        },
        otlp_endpoint: settings.telemetry.otlp_endpoint.clone(),
        sample_ratio: settings.telemetry.trace_sample_ratio,
        service,
    }
}

/// A running process.
pub struct Running {
    pub foundation: Foundation,
    pub control: Option<ControlPlane>,
    pub data: Option<DataPlane>,
    /// Where it is reached, with the port that was really taken.
    pub base_url: Url,
    pub admin_url: Url,
    stop: CancellationToken,
    tasks: TaskTracker,
}

/// Runs until told to stop.
pub async fn run(settings: Settings, roles: Roles) -> anyhow::Result<()> {
    let guard = telemetry::init(&telemetry_settings(&settings, roles.name))?;
    let running = start(settings, roles, true).await?;
    tracing::info!(role = roles.name, url = %running.base_url, admin_url = %running.admin_url, "listening");
    told_to_stop().await;
    running.stop().await;
    guard.flush().await;
    Ok(())
}

/// Starts everything that the roles ask for. `setup_link`: print the link that makes the first operator, if there is none.
pub async fn start(mut settings: Settings, roles: Roles, setup_link: bool) -> anyhow::Result<Running> {
    install_tls_provider();
    let metrics = Metrics::install()?;
    let public = listen::bind(settings.server.listen)?;
    let admin = listen::bind(settings.server.admin_listen)?;
    settings.server.listen = public.local_addr()?;
    settings.server.admin_listen = admin.local_addr()?;
    let foundation = Foundation::lay(settings, roles.opening()).await?;
    let stop = CancellationToken::new();
    let tasks = TaskTracker::new();
    let connect = Duration::from_millis(foundation.settings.gateway.connect_timeout_ms);
    let engines = EngineClient::new(&foundation.engine_rules, ConnectTimeout(connect))?;

    let mut router = Router::new();
    let mut data = None;
    if roles.gateway {
        let plane = DataPlane::start(&foundation, engines.clone(), &stop, &tasks).await?;
        let batches = wiring::batches::serve(&foundation, &plane.inside, &stop, &tasks);
        router = router.merge(plane.router.clone()).merge(batches);
        data = Some(plane);
    }
    let mut control = None;
    if roles.control {
        let setup = if setup_link { wiring::setup::open(&foundation).await? } else { SetupToken::closed() };
        let outside = EngineClient::new(&foundation.outbound_rules, ConnectTimeout(connect))?;
        let playground = data.as_ref().map(DataPlane::playground);
        let explainer = data.as_ref().map_or_else(wiring::explain::without_gateway, DataPlane::explainer);
        let reach = Reach { engines, outside, playground, explainer };
        let plane = control_plane::assemble(&foundation, reach, setup);
        router = router.merge(plane.api.clone()).merge(console(&foundation, &plane)?);
        control = Some(plane);
    }
    if roles.worker {
        wiring::background::start(&foundation, &stop, &tasks)?;
    }
    let trusted = foundation::trusted_proxies(&foundation.settings)?;
    if !trusted.is_empty() {
        router = router.layer(from_fn_with_state(trusted, web::forwarded::layer));
    }
    let server = &foundation.settings.server;
    let (base_url, admin_url) =
        (public_url(&foundation.settings), Url::parse(&format!("http://{}", server.admin_listen))?);
    let drain = Duration::from_secs(server.drain_seconds);
    let tls = server.tls_cert.clone().zip(server.tls_key.clone()).map(|(cert, key)| Tls { cert, key });
    let observed = observe::router(metrics.clone(), data.as_ref().map(|plane| plane.readiness.clone()));
    serve_on(&tasks, listen::serve(public, router, tls, stop.clone(), drain));
    serve_on(&tasks, listen::serve(admin, observed, None, stop.clone(), Duration::from_secs(1)));
    tasks.spawn(keep_metrics(metrics, stop.clone()));
    Ok(Running { foundation, control, data, base_url, admin_url, stop, tasks })
}

fn serve_on(tasks: &TaskTracker, serving: impl Future<Output = anyhow::Result<()>> + Send + 'static) {
    tasks.spawn(async {
        if let Err(error) = serving.await {
            tracing::error!(error = format!("{error:#}"), "a listener ended");
        }
    });
}

fn console(foundation: &Foundation, plane: &ControlPlane) -> anyhow::Result<Router> {
    let site_dir = site_dir(&foundation.settings)?;
    let assets = console::Assets::from_site(&site_dir)?;
    let parts = console::ConsoleParts {
        assets,
        site_dir,
        api: plane.api.clone(),
        public_url: public_url(&foundation.settings),
    };
    Ok(console::router(parts)
        .layer(axum::middleware::from_fn(web::security_headers::layer))
        .layer(axum::middleware::from_fn(web::request_id::layer)))
}

/// One TLS implementation for listeners and clients alike.
fn install_tls_provider() {
    // An error says that it was installed before, which is as good.
    let _installed = rustls::crypto::aws_lc_rs::default_provider().install_default();
}

async fn keep_metrics(metrics: Metrics, stop: CancellationToken) {
    let mut every = tokio::time::interval(Duration::from_secs(5));
    loop {
        tokio::select! {
            () = stop.cancelled() => return,
            _ = every.tick() => metrics.upkeep(),
        }
    }
}

impl Running {
    /// Stops in order: no new calls, running ones finish, the meter is shipped, the database last.
    pub async fn stop(self) {
        tracing::info!("stopping");
        if let Some(data) = &self.data {
            data.readiness.drain();
        }
        self.stop.cancel();
        self.tasks.close();
        self.tasks.wait().await;
        if let Some(data) = self.data {
            data.finish().await;
        }
        self.foundation.db.close().await;
    }
}
