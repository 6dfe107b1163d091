//! The charts that pages of usage are made of, from the series of a report.

use leptos::prelude::*;
use shared_api::billing::{UsageBucket, UsageBucketWidth, UsageReport, UsageTotals};
use ui::*;

/// The starts of a report's steps, in Unix seconds.
fn times(report: &UsageReport) -> Vec<i64> {
    report.series.iter().map(|bucket| bucket.start.timestamp()).collect()
}

/// One number of each step.
pub fn values(report: &UsageReport, of: impl Fn(&UsageTotals) -> f64) -> Vec<f64> {
    report.series.iter().map(|bucket| of(&bucket.totals)).collect()
}

fn gaps(report: &UsageReport, of: impl Fn(&UsageTotals) -> Option<f64>) -> Vec<Option<f64>> {
    report.series.iter().map(|UsageBucket { totals, .. }| of(totals)).collect()
}

/// "per hour" or "per day".
pub fn per(report: &UsageReport) -> &'static str {
    match report.bucket {
        UsageBucketWidth::Hour => "per hour",
        UsageBucketWidth::Day => "per day",
    }
}

/// An amount as a number, for pictures only.
pub fn money(totals: &UsageTotals) -> f64 {
    f64::try_from(totals.amount).unwrap_or(0.0)
}

/// Errors of ours and of engines, as a share of all calls.
pub fn error_ratio(totals: &UsageTotals) -> Option<f64> {
    (totals.requests > 0).then(|| totals.errors as f64 / totals.requests as f64)
}

pub fn tokens(totals: &UsageTotals) -> u64 {
    totals.prompt_tokens + totals.completion_tokens
}

/// What became of the calls.
pub fn requests(report: &UsageReport) -> AnyView {
    let done = |totals: &UsageTotals| {
        let others = totals.errors + totals.rejected + totals.aborted;
        totals.requests.saturating_sub(others) as f64
    };
    // What never happened needs no place in the legend.
    let some = |series: Series| series.values.iter().flatten().any(|value| *value > 0.0).then_some(series);
    let others = [
        some(Series::new("Left by the client", values(report, |totals| totals.aborted as f64)).colour(3)),
        some(Series::new("Refused", values(report, |totals| totals.rejected as f64)).colour(4)),
        some(Series::new("Failed", values(report, |totals| totals.errors as f64)).colour(5)),
    ];
    let series = std::iter::once(Series::new("Succeeded", values(report, done)).colour(1))
        .chain(others.into_iter().flatten())
        .collect();
    view! {
        <TimeChart
            id="requests"
            title=format!("Requests {}", per(report))
            title_hidden=true
            kind=ChartKind::StackedBars
            series
            times=times(report)
            height=180
        />
    }
    .into_any()
}

pub fn latency(report: &UsageReport) -> AnyView {
    view! {
        <TimeChart
            id="latency"
            title="Time of a call, p50 and p95"
            title_hidden=true
            unit=Unit::Millis
            series=vec![
                Series::with_gaps("p50", gaps(report, |totals| totals.latency_p50_ms.map(f64::from))),
                Series::with_gaps("p95", gaps(report, |totals| totals.latency_p95_ms.map(f64::from))),
            ]
            times=times(report)
            height=180
        />
    }
    .into_any()
}

pub fn first_token(report: &UsageReport) -> AnyView {
    view! {
        <TimeChart
            id="first-token"
            title="Time to first token, p50 and p95"
            title_hidden=true
            unit=Unit::Millis
            series=vec![
                Series::with_gaps("p50", gaps(report, |totals| totals.first_token_p50_ms.map(f64::from))),
                Series::with_gaps("p95", gaps(report, |totals| totals.first_token_p95_ms.map(f64::from))),
            ]
            times=times(report)
            height=180
        />
    }
    .into_any()
}

pub fn errors(report: &UsageReport) -> AnyView {
    view! {
        <TimeChart
            id="errors"
            title=format!("Error rate {}", per(report))
            title_hidden=true
            unit=Unit::Ratio
            series=vec![Series::with_gaps("Error rate", gaps(report, error_ratio)).colour(5)]
            times=times(report)
            height=180
        />
    }
    .into_any()
}

pub fn token_counts(report: &UsageReport) -> AnyView {
    view! {
        <TimeChart
            id="tokens"
            title=format!("Tokens {}", per(report))
            title_hidden=true
            kind=ChartKind::StackedBars
            series=vec![
                Series::new("Prompt", values(report, |totals| totals.prompt_tokens as f64)),
                Series::new("Completion", values(report, |totals| totals.completion_tokens as f64)),
            ]
            times=times(report)
            height=180
        />
    }
    .into_any()
}

pub fn cost(report: &UsageReport) -> AnyView {
    view! {
        <TimeChart
            id="cost"
            title=format!("Cost {}", per(report))
            title_hidden=true
            kind=ChartKind::StackedBars
            unit=Unit::Money(report.currency.to_string())
            series=vec![Series::new("Cost", values(report, money))]
            times=times(report)
            height=180
        />
    }
    .into_any()
}
