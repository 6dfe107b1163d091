//! `switchyard demo`: the whole platform, with engines and two tenants to try it out.
//!
//! Everything is done through the API, as an operator's script would do it: register engines, onboard two tenants, accept
//! their invitations, make keys, send a first chat. Only the past usage is written directly, marked as demo data.
//! A second start keeps what is there and makes fresh keys.

mod client;
mod document;
mod engines;
mod onboarding;
mod past_usage;

use std::net::{Ipv4Addr, SocketAddr, TcpListener};

use anyhow::Context;
use config::Settings;

use crate::serve::{self, Roles, Running};

use self::{client::Client, document::Document, engines::Engines};

/// Limits too high to bind.
const MANY: u32 = 100_000;

/// Runs until told to stop. `admin_set`: the operator named the admin address, so a taken one is an error.
pub async fn run(mut settings: Settings, admin_set: bool) -> anyhow::Result<()> {
    settings.catalog.grant_new_models_to_all = true;
    settings.catalog.probe_interval_ms = settings.catalog.probe_interval_ms.min(1000);
    settings.gateway.max_concurrent_requests = MANY;
    if settings.telemetry.log_level == "info" {
        settings.telemetry.log_level = "warn".to_owned();
    }
    if !admin_set && TcpListener::bind(settings.server.admin_listen).is_err() {
        settings.server.admin_listen = SocketAddr::from((Ipv4Addr::LOCALHOST, 0));
    }
    let guard = telemetry::init(&serve::telemetry_settings(&settings, "demo"))?;
    let data_dir = settings.server.data_dir.clone();
    say("starting the database, the gateway and the console");
    let running = serve::start(settings, Roles::ALL, false).await?;
    let engines = Engines::find_or_simulate(&data_dir).await?;
    let document = set_up(&running, &engines, &data_dir).await?;
    document.save(&data_dir)?;
    document.print(&data_dir);
    serve::told_to_stop().await;
    running.stop().await;
    engines.stop().await;
    guard.flush().await;
    Ok(())
}

fn say(what: &str) {
    println!("· {what}");
}

async fn set_up(
    running: &Running,
    engines: &Engines,
    data_dir: &std::path::Path,
) -> anyhow::Result<Document> {
    let before = Document::load(data_dir);
    let operator = onboarding::operator(&running.foundation, before.as_ref()).await?;
    let api = running.control.as_ref().context("the demo runs the control plane")?.api.clone();
    let client = Client::new(api, &operator.api_token)?;
    say("registering engines");
    let models = engines.register(&client).await?;
    say("onboarding tenants");
    let mut tenants = Vec::new();
    for wanted in onboarding::TENANTS {
        tenants.push(onboarding::tenant(&client, &running.base_url, wanted, before.as_ref()).await?);
    }
    past_usage::write(&running.foundation, &client, &tenants, &models).await?;
    let document = Document {
        base_url: trimmed(&running.base_url),
        admin_url: trimmed(&running.admin_url),
        operator,
        tenants,
        models,
        engines: engines.listed(),
    };
    onboarding::first_chat(&document).await?;
    Ok(document)
}

fn trimmed(url: &url::Url) -> String {
    url.as_str().trim_end_matches('/').to_owned()
}
