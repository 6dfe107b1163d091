//! What a gateway does beside serving calls: hears of revoked keys, learns of deployments' health, shares breakers.

mod breakers;
mod health;
mod revoked;
mod tokenizers;

use std::{sync::Arc, time::Duration};

use metrics::gauge;
use tokio::{
    sync::mpsc,
    time::{MissedTickBehavior, interval},
};
use tokio_util::sync::CancellationToken;

use crate::{fleet::Opened, gateway::Shared};

/// How often what the other replicas say is read.
const READ_EVERY: Duration = Duration::from_secs(1);
/// An older configuration than this is worth an alarm: the database is polled twice a second.
const STALE_AFTER: Duration = Duration::from_secs(30);

/// Until `stop`.
pub(crate) async fn run(core: Shared, openings: mpsc::Receiver<Opened>, stop: CancellationToken) {
    let replica: Arc<str> = uuid::Uuid::now_v7().to_string().into();
    let work = async {
        tokio::join!(
            revoked::listen(&core),
            health::probe(&core, &replica),
            breakers::tell(&core, &replica, openings),
            tokenizers::follow(&core),
            read(&core, &replica),
        )
    };
    tokio::select! {
        _ = work => {}
        () = stop.cancelled() => {}
    }
}

/// Each second: health and breakers as the others see them, and the age of the configuration.
async fn read(core: &Shared, replica: &str) {
    let mut ticks = interval(READ_EVERY);
    ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
    let mut alarmed = false;
    loop {
        ticks.tick().await;
        health::read(core).await;
        breakers::read(core, replica).await;
        alarmed = watch_age(core, alarmed);
        core.forget_gone_deployments();
    }
}

fn watch_age(core: &Shared, alarmed: bool) -> bool {
    let now = core.clock.now();
    let age = core.configuration.age(now);
    core.revocations.settle(now, age);
    gauge!("switchyard_configuration_generation").set(core.configuration.generation() as f64);
    let Some(age) = age else { return false };
    gauge!("switchyard_configuration_age_seconds").set(age.as_secs_f64());
    let stale = age > STALE_AFTER;
    if stale && !alarmed {
        tracing::error!(
            age_s = age.as_secs(),
            "the configuration is stale: the database has not confirmed it lately"
        );
    }
    if alarmed && !stale {
        tracing::info!("the configuration is current again");
    }
    stale
}
