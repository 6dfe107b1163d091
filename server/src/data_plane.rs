//! The gateway with what feeds it and what it leaves behind: configuration in, usage out.

use std::{
    path::{Path, PathBuf},
    sync::Arc,
    time::Duration,
};

use anyhow::Context;
use axum::Router;
use catalog::{Follow, PlaygroundGateway, RouteExplainer};
use chrono::{DateTime, Utc};
use config::Settings;
use egress::{ConnectTimeout, EngineClient};
use gateway::{ConfigurationCell, Deferral, Gateway, GatewayParts, OnBehalf, Readiness};
use metering::{Meter, Shipper, ShipperSettings, SpoolSettings};
use snapshot::{Snapshot, disk};
use tokio_util::{sync::CancellationToken, task::TaskTracker};

use crate::{
    foundation::Foundation,
    wiring::{
        batches::{self, Deferring},
        explain::{Explainer, Kept},
        playground::Playground,
    },
};

/// How long the first configuration may take before the server listens without one.
const FIRST_CONFIGURATION: Duration = Duration::from_secs(5);
/// How long shipping the last usage may take at the end; what is left is shipped at the next start.
const LAST_SHIPMENT: Duration = Duration::from_secs(10);

pub struct DataPlane {
    pub router: Router,
    pub readiness: Readiness,
    /// Calls made inside the process: batches, the playground.
    pub inside: OnBehalf,
    decisions: Kept,
    configuration: Arc<ConfigurationCell>,
    shipper: Shipper,
}

impl DataPlane {
    pub async fn start(
        foundation: &Foundation,
        engines: EngineClient,
        stop: &CancellationToken,
        tasks: &TaskTracker,
    ) -> anyhow::Result<Self> {
        let configuration = Arc::new(ConfigurationCell::new());
        let known = restore(foundation, &configuration).await?;
        tasks.spawn(feed(foundation, configuration.clone(), known, stop.clone()));
        let meter = open_spool(foundation).await?;
        let shipper = Shipper::start(&meter, foundation.db.clone(), shipping(foundation));
        let gateway = Gateway::new(GatewayParts {
            configuration: configuration.clone(),
            meter,
            kv: foundation.kv.clone(),
            engines,
            external: external_engines(foundation)?,
            pepper: foundation.pepper.clone(),
            key_encryption_key: foundation.key_encryption_key.clone(),
            settings: gateway::Settings::from_config(&foundation.settings),
            clock: foundation.clock.clone(),
            deferral: deferral(foundation),
        });
        let (router, readiness, inside) = (gateway.router(), gateway.readiness(), gateway.on_behalf());
        let decisions: Kept = Arc::new(gateway.decisions());
        tasks.spawn(gateway.run(stop.clone()));
        await_configuration(&readiness).await;
        Ok(Self { router, readiness, inside, decisions, configuration, shipper })
    }

    /// Makes the console's calls.
    pub fn playground(&self) -> Arc<dyn PlaygroundGateway> {
        Arc::new(Playground { gateway: self.inside.clone(), configuration: self.configuration.clone() })
    }

    /// Tells what the gateway chose of late, and what it would choose.
    pub fn explainer(&self) -> Arc<dyn RouteExplainer> {
        Arc::new(Explainer { kept: Some(self.decisions.clone()), gateway: Some(self.inside.clone()) })
    }

    /// Ships what is left.
    pub async fn finish(self) {
        if tokio::time::timeout(LAST_SHIPMENT, self.shipper.drain()).await.is_err() {
            tracing::warn!("the last usage is not shipped yet; the next start ships it");
        }
    }
}

/// Where batches run, calls that nothing can serve may become some.
fn deferral(foundation: &Foundation) -> Option<Arc<dyn Deferral>> {
    let runs = foundation.settings.batches.max_concurrent_batches > 0;
    runs.then(|| Arc::new(Deferring(batches::state(foundation))) as Arc<dyn Deferral>)
}

/// What reaches engines outside the platform: public addresses, and what the operator lists.
fn external_engines(foundation: &Foundation) -> anyhow::Result<EngineClient> {
    let connect = Duration::from_millis(foundation.settings.gateway.connect_timeout_ms);
    Ok(EngineClient::new(&foundation.outbound_rules, ConnectTimeout(connect))?)
}

/// Where a gateway keeps its configuration for the next start.
pub fn saved_configuration(data_dir: &Path) -> PathBuf {
    data_dir.join("configuration.snapshot")
}

/// Starts from the configuration saved last, if there is one. Its generation.
async fn restore(foundation: &Foundation, configuration: &ConfigurationCell) -> anyhow::Result<i64> {
    let file = saved_configuration(&foundation.settings.server.data_dir);
    let read = tokio::task::spawn_blocking(move || {
        let saved_at = std::fs::metadata(&file).and_then(|metadata| metadata.modified()).ok();
        disk::load(&file).map(|rows| rows.zip(saved_at))
    });
    match read.await? {
        Ok(Some((rows, saved_at))) => {
            let generation = rows.generation;
            configuration.restore(Snapshot::build(rows), DateTime::<Utc>::from(saved_at));
            Ok(generation)
        }
        Ok(None) => Ok(0),
        Err(error) => {
            tracing::warn!(%error, "the saved configuration is not used");
            Ok(0)
        }
    }
}

fn feed(
    foundation: &Foundation,
    configuration: Arc<ConfigurationCell>,
    known: i64,
    stop: CancellationToken,
) -> impl Future<Output = ()> + use<> {
    let follow = Follow {
        db: foundation.db.clone(),
        file: saved_configuration(&foundation.settings.server.data_dir),
        known,
    };
    let (clock, confirmed) = (foundation.clock.clone(), configuration.clone());
    let confirm_clock = clock.clone();
    catalog::follow(
        follow,
        move |rows| configuration.publish(Snapshot::build(rows), clock.now()),
        move || confirmed.confirm(confirm_clock.now()),
        stop,
    )
}

/// Where a process keeps its usage until the database has it, in its data folder.
pub fn spool_folder(data_dir: &Path) -> PathBuf {
    data_dir.join("usage-spool")
}

pub fn spool_settings(settings: &Settings) -> SpoolSettings {
    SpoolSettings {
        max_bytes: settings.metering.spool_max_bytes,
        commit_interval: Duration::from_micros(settings.metering.commit_interval_us),
        ..SpoolSettings::default()
    }
}

async fn open_spool(foundation: &Foundation) -> anyhow::Result<Meter> {
    let settings = spool_settings(&foundation.settings);
    let folder = spool_folder(&foundation.settings.server.data_dir);
    let (meter, recovered) = tokio::task::spawn_blocking(move || Meter::open(folder, settings))
        .await?
        .context("the usage spool did not open")?;
    if recovered.unshipped > 0 || recovered.damaged > 0 {
        tracing::info!(
            lost_calls = recovered.lost_calls,
            unshipped = recovered.unshipped,
            damaged = recovered.damaged,
            "usage of an earlier process recovered"
        );
    }
    Ok(meter)
}

fn shipping(foundation: &Foundation) -> ShipperSettings {
    ShipperSettings {
        interval: Duration::from_millis(foundation.settings.metering.ship_interval_ms),
        ..ShipperSettings::default()
    }
}

/// Listening before there is any configuration would refuse calls that are good a moment later.
async fn await_configuration(readiness: &Readiness) {
    let ready = async {
        while !readiness.is_ready() {
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    };
    if tokio::time::timeout(FIRST_CONFIGURATION, ready).await.is_err() {
        tracing::warn!("no configuration yet: calls are refused until the database answers");
    }
}
