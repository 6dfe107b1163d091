//! Pools and how loaded their deployments are, read again every few seconds.

use leptos::prelude::*;
use shared::TenantId;
use shared_api::catalog::{Deployment, HealthState, Pool};
use ui::*;

use super::{
    deployments_page::EVERY,
    health_table::{health_of, state},
};
use crate::{
    api::routes::{PoolsView, ReadPools},
    forms::{load, loaded},
    pages::{cells, frame::Page, model_words},
};

#[component]
pub fn PoolsPage() -> impl IntoView {
    let pools = load(|| ReadPools {});
    Effect::new(move || {
        if let Ok(timer) = set_interval_with_handle(move || pools.refetch(), EVERY) {
            on_cleanup(move || timer.clear());
        }
    });
    view! {
        <Page title="Pools" description="Groups of deployments: shared by all tenants, or one tenant's alone. Loads are those that the engines told last.">
            {loaded(pools, SkeletonShape::Table, |view| content(&view))}
        </Page>
    }
}

fn content(view: &PoolsView) -> AnyView {
    if view.pools.is_empty() {
        return view! {
            <Card>
                <EmptyState
                    icon=Icon::Layers
                    title="No pools yet"
                    description="The first deployment makes the pool default, which all tenants share."
                >
                    <LinkButton href="/operator/deployments/new" kind=ButtonKind::Primary icon=Icon::Plus>
                        "Register a deployment"
                    </LinkButton>
                </EmptyState>
            </Card>
        }
        .into_any();
    }
    view.pools.iter().map(|(pool, inside)| card(view, pool, inside)).collect_view().into_any()
}

/// What a pool's deployments do together.
struct Load {
    healthy: usize,
    running: u32,
    waiting: u32,
    /// Mean of those that say it.
    kv_use: Option<f64>,
}

impl Load {
    #[expect(clippy::cast_precision_loss, reason = "a mean of a few deployments")]
    fn of(inside: &[Deployment]) -> Self {
        let sum = |of: fn(&Deployment) -> Option<u32>| inside.iter().filter_map(of).sum();
        let uses: Vec<f64> = inside.iter().filter_map(|one| one.health.kv_use).collect();
        Self {
            healthy: inside.iter().filter(|one| one.health.state == HealthState::Healthy).count(),
            running: sum(|one| one.health.running),
            waiting: sum(|one| one.health.waiting),
            kv_use: (!uses.is_empty()).then(|| uses.iter().sum::<f64>() / uses.len() as f64),
        }
    }
}

fn card(view: &PoolsView, pool: &Pool, inside: &[Deployment]) -> AnyView {
    let load = Load::of(inside);
    let mut said = vec![whose(pool.dedicated_to, &view.tenants)];
    said.extend(pool.region.clone());
    let healthy = format!("{} of {} healthy", load.healthy, inside.len());
    let tone = match (load.healthy, inside.len()) {
        (_, 0) => Tone::Neutral,
        (0, _) => Tone::Danger,
        (healthy, all) if healthy < all => Tone::Warning,
        _ => Tone::Success,
    };
    let actions = move || {
        let healthy = healthy.clone();
        view! { <Status tone>{healthy}</Status> }
    };
    let body = if inside.is_empty() {
        view! { <p class="table-foot">"No deployment stands in this pool."</p> }.into_any()
    } else {
        table(&pool.name, inside, view.now, &load)
    };
    view! {
        <Card title=pool.name.clone() description=said.join(" · ") flush=true actions>
            {body}
        </Card>
    }
    .into_any()
}

fn whose(tenant: Option<TenantId>, tenants: &[(TenantId, String)]) -> String {
    match tenant {
        None => "Shared by all tenants".to_owned(),
        Some(id) => {
            let name = tenants.iter().find(|(other, _)| *other == id).map(|(_, name)| name.clone());
            format!("{} alone", name.unwrap_or_else(|| "One tenant".to_owned()))
        }
    }
}

fn table(pool: &str, inside: &[Deployment], now: i64, load: &Load) -> AnyView {
    let rows = inside.iter().map(|one| row(one, now)).collect_view();
    let columns = vec![
        Column::text("Deployment"),
        Column::text("Model"),
        Column::text("Health"),
        Column::text("Calls"),
        Column::number("Running"),
        Column::number("Waiting"),
        Column::text("KV in use"),
        Column::text("Checked"),
    ];
    let words = format!(
        "Together {} running, {} waiting{}.",
        format::group(i64::from(load.running)),
        format::group(i64::from(load.waiting)),
        load.kv_use.map(|share| format!(", KV {} in use", format::percent(share))).unwrap_or_default()
    );
    view! {
        <DataTable caption=format!("Deployments of {pool}") stacked=true columns>
            {rows}
        </DataTable>
        <p class="table-foot">{words}</p>
    }
    .into_any()
}

fn row(one: &Deployment, now: i64) -> AnyView {
    let health = &one.health;
    let (tone, words) = health_of(health.state);
    let (calls_tone, calls) = state(one.state);
    let reason = health.reason.clone().unwrap_or_default();
    let healthy = view! {
        <span title=reason>
            <Status tone>{words}</Status>
        </span>
    };
    let count = |value: Option<u32>| value.map_or("–".to_owned(), |value| format::group(i64::from(value)));
    let kv = match health.kv_use {
        None => "–".into_any(),
        Some(share) => view! { <div class="kv-meter"><Meter label="KV" ratio=share/></div> }.into_any(),
    };
    let name = view! { <a href=format!("/operator/deployments/{}", one.id)>{one.name.clone()}</a> };
    view! {
        <tr>
            {cells::named_with(name, model_words::engine(&one.engine))}
            {cells::code("Model", &one.model)}
            {cells::cell("Health", healthy)}
            {cells::state("Calls", calls_tone, calls)}
            {cells::figure("Running", count(health.running))}
            {cells::figure("Waiting", count(health.waiting))}
            {cells::cell("KV in use", kv)}
            {cells::moment("Checked", health.checked_at.map(|at| at.timestamp()), now, "not yet")}
        </tr>
    }
    .into_any()
}
