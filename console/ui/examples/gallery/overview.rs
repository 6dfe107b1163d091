//! A tenant's overview.

use leptos::prelude::*;
use ui::*;

use crate::{frame, sample};

pub fn page() -> AnyView {
    frame::tenant("/overview.html", content())
}

fn content() -> AnyView {
    view! {
        <PageHeader
            title="Overview"
            description="All projects, last 48 hours. Times are UTC."
            actions=|| {
                view! {
                    <Segments
                        label="Period"
                        segments=vec![
                            Tab::new("24 h", "?period=24h", false),
                            Tab::new("48 h", "?period=48h", true),
                            Tab::new("7 d", "?period=7d", false),
                            Tab::new("30 d", "?period=30d", false),
                        ]
                    />
                    <LinkButton href="/usage.csv" download=true icon=Icon::Download size=ButtonSize::Small>
                        "Export"
                    </LinkButton>
                }
            }
        />
        <Stack>
            {headline()}
            <Card title="Requests" description="By outcome, per hour">
                {requests()}
            </Card>
            <Grid>
                <Card title="Time to first token">{latency()}</Card>
                <Card title="Error rate">{errors()}</Card>
            </Grid>
            <Grid shape=GridShape::MainAside>
                <Card title="Cost" description="By model, per day">
                    {cost()}
                </Card>
                <Card title="Budget" actions=|| view! { <a href="/budgets">"Manage"</a> }>
                    {budgets()}
                </Card>
            </Grid>
            <Grid>
                <Card title="Top projects" actions=|| view! { <a href="/usage?by=project">"View all"</a> }>
                    {projects()}
                </Card>
                <Card title="Top keys" actions=|| view! { <a href="/usage?by=key">"View all"</a> }>
                    {keys()}
                </Card>
            </Grid>
        </Stack>
    }
    .into_any()
}

fn headline() -> AnyView {
    let hours = sample::hours();
    view! {
        <Stats>
            <Stat
                label="Requests"
                value="184,302"
                delta=Delta::between(163_980.0, 184_302.0, None)
                note="vs. previous 48 h"
                trend=sample::requests(&hours, 6_400.0, 1)
            />
            <Stat
                label="Tokens"
                value="312M"
                delta=Delta::between(288.4, 312.0, None)
                note="241M in · 71M out"
                trend=sample::requests(&hours, 10_400_000.0, 2)
            />
            <Stat
                label="Cost"
                value="$418.27"
                delta=Delta::between(431.2, 418.27, None)
                note="vs. previous 48 h"
                trend=sample::requests(&hours, 14.0, 3)
            />
            <Stat
                label="p95 latency"
                value="1.24 s"
                delta=Delta::between(1_420.0, 1_240.0, Some(false))
                note="p50 412 ms"
                trend=sample::latency(&hours, 1_240.0, 4)
            />
            <Stat
                label="Error rate"
                value="0.42%"
                delta=Delta::between(0.0031, 0.0042, Some(false))
                note="774 of 184,302"
                trend=sample::small_ratio(&hours, 5)
            />
        </Stats>
    }
    .into_any()
}

fn requests() -> AnyView {
    let hours = sample::hours();
    let failed: Vec<f64> = sample::requests(&hours, 6_100.0, 1)
        .into_iter()
        .zip(sample::small_ratio(&hours, 5))
        .map(|(total, ratio)| (total * ratio * 3.0).round())
        .collect();
    view! {
        <TimeChart
            id="requests"
            title="Requests per hour"
            title_hidden=true
            kind=ChartKind::StackedBars
            series=vec![
                Series::new("Succeeded", sample::requests(&hours, 6_100.0, 1)),
                Series::new("From cache", sample::requests(&hours, 900.0, 7)).colour(3),
                Series::new("Failed", failed).colour(5),
            ]
            times=hours
            height=220
        />
    }
    .into_any()
}

fn latency() -> AnyView {
    let hours = sample::hours();
    view! {
        <TimeChart
            id="latency"
            title="Time to first token, p50 and p95"
            title_hidden=true
            unit=Unit::Millis
            series=vec![
                Series::new("p50", sample::latency(&hours, 190.0, 11)),
                Series::new("p95", sample::latency(&hours, 640.0, 12)),
            ]
            times=hours
            height=180
        />
    }
    .into_any()
}

fn errors() -> AnyView {
    let hours = sample::hours();
    let mut values: Vec<Option<f64>> = sample::small_ratio(&hours, 5).into_iter().map(Some).collect();
    values[8] = None;
    values[9] = None;
    view! {
        <TimeChart
            id="errors"
            title="Error rate per hour"
            title_hidden=true
            unit=Unit::Ratio
            series=vec![Series::with_gaps("Error rate", values).colour(5)]
            times=hours
            height=180
        />
    }
    .into_any()
}

fn cost() -> AnyView {
    let days = sample::times(30, 86_400);
    view! {
        <TimeChart
            id="cost"
            title="Cost per day by model"
            title_hidden=true
            kind=ChartKind::StackedBars
            unit=Unit::Money("USD".into())
            series=vec![
                Series::new("llama-3.3-70b", sample::requests(&days, 640.0, 21)),
                Series::new("qwen2.5-coder-32b", sample::requests(&days, 340.0, 22)),
                Series::new("acme/support-assistant", sample::requests(&days, 260.0, 23)),
                Series::new("bge-m3", sample::requests(&days, 70.0, 24)),
            ]
            times=days
            height=200
        />
    }
    .into_any()
}

fn budgets() -> AnyView {
    view! {
        <Facts>
            <Fact label="Month to date">
                <Money amount="5612.0834" currency="USD"/>
            </Fact>
            <Fact label="Forecast">"$8,010"</Fact>
        </Facts>
        <hr/>
        <Meter label="Whole organisation" ratio=0.56 text="$5,612 of $10,000"/>
        <Meter label="support-bot" ratio=0.87 text="$2,610 of $3,000"/>
        <Meter label="code-review" ratio=1.02 text="$1,020 of $1,000"/>
        <Meter label="Included tokens" ratio=0.31 text="3.1B of 10B"/>
    }
    .into_any()
}

fn projects() -> AnyView {
    let item = |name: &str, value: f64, text: &str| {
        BarItem::new(name, value, text).href(format!("/usage?project={name}"))
    };
    view! {
        <BarList
            caption="Cost by project"
            name="Project"
            measure="Cost"
            items=vec![
                item("support-bot", 182.4, "$182.40"),
                item("code-review", 121.08, "$121.08"),
                item("contract-analysis", 64.31, "$64.31"),
                item("search-embeddings", 41.9, "$41.90"),
                item("internal-playground", 8.58, "$8.58"),
            ]
        />
    }
    .into_any()
}

fn keys() -> AnyView {
    view! {
        <BarList
            caption="Requests by key"
            name="Key"
            measure="Requests"
            items=vec![
                BarItem::new("support-bot production", 82_140.0, "82,140").href("/keys/1"),
                BarItem::new("ci-pipeline", 44_902.0, "44,902").href("/keys/2"),
                BarItem::new("nightly-embeddings-of-the-whole-knowledge-base", 38_211.0, "38,211").href("/keys/3"),
                BarItem::new("contracts-worker", 14_820.0, "14,820").href("/keys/4"),
                BarItem::new("ada laptop", 4_229.0, "4,229").href("/keys/5"),
            ]
        />
    }
    .into_any()
}
