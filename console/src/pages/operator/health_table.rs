//! The table of deployments with what their engines said last.

use leptos::prelude::*;
use shared_api::catalog::{Deployment, DeploymentState, HealthState};
use ui::*;

use super::deployment_forms::state_dialog;
use crate::{
    api::catalog::HealthView,
    pages::{cells, model_words},
};

pub(super) fn table(view: &HealthView) -> AnyView {
    if view.deployments.is_empty() {
        return view! {
            <Card>
                <EmptyState
                    icon=Icon::Chip
                    title="No deployments yet"
                    description="A deployment is an engine that serves a model. Register one and its model can be called."
                >
                    <LinkButton href="/operator/deployments/new" kind=ButtonKind::Primary icon=Icon::Plus>
                        "Register a deployment"
                    </LinkButton>
                </EmptyState>
            </Card>
        }
        .into_any();
    }
    let rows = view.deployments.iter().map(|one| row(one, view.now)).collect_view();
    let columns = vec![
        Column::text("Name"),
        Column::text("Model"),
        Column::text("Engine"),
        Column::text("Calls"),
        Column::text("Health"),
        Column::number("Running"),
        Column::number("Waiting"),
        Column::number("KV in use"),
        Column::text("Checked"),
        Column::actions(),
    ];
    view! {
        <Card flush=true>
            <DataTable caption="Deployments" stacked=true columns>
                {rows}
            </DataTable>
        </Card>
    }
    .into_any()
}

fn row(deployment: &Deployment, now: i64) -> AnyView {
    let health = &deployment.health;
    let (tone, state) = state(deployment.state);
    let (health_tone, health_words) = health_of(health.state);
    let reason = health.reason.clone().unwrap_or_default();
    let healthy = view! {
        <span title=reason>
            <Status tone=health_tone>{health_words}</Status>
        </span>
    };
    let count = |value: Option<u32>| value.map_or("–".to_owned(), |value| format::group(i64::from(value)));
    let version = deployment.engine_version.clone().unwrap_or_default();
    let engine = view! {
        <span>
            <span title=deployment.base_url.clone()>{model_words::engine(&deployment.engine).to_owned()}</span>
            <span class="cell-sub">{version}</span>
        </span>
    };
    let place = match &deployment.region {
        Some(region) => format!("{} · {region}", deployment.pool),
        None => deployment.pool.clone(),
    };
    let href = format!("/operator/deployments/{}", deployment.id);
    let outside = deployment.external.then(model_words::external);
    let name = view! {
        <a href=href>{deployment.name.clone()}</a>
        " "
        {outside}
    };
    view! {
        <tr>
            {cells::named_with(name, place)}
            {cells::code("Model", &deployment.model)}
            {cells::cell("Engine", engine)}
            {cells::state("Calls", tone, state)}
            {cells::cell("Health", healthy)}
            {cells::figure("Running", count(health.running))}
            {cells::figure("Waiting", count(health.waiting))}
            {cells::figure("KV in use", health.kv_use.map_or("–".to_owned(), format::percent))}
            {cells::moment("Checked", health.checked_at.map(|at| at.timestamp()), now, "not yet")}
            {cells::figure("Actions", menu(deployment))}
        </tr>
    }
    .into_any()
}

fn menu(deployment: &Deployment) -> AnyView {
    let id = deployment.id;
    let change = |to, icon, words: &'static str| {
        let dialog = state_dialog(deployment, to);
        view! {
            <MenuButton icon dialog>
                {words}
            </MenuButton>
        }
        .into_any()
    };
    let changes = [
        (DeploymentState::Active, Icon::Play, "Resume…"),
        (DeploymentState::Draining, Icon::Pause, "Drain…"),
        (DeploymentState::Disabled, Icon::Close, "Disable…"),
    ]
    .into_iter()
    .filter(|(to, ..)| *to != deployment.state)
    .map(|(to, icon, words)| change(to, icon, words))
    .collect_view();
    view! {
        <Menu id=format!("menu-{id}") label=format!("Actions for {}", deployment.name)>
            <MenuButton icon=Icon::Activity dialog=format!("test-{id}")>
                "Test call…"
            </MenuButton>
            {changes}
            <MenuLine/>
            <MenuButton danger=true icon=Icon::Trash dialog=format!("delete-{id}")>
                "Remove…"
            </MenuButton>
        </Menu>
    }
    .into_any()
}

/// Whether a deployment gets calls, as people read it.
pub(super) fn state(state: DeploymentState) -> (Tone, &'static str) {
    match state {
        DeploymentState::Active => (Tone::Success, "Active"),
        DeploymentState::Draining => (Tone::Warning, "Draining"),
        DeploymentState::Disabled => (Tone::Neutral, "Disabled"),
    }
}

/// An engine's health, as people read it.
pub(in crate::pages) fn health_of(state: HealthState) -> (Tone, &'static str) {
    match state {
        HealthState::Healthy => (Tone::Success, "Healthy"),
        HealthState::NotReady => (Tone::Warning, "Not ready"),
        HealthState::Down => (Tone::Danger, "Down"),
        HealthState::Unknown => (Tone::Neutral, "Not checked"),
    }
}
