//! A tenant's overview: how much, how fast, how dear, how well.

use leptos::prelude::*;
use leptos_router::hooks::use_query_map;
use shared_api::billing::{UsageReport, UsageTotals};
use ui::*;

use super::charts;
use crate::{
    api::billing::{OverviewView, Range, ReadOverview, UsageFilter},
    contexts::use_tenant,
    forms::{load, loaded},
    pages::frame::Page,
};

#[component]
pub fn OverviewPage() -> impl IntoView {
    let tenant = use_tenant();
    let query = use_query_map();
    let range =
        Memo::new(move |_| query.with(|query| Range::named(query.get_str("range").unwrap_or_default())));
    let id = tenant.id;
    let overview = load(move || ReadOverview { tenant: id, range: range.get().as_str().to_owned() });
    let base = format!("/t/{}", tenant.slug);
    let chosen = base.clone();
    let actions = move || {
        let base = chosen.clone();
        move || view! { {periods(&base, range.get())} {export(&format!("{base}/usage.csv"), range.get())} }
    };
    view! {
        <Page title="Overview" description="All projects of this workspace. Times are UTC." crumbs=Vec::new() actions>
            {loaded(overview, SkeletonShape::Chart, move |view| content(&base, range.get_untracked(), &view))}
        </Page>
    }
}

/// The choice of how far back to look.
pub(crate) fn periods(page: &str, chosen: Range) -> AnyView {
    let segment = |range: Range| {
        let filter = UsageFilter { range, ..UsageFilter::default() };
        Tab::new(range.label(), filter.href(page), range == chosen)
    };
    view! { <Segments label="Period" segments=Range::ALL.map(segment).to_vec()/> }.into_any()
}

fn export(path: &str, range: Range) -> AnyView {
    let href = UsageFilter { range, ..UsageFilter::default() }.href(path);
    view! {
        <LinkButton href download=true icon=Icon::Download size=ButtonSize::Small>
            "Export"
        </LinkButton>
    }
    .into_any()
}

fn content(base: &str, range: Range, view: &OverviewView) -> AnyView {
    let report = &view.by_model;
    if report.totals.requests == 0 && report.previous.requests == 0 {
        return first_steps(base, range, view.has_keys);
    }
    let currency = report.currency.to_string();
    let all = |group: &str| {
        let filter = UsageFilter { range, group: group.to_owned(), ..UsageFilter::default() };
        let href = filter.href(&format!("{base}/usage"));
        move || view! { <a href=href.clone()>"View all"</a> }
    };
    let card = |title: &'static str, description: &'static str, content: AnyView| {
        view! {
            <Card title description>
                {content}
            </Card>
        }
        .into_any()
    };
    let top = |title: &'static str, kind: &'static str, report: &UsageReport| {
        let (list, actions) = (ranking(base, range, kind, report), all(kind));
        view! {
            <Card title actions>
                {list}
            </Card>
        }
        .into_any()
    };
    let per = charts::per(report);
    let pairs = [
        (
            card("Latency", "Whole calls", charts::latency(report)),
            card("Time to first token", "Streamed calls", charts::first_token(report)),
        ),
        (
            card("Error rate", "Failures of ours and of engines", charts::errors(report)),
            card("Tokens", per, charts::token_counts(report)),
        ),
        (card("Cost", per, charts::cost(report)), top("Models", "model", report)),
        (top("Projects", "project", &view.by_project), top("Keys", "key", &view.by_key)),
    ];
    view! {
        {report.includes_demo.then(demo_note)}
        {headline(report, range, &currency)}
        {card("Requests", "By outcome", charts::requests(report))}
        {pairs.map(|(left, right)| view! { <Grid>{left} {right}</Grid> }).into_iter().collect_view()}
    }
    .into_any()
}

/// Says that not all of what is shown was called.
pub(crate) fn demo_note() -> impl IntoView {
    view! {
        <Row>
            <Badge tone=Tone::Info>"Includes demo data"</Badge>
        </Row>
    }
}

/// One of the numbers at the top.
struct Headline {
    label: &'static str,
    value: String,
    delta: Option<Delta>,
    note: String,
    trend: Vec<f64>,
}

pub(crate) fn headline(report: &UsageReport, range: Range, currency: &str) -> AnyView {
    let before = format!("vs. previous {}", range.words());
    let stats = [
        volume(report, &before),
        tokens(report),
        cost(report, currency, before),
        latency(report),
        errors(report),
    ];
    let stats = stats
        .map(|Headline { label, value, delta, note, trend }| {
            let colour = if label == "Error rate" { 5 } else { 1 };
            view! { <Stat label value delta note trend colour/> }
        })
        .into_iter()
        .collect_view();
    view! { <Stats>{stats}</Stats> }.into_any()
}

