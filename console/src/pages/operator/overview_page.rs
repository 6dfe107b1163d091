//! The operator's overview: the whole platform, its tenants by spend, the health of its engines.

use leptos::prelude::*;
use leptos_router::hooks::use_query_map;
use shared_api::{
    billing::{PlatformUsage, TenantSpend, UsageGroup, UsageGroupRow, UsageReport},
    catalog::{Deployment, HealthState},
};
use ui::*;

use super::health_table::health_of;
use crate::{
    api::{
        billing::Range,
        platform::{PlatformView, ReadPlatform},
    },
    forms::{load, loaded},
    pages::{
        frame::Page,
        tenant::{
            charts,
            overview_page::{demo_note, headline, periods},
        },
    },
};

#[component]
pub fn OverviewPage() -> impl IntoView {
    let query = use_query_map();
    let range =
        Memo::new(move |_| query.with(|query| Range::named(query.get_str("range").unwrap_or_default())));
    let platform = load(move || ReadPlatform { range: range.get().as_str().to_owned() });
    let actions = move || move || periods("/operator", range.get());
    view! {
        <Page title="Overview" description="All tenants. Times are UTC." crumbs=Vec::new() actions>
            {loaded(platform, SkeletonShape::Chart, move |view| content(range.get_untracked(), &view))}
        </Page>
    }
}

/// The platform's usage in the shape that the charts of a tenant are drawn from, its tenants as the groups.
fn as_report(usage: &PlatformUsage) -> UsageReport {
    let group = |row: &TenantSpend| UsageGroupRow {
        id: row.tenant_id.to_string(),
        name: row.name.clone(),
        totals: row.totals.clone(),
    };
    UsageReport {
        from: usage.from,
        to: usage.to,
        bucket: usage.bucket,
        group_by: UsageGroup::Model,
        currency: usage.currency,
        totals: usage.totals.clone(),
        previous: usage.previous.clone(),
        series: usage.series.clone(),
        groups: usage.tenants.iter().map(group).collect(),
        includes_demo: usage.includes_demo,
    }
}

fn content(range: Range, view: &PlatformView) -> AnyView {
    if view.deployments.is_empty() && view.usage.tenants.is_empty() {
        return first_steps();
    }
    let report = as_report(&view.usage);
    let currency = report.currency.to_string();
    let card = |title: &'static str, description: &'static str, content: AnyView| {
        view! {
            <Card title description>
                {content}
            </Card>
        }
        .into_any()
    };
    let per = charts::per(&report);
    let (spend, health) = (tenants(&report), health(&view.deployments));
    let pairs = [
        (spend, health),
        (
            card("Latency", "Whole calls", charts::latency(&report)),
            card("Error rate", "Failures of ours and of engines", charts::errors(&report)),
        ),
        (card("Revenue", per, charts::cost(&report)), card("Tokens", per, charts::token_counts(&report))),
    ];
    view! {
        {report.includes_demo.then(demo_note)}
        {headline(&report, range, &currency)}
        {card("Requests", "By outcome", charts::requests(&report))}
        {pairs.map(|(left, right)| view! { <Grid>{left} {right}</Grid> }).into_iter().collect_view()}
    }
    .into_any()
}

fn tenants(report: &UsageReport) -> AnyView {
    let currency = report.currency.to_string();
    let item = |row: &UsageGroupRow| {
        let shown = format::money_fine(&row.totals.amount.to_string(), &currency);
        BarItem::new(row.name.clone(), charts::money(&row.totals), shown)
            .href(format!("/operator/tenants/{}", row.id))
    };
    let items: Vec<_> = report.groups.iter().take(8).map(item).collect();
    let list = if items.is_empty() {
        view! { <p class="muted">"No usage in this period"</p> }.into_any()
    } else {
        view! { <BarList caption="Spend by tenant" name="Tenant" measure="Spend" items/> }.into_any()
    };
    view! {
        <Card title="Tenants by spend" actions=|| view! { <a href="/operator/tenants">"View all"</a> }>
            {list}
        </Card>
    }
    .into_any()
}

/// How many deployments are in which state, and which of them are not well.
fn health(deployments: &[Deployment]) -> AnyView {
    let healthy = deployments.iter().filter(|one| one.health.state == HealthState::Healthy).count();
    let facts = deployments
        .iter()
        .filter(|one| one.health.state != HealthState::Healthy)
        .take(6)
        .map(|one| {
            let (tone, words) = health_of(one.health.state);
            let reason = one.health.reason.clone().unwrap_or_default();
            view! {
                <Fact label=one.name.clone()>
                    <span title=reason>
                        <Status tone>{words}</Status>
                    </span>
                </Fact>
            }
            .into_any()
        })
        .collect_view();
    let (tone, words) = if healthy == deployments.len() {
        (Tone::Success, format!("All {healthy} healthy"))
    } else {
        (Tone::Warning, format!("{healthy} of {} healthy", deployments.len()))
    };
    let summary = if deployments.is_empty() {
        view! { <p class="muted">"No deployments yet"</p> }.into_any()
    } else {
        view! {
            <Facts>
                <Fact label="Health">
                    <Status tone>{words}</Status>
                </Fact>
                {facts}
            </Facts>
        }
        .into_any()
    };
    view! {
        <Card title="Deployments" actions=|| view! { <a href="/operator/deployments">"View all"</a> }>
            {summary}
        </Card>
    }
    .into_any()
}

fn first_steps() -> AnyView {
    view! {
        <Card>
            <EmptyState
                icon=Icon::Route
                title="Nothing is served yet"
                description="Register an engine as a deployment, then onboard the first tenant."
            >
                <LinkButton href="/operator/deployments" kind=ButtonKind::Primary icon=Icon::Chip>
                    "Register a deployment"
                </LinkButton>
                <LinkButton href="/operator/tenants/new" icon=Icon::Building>
                    "Onboard a tenant"
                </LinkButton>
            </EmptyState>
        </Card>
    }
    .into_any()
}
