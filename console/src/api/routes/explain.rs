//! Why a call went where it went: decisions of late, and one made again with each number.

use leptos::prelude::*;
use serde::{Deserialize, Serialize};
use shared::TenantId;
use shared_api::decisions::{Candidate, Decision};

use crate::api::{Answer, ApiProblem};

#[cfg(feature = "ssr")]
use {
    crate::api::call,
    serde_json::{Value, json},
    shared::{Page, route::ScoreWeights},
    shared_api::{
        decisions::{Explained, ExplainedChoice, LeftOut},
        tenancy::Tenant,
    },
};

/// Decisions of late, and whose requests can be tried.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct DecisionsView {
    pub decisions: Vec<Decision>,
    pub tenants: Vec<(TenantId, String)>,
    pub now: i64,
}

/// One decision, ready to be shown.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct ExplainedView {
    pub decision: Decision,
    pub prompt_tokens: u32,
    pub output_tokens: u32,
    pub tokens: u64,
    /// What a part of a score counts, as label and weight.
    pub weights: Vec<(String, String)>,
    /// Wishes of the call or its route, in words.
    pub wishes: Vec<String>,
    pub ordered: Vec<ChoiceView>,
    pub left_out: Vec<LeftOutView>,
    /// The record, as text that can be kept.
    pub record: String,
    pub now: i64,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct ChoiceView {
    pub candidate: Candidate,
    pub rank: String,
    pub reason: String,
    /// The score, in seconds.
    pub total: f32,
    /// What it is the sum of: seconds by [`PARTS`].
    pub parts: [f32; 7],
    pub calls: f32,
}

/// The parts of a score, in the order of [`ChoiceView::parts`].
pub const PARTS: [&str; 7] = ["Wait", "Prompt", "LoRA", "Answer", "Cost", "Misfit", "Leaving"];

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct LeftOutView {
    pub candidate: Candidate,
    pub why: String,
    pub detail: String,
}

#[cfg(feature = "ssr")]
impl From<Explained> for ExplainedView {
    fn from(of: Explained) -> Self {
        let record = serde_json::to_string_pretty(&of.record).unwrap_or_default();
        let w = of.weights;
        let weights = [
            ("first token", w.first_token),
            ("tokens after it", w.per_token),
            ("cost", w.cost),
            ("misfit", w.task),
            ("leaving", w.stick),
        ];
        let wishes = [
            of.first_token.map(|most| format!("first token within {}", seconds(most))),
            of.tokens_per_second
                .map(|least| format!("at least {} tokens a second", ui::format::fixed(f64::from(least), 0))),
        ];
        Self {
            prompt_tokens: of.prompt_tokens,
            output_tokens: of.output_tokens,
            tokens: of.tokens,
            weights: weights
                .map(|(label, weight)| (label.to_owned(), ui::format::fixed(weight, 3)))
                .into_iter()
                .collect(),
            wishes: wishes.into_iter().flatten().collect(),
            ordered: of.ordered.into_iter().map(|choice| choice_view(choice, &w)).collect(),
            left_out: of.left_out.into_iter().map(left_out_view).collect(),
            decision: of.decision,
            record,
            now: call::now(),
        }
    }
}

#[cfg(feature = "ssr")]
fn seconds(value: f32) -> String {
    ui::format::millis(f64::from(value) * 1000.0)
}

#[cfg(feature = "ssr")]
#[expect(clippy::cast_possible_truncation, reason = "seconds to look at")]
fn choice_view(choice: ExplainedChoice, weights: &ScoreWeights) -> ChoiceView {
    let of = choice.score;
    let by = |value: f32, weight: f64| (f64::from(value) * weight) as f32;
    let parts = [
        by(of.wait, weights.first_token),
        by(of.prefill, weights.first_token),
        by(of.lora, weights.first_token),
        by(of.decode, weights.per_token),
        by(of.cost, weights.cost),
        by(of.misfit, weights.task),
        if of.leaves { weights.stick as f32 } else { 0.0 },
    ];
    let (rank, reason) = (rank(&choice.rank), reason(&choice.reason));
    ChoiceView { candidate: choice.candidate, rank, reason, total: of.total, parts, calls: of.calls }
}

#[cfg(feature = "ssr")]
fn left_out_view(of: LeftOut) -> LeftOutView {
    LeftOutView { candidate: of.candidate, why: why(&of.why), detail: of.detail.unwrap_or_default() }
}

#[cfg(feature = "ssr")]
fn rank(word: &str) -> String {
    let words = match word {
        "serving" => "Serving",
        "warming" => "Warming up",
        "late" => "Later than wished",
        "saturated" => "Saturated",
        "standby" => "Standby",
        "unready" => "Not ready",
        other => other,
    };
    words.to_owned()
}