fn volume(report: &UsageReport, before: &str) -> Headline {
    let count = |totals: &UsageTotals| totals.requests as f64;
    Headline {
        label: "Requests",
        value: format::group(report.totals.requests as i64),
        delta: Delta::between(count(&report.previous), count(&report.totals), None),
        note: before.to_owned(),
        trend: charts::values(report, count),
    }
}

fn tokens(report: &UsageReport) -> Headline {
    let UsageReport { totals, previous, .. } = report;
    let count = |totals: &UsageTotals| charts::tokens(totals) as f64;
    let part = |tokens: u64| format::compact(tokens as f64);
    Headline {
        label: "Tokens",
        value: format::compact(count(totals)),
        delta: Delta::between(count(previous), count(totals), None),
        note: format!("{} in · {} out", part(totals.prompt_tokens), part(totals.completion_tokens)),
        trend: charts::values(report, count),
    }
}

fn cost(report: &UsageReport, currency: &str, before: String) -> Headline {
    Headline {
        label: "Cost",
        value: format::money_fine(&report.totals.amount.to_string(), currency),
        delta: Delta::between(charts::money(&report.previous), charts::money(&report.totals), None),
        note: before,
        trend: charts::values(report, charts::money),
    }
}

fn latency(report: &UsageReport) -> Headline {
    let number = |totals: &UsageTotals| totals.latency_p95_ms.map_or(f64::NAN, f64::from);
    let words = |value: Option<u32>| value.map_or("–".to_owned(), |value| format::millis(f64::from(value)));
    Headline {
        label: "p95 latency",
        value: words(report.totals.latency_p95_ms),
        delta: Delta::between(number(&report.previous), number(&report.totals), Some(false)),
        note: format!("p50 {}", words(report.totals.latency_p50_ms)),
        trend: charts::values(report, |totals| totals.latency_p95_ms.map_or(0.0, f64::from)),
    }
}

fn errors(report: &UsageReport) -> Headline {
    let UsageReport { totals, previous, .. } = report;
    let ratio = |totals: &UsageTotals| charts::error_ratio(totals).unwrap_or(f64::NAN);
    Headline {
        label: "Error rate",
        value: charts::error_ratio(totals).map_or("–".to_owned(), format::percent),
        delta: Delta::between(ratio(previous), ratio(totals), Some(false)),
        note: format!("{} of {}", format::group(totals.errors as i64), format::group(totals.requests as i64)),
        trend: charts::values(report, |totals| charts::error_ratio(totals).unwrap_or(0.0)),
    }
}

/// The five dearest, each leading to its usage.
fn ranking(base: &str, range: Range, kind: &str, report: &UsageReport) -> AnyView {
    let currency = report.currency.to_string();
    let usage = format!("{base}/usage");
    let item = |row: &shared_api::billing::UsageGroupRow| {
        let mut filter = UsageFilter { range, ..UsageFilter::default() };
        match kind {
            "project" => filter.project.clone_from(&row.id),
            "key" => filter.key.clone_from(&row.id),
            _ => filter.model.clone_from(&row.id),
        }
        let shown = format::money_fine(&row.totals.amount.to_string(), &currency);
        BarItem::new(row.name.clone(), charts::money(&row.totals), shown).href(filter.href(&usage))
    };
    if report.groups.is_empty() {
        return view! { <p class="muted">"No usage in this period"</p> }.into_any();
    }
    let items = report.groups.iter().take(5).map(item).collect();
    let name = match kind {
        "project" => "Project",
        "key" => "Key",
        _ => "Model",
    };
    view! { <BarList caption=format!("Cost by {kind}") name measure="Cost" items/> }.into_any()
}

/// What to do before there is anything to show.
fn first_steps(base: &str, range: Range, has_keys: bool) -> AnyView {
    let (title, text) = if has_keys {
        (
            "No calls yet",
            format!(
                "Nothing was called in the last {}. The quick start shows a working call.",
                range.words()
            ),
        )
    } else {
        (
            "Make your first call",
            "Make a key for your application, then point any OpenAI client at your endpoint.".to_owned(),
        )
    };
    let quick_start = format!("{base}/quick-start");
    let keys = (!has_keys).then(|| {
        view! {
            <LinkButton href=format!("{base}/keys") kind=ButtonKind::Primary icon=Icon::Key>
                "Make a key"
            </LinkButton>
        }
    });
    view! {
        <Card>
            <EmptyState icon=Icon::Activity title description=text>
                {keys}
                <LinkButton href=quick_start icon=Icon::Book>
                    "Quick start"
                </LinkButton>
            </EmptyState>
        </Card>
    }
    .into_any()
}
