//! A route's arms side by side, ready to be shown: worked out here, so that the browser's module only lays it out.

use serde::{Deserialize, Serialize};

#[cfg(feature = "ssr")]
use {
    rust_decimal::{Decimal, prelude::ToPrimitive as _},
    shared_api::routes::{ArmUse, RouteArms, ShadowUse},
    std::collections::BTreeMap,
    ui::format,
};

/// Arms and copies as columns, what came of them as rows.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Comparison {
    pub columns: Vec<Compared>,
    pub rows: Vec<ComparedRow>,
    /// Calls of all arms.
    pub calls: u64,
    pub includes_demo: bool,
}

/// One arm, or the copies that a model got.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Compared {
    pub name: String,
    /// Its weight in the version in force; None for copies, and for arms of other versions.
    pub weight: Option<u32>,
    pub is_copy: bool,
    /// Share of its calls by how they finished, most first.
    pub finishes: Vec<(String, f64)>,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct ComparedRow {
    pub label: String,
    pub values: Vec<String>,
    /// The column with the best value, where there is one better than another.
    pub best: Option<usize>,
}

#[cfg(feature = "ssr")]
#[derive(Default)]
struct Came {
    requests: u64,
    errors: u64,
    prompt: u64,
    cached: Option<u64>,
    completion: u64,
    amount: Decimal,
    speeds: [Option<u32>; 4],
}

#[cfg(feature = "ssr")]
impl From<&ArmUse> for Came {
    fn from(of: &ArmUse) -> Self {
        Self {
            requests: of.requests,
            errors: of.errors,
            prompt: of.prompt_tokens,
            cached: Some(of.cached_tokens),
            completion: of.completion_tokens,
            amount: of.amount,
            speeds: [of.first_token_p50_ms, of.first_token_p95_ms, of.latency_p50_ms, of.latency_p95_ms],
        }
    }
}

#[cfg(feature = "ssr")]
impl From<&ShadowUse> for Came {
    fn from(of: &ShadowUse) -> Self {
        Self {
            requests: of.requests,
            errors: of.errors,
            prompt: of.prompt_tokens,
            cached: None,
            completion: of.completion_tokens,
            amount: of.cost,
            speeds: [of.first_token_p50_ms, of.first_token_p95_ms, of.latency_p50_ms, of.latency_p95_ms],
        }
    }
}

#[cfg(feature = "ssr")]
impl From<&RouteArms> for Comparison {
    fn from(of: &RouteArms) -> Self {
        let columns =
            of.arms.iter().map(column_of_arm).chain(of.shadows.iter().map(column_of_copies)).collect();
        let came: Vec<Came> =
            of.arms.iter().map(Came::from).chain(of.shadows.iter().map(Came::from)).collect();
        let calls = of.arms.iter().map(|arm| arm.requests).sum();
        let currency = of.currency.to_string();
        Self { columns, rows: rows(&came, &currency), calls, includes_demo: of.includes_demo }
    }
}

#[cfg(feature = "ssr")]
fn column_of_arm(of: &ArmUse) -> Compared {
    Compared {
        name: of.arm.clone(),
        weight: of.weight,
        is_copy: false,
        finishes: finishes(&of.finish_reasons),
    }
}

#[cfg(feature = "ssr")]
fn column_of_copies(of: &ShadowUse) -> Compared {
    Compared { name: of.model.clone(), weight: None, is_copy: true, finishes: finishes(&of.finish_reasons) }
}

#[cfg(feature = "ssr")]
fn finishes(of: &BTreeMap<String, u64>) -> Vec<(String, f64)> {
    let all: u64 = of.values().sum();
    let share = |count: u64| count.to_f64().unwrap_or(0.0) / all.max(1).to_f64().unwrap_or(1.0);
    let mut shares: Vec<_> = of.iter().map(|(reason, count)| (reason.clone(), share(*count))).collect();
    shares.sort_by(|a, b| b.1.total_cmp(&a.1));
    shares
}

/// What is better among numbers.
#[cfg(feature = "ssr")]
#[derive(Clone, Copy, PartialEq, Eq)]
enum Better {
    Less,
    More,
    Neither,
}

