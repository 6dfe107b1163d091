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
            compare(&core),
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

/// Endless: sets the deployments of a model beside each other.
async fn compare(core: &Shared) {
    let mut ticks = interval(core.settings.outliers_every);
    ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
    loop {
        ticks.tick().await;
        compare_now(core);
    }
}

/// What each model's deployments showed, and how many tokens their caches hold.
fn compare_now(core: &Shared) {
    let snapshot = core.configuration.load_full();
    for model in snapshot.models().filter(|model| model.deployments.len() > 1) {
        core.fleet.eject_outliers(model);
        for deployment in &model.deployments {
            if let Some(tokens) = deployment.kv_tokens {
                core.fleet.affinity.set_room(core.fleet.unit(deployment.id).handle, tokens);
            }
        }
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