#[cfg(feature = "ssr")]
fn reason(word: &str) -> String {
    let words = match word {
        "best_score" => "The best score",
        "drawn_among_best" => "Drawn by weight among the best",
        "better_of_two" => "The better of two drawn",
        "by_score" => "By its score",
        "only_one" => "The only one of its rank",
        "breaker_probe" => "Tries whether it has recovered",
        other => other,
    };
    words.to_owned()
}

/// Why a deployment could not serve.
#[cfg(feature = "ssr")]
fn why(word: &str) -> String {
    let words = match word {
        "external_account" => "It stands outside, and the tenant has not allowed that",
        "external_data_class" => "It stands outside, and the project's data may not",
        "data_class" => "It is not cleared for the project's data",
        "residency" => "It is outside the regions that the tenant's calls must run in",
        "task" => "Its model cannot do what the request asks for",
        "output_limit" => "It cannot give so long an answer",
        "context_length" => "The request is too long for it",
        "route_external" => "The route keeps calls inside the platform",
        "route_region" => "The route names other regions",
        "route_pool" => "The route names other pools",
        "route_deployment" => "The route names other deployments",
        "route_price" => "It costs more than the route allows",
        "parameters" => "It does not take a parameter of the request",
        "data_collection" => "The caller asked that no data is kept",
        "quantization" => "The caller asked for another quantisation",
        "only" => "The caller asked for others only",
        "ignore" => "The caller asked not to use it",
        "order" => "The caller's order leaves it out",
        "max_price" => "It costs more than the caller allows",
        "pool" => "Its pool is another tenant's",
        "draining" => "It is draining",
        "down" => "It is down",
        "breaker_open" => "It failed repeatedly and rests",
        "breaker_probing" => "One call is trying whether it has recovered",
        "ejected" => "It is much worse than its like and rests",
        other => return crate::api::problem::sentence(&other.replace('_', " ")),
    };
    words.to_owned()
}

#[server(prefix = "/_fn", endpoint = "routes/decisions")]
pub async fn read_decisions() -> Result<Answer<DecisionsView>, ApiProblem> {
    let read = async {
        let (decisions, tenants) = futures::try_join!(
            call::get::<Page<Decision>>("/api/v1/routes/decisions"),
            call::get::<Page<Tenant>>("/api/v1/tenants?limit=200"),
        )?;
        let tenants = tenants.data.into_iter().map(|tenant| (tenant.id, tenant.name)).collect();
        Ok(DecisionsView { decisions: decisions.data, tenants, now: call::now() })
    };
    call::reply(read.await)
}

/// `decision` as it stands in the address.
#[server(prefix = "/_fn", endpoint = "routes/decision")]
pub async fn read_decision(decision: String) -> Result<Answer<ExplainedView>, ApiProblem> {
    let asked = json!({ "decision_id": decision });
    call::reply(call::ask::<Explained>("/api/v1/routes/explain", &asked).await.map(ExplainedView::from))
}

/// A record that was kept, as it was copied.
#[server(prefix = "/_fn", endpoint = "routes/explain-record")]
pub async fn explain_record(record: String) -> Result<Answer<ExplainedView>, ApiProblem> {
    let explained = async {
        let record = parsed("record", &record)?;
        ask(&json!({ "record": record })).await
    };
    call::reply(explained.await)
}

/// A request that is not made. `key` and `path` may be empty.
#[server(prefix = "/_fn", endpoint = "routes/explain-request")]
pub async fn explain_request(
    tenant: String,
    #[server(default)] key: String,
    #[server(default)] path: String,
    body: String,
) -> Result<Answer<ExplainedView>, ApiProblem> {
    let explained = async {
        let mut request = json!({ "tenant_id": tenant, "body": parsed("request.body", &body)? });
        for (field, text) in [("key_id", key.trim()), ("path", path.trim())] {
            if !text.is_empty() {
                request[field] = json!(text);
            }
        }
        ask(&json!({ "request": request })).await
    };
    call::reply(explained.await)
}

#[cfg(feature = "ssr")]
async fn ask(body: &Value) -> Answer<ExplainedView> {
    Ok(call::post::<Explained>("/api/v1/routes/explain", body).await?.into())
}

#[cfg(feature = "ssr")]
fn parsed(field: &str, text: &str) -> Answer<Value> {
    serde_json::from_str(text).map_err(|error| ApiProblem::field(field, format!("this is no JSON: {error}")))
}

#[cfg(all(test, feature = "ssr"))]
mod tests {
    use super::*;

    #[test]
    fn every_word_of_a_rejection_is_said_in_words() {
        assert_eq!(why("down"), "It is down");
        assert_eq!(why("some_new_rule"), "Some new rule");
    }

    #[test]
    fn what_is_no_json_is_told_at_its_field() {
        let problem = parsed("record", "{").unwrap_err();
        assert_eq!(problem.errors[0].field, "record");
    }
}