#[cfg(feature = "ssr")]
fn rows(came: &[Came], currency: &str) -> Vec<ComparedRow> {
    let millis = |value: f64| format::millis(value);
    let row = |label, better, of: &dyn Fn(&Came) -> Option<f64>, words: &dyn Fn(f64) -> String| {
        numbers(label, better, came.iter().map(of).collect(), words)
    };
    let speed = |label, at: usize| row(label, Better::Less, &|one| one.speeds[at].map(f64::from), &millis);
    let per_call = |part: u64, one: &Came| {
        (one.requests > 0).then(|| part.to_f64().unwrap_or(0.0) / one.requests.to_f64().unwrap_or(1.0))
    };
    let mut rows = vec![
        row("Calls", Better::Neither, &|one| one.requests.to_f64(), &whole),
        row("Errors", Better::Less, &|one| per_call(one.errors, one), &format::percent),
        speed("First token, median", 0),
        speed("First token, p95", 1),
        speed("Whole answer, median", 2),
        speed("Whole answer, p95", 3),
        row("Tokens of an answer", Better::Neither, &|one| per_call(one.completion, one), &whole),
    ];
    let cached = |one: &Came| match one.cached {
        Some(cached) if one.prompt > 0 => Some(cached.to_f64()? / one.prompt.to_f64()?),
        _ => None,
    };
    rows.push(row("Prompt from cache", Better::More, &cached, &format::percent));
    rows.push(cost("Cost of 1,000 calls", came, currency));
    rows
}

#[cfg(feature = "ssr")]
fn whole(value: f64) -> String {
    format::group(value.round().to_i64().unwrap_or(i64::MAX))
}

#[cfg(feature = "ssr")]
fn cost(label: &str, came: &[Came], currency: &str) -> ComparedRow {
    let each: Vec<Option<Decimal>> = came
        .iter()
        .map(|one| {
            (one.requests > 0)
                .then(|| (one.amount * Decimal::from(1000) / Decimal::from(one.requests)).round_dp(6))
        })
        .collect();
    let words = |amount: &Option<Decimal>| {
        amount
            .map_or("–".to_owned(), |amount| format::money_fine(&amount.normalize().to_string(), currency))
    };
    let values = each.iter().map(words).collect();
    let plain = each.iter().map(|amount| amount.and_then(|amount| amount.to_f64())).collect::<Vec<_>>();
    ComparedRow { label: label.to_owned(), values, best: best(Better::Less, &plain) }
}

#[cfg(feature = "ssr")]
fn numbers(
    label: &str,
    better: Better,
    each: Vec<Option<f64>>,
    words: &dyn Fn(f64) -> String,
) -> ComparedRow {
    let values = each.iter().map(|value| value.map_or("–".to_owned(), words)).collect();
    ComparedRow { label: label.to_owned(), values, best: best(better, &each) }
}

/// Where several say something, and not all the same.
#[cfg(feature = "ssr")]
fn best(better: Better, each: &[Option<f64>]) -> Option<usize> {
    let known: Vec<(usize, f64)> =
        each.iter().enumerate().filter_map(|(at, value)| Some((at, (*value)?))).collect();
    let (least, most) =
        (known.iter().min_by(|a, b| a.1.total_cmp(&b.1))?, known.iter().max_by(|a, b| a.1.total_cmp(&b.1))?);
    let differ = known.len() > 1 && least.1 < most.1;
    match better {
        Better::Less if differ => Some(least.0),
        Better::More if differ => Some(most.0),
        _ => None,
    }
}

#[cfg(all(test, feature = "ssr"))]
mod tests {
    use super::*;

    fn arm(name: &str, requests: u64, errors: u64, first: u32) -> ArmUse {
        ArmUse {
            arm: name.to_owned(),
            weight: Some(50),
            requests,
            errors,
            completion_tokens: requests * 40,
            amount: Decimal::new(25, 2),
            first_token_p50_ms: Some(first),
            finish_reasons: [("length".to_owned(), 1), ("stop".to_owned(), 3)].into(),
            ..ArmUse::default()
        }
    }

    #[test]
    fn arms_are_compared_row_by_row() {
        let of = RouteArms {
            from: chrono::DateTime::UNIX_EPOCH,
            to: chrono::DateTime::UNIX_EPOCH,
            currency: "USD".parse().unwrap(),
            arms: vec![arm("stable", 1000, 10, 400), arm("canary", 100, 0, 250), arm("idle", 0, 0, 250)],
            shadows: Vec::new(),
            includes_demo: false,
        };
        let compared = Comparison::from(&of);
        let row = |label: &str| compared.rows.iter().find(|row| row.label == label).unwrap();
        assert_eq!(row("Calls").values, ["1,000", "100", "0"]);
        assert_eq!(row("Calls").best, None);
        assert_eq!(row("Errors").values, ["1%", "0%", "–"]);
        assert_eq!(row("Errors").best, Some(1));
        assert_eq!(row("First token, median").best, Some(1));
        assert_eq!(row("Tokens of an answer").values, ["40", "40", "–"]);
        assert_eq!(row("Cost of 1,000 calls").best, Some(0));
        assert_eq!(compared.columns[0].finishes[0], ("stop".to_owned(), 0.75));
        assert_eq!(compared.calls, 1100);
    }
}
