//! The gateway's decisions, for the console and the command line to explain.

use std::{sync::Arc, time::Duration};

use async_trait::async_trait;
use catalog::RouteExplainer;
use config::Settings;
use egress::{ConnectTimeout, EgressRules, EngineClient};
use gateway::{
    CallError, ConfigurationCell, Gateway, GatewayParts, InsideCall, NotedDecision, OnBehalf, Priority,
};
use http::HeaderMap;
use kv::MemoryKv;
use metering::{Meter, SpoolSettings};
use routing::{Choice, Plan, Rejection};
use secrets::{KeyEncryptionKey, Pepper};
use serde::Serialize;
use serde_json::Value;
use shared::Clock;
use shared_api::decisions::{
    Candidate, Decision, Explained, ExplainedChoice, LeftOut, PastedRequest, Score, TaskTold,
};
use snapshot::Snapshot;
use web::Problem;

/// Decisions that a gateway keeps, the newest first.
pub type Kept = Arc<dyn Fn() -> Vec<Arc<NotedDecision>> + Send + Sync>;

/// Explains decisions; a process without a gateway has neither those of late nor one to ask.
#[derive(Default)]
pub struct Explainer {
    pub kept: Option<Kept>,
    pub gateway: Option<OnBehalf>,
}

/// What a gateway with that configuration, and nothing else to do, would decide of a request.
pub async fn on_paper(
    snapshot: Snapshot,
    settings: &Settings,
    request: PastedRequest,
) -> anyhow::Result<Result<Explained, Problem>> {
    let clock = Clock::system();
    let configuration = Arc::new(ConfigurationCell::new());
    configuration.publish(snapshot, clock.now());
    let spool = tempfile::tempdir()?;
    let (meter, _) = Meter::open(spool.path(), SpoolSettings::default())?;
    let rules = EgressRules::engines(Vec::new())?;
    let nowhere = || EngineClient::new(&rules, ConnectTimeout(Duration::from_secs(1)));
    let gateway = Gateway::on_paper(GatewayParts {
        configuration,
        meter,
        kv: Arc::new(MemoryKv::new()),
        engines: nowhere()?,
        external: nowhere()?,
        pepper: Pepper::new([0; 32]),
        key_encryption_key: KeyEncryptionKey::new([0; 32]),
        settings: gateway::Settings::from_config(settings),
        clock,
        deferral: None,
    });
    let explainer = Explainer { kept: None, gateway: Some(gateway) };
    Ok(explainer.explain_request(request).await)
}

/// Explains records alone.
pub fn without_gateway() -> Arc<dyn RouteExplainer> {
    Arc::new(Explainer::default())
}

#[async_trait]
impl RouteExplainer for Explainer {
    fn decisions(&self) -> Vec<Decision> {
        self.kept().iter().map(|noted| summary(noted, &noted.decision.plan())).collect()
    }

    fn explain_kept(&self, id: &str) -> Option<Explained> {
        self.kept().iter().find(|noted| noted.id.to_string() == id).map(|noted| explained(noted))
    }

    fn explain_record(&self, record: Value) -> Result<Explained, String> {
        let noted: NotedDecision = serde_json::from_value(record).map_err(|error| error.to_string())?;
        if noted.names.len() != noted.decision.candidates.len() {
            let (names, candidates) = (noted.names.len(), noted.decision.candidates.len());
            return Err(format!("{candidates} candidates, and names of {names}"));
        }
        Ok(explained(&noted))
    }

    async fn explain_request(&self, request: PastedRequest) -> Result<Explained, Problem> {
        let gateway = self.gateway.as_ref().ok_or_else(catalog::no_gateway)?;
        let key = gateway.key_of(request.tenant_id, request.key_id);
        let no_key =
            || Problem::field("request.key_id", "expected a key of the tenant that is good; make one first");
        let call = InsideCall {
            key: key.ok_or_else(no_key)?,
            path: request.path.unwrap_or_else(|| "/v1/chat/completions".to_owned()),
            body: request.body.to_string().into(),
            priority: Priority::Interactive,
            work: None,
            headers: HeaderMap::new(),
        };
        let refused = |error: CallError| {
            let field =
                error.param.map_or_else(|| "request".to_owned(), |param| format!("request.body.{param}"));
            Problem::field(field, error.message)
        };
        gateway.explain(call).await.map(|noted| explained(&noted)).map_err(refused)
    }
}

impl Explainer {
    fn kept(&self) -> Vec<Arc<NotedDecision>> {
        self.kept.as_ref().map(|kept| kept()).unwrap_or_default()
    }
}

fn summary(noted: &NotedDecision, plan: &Plan) -> Decision {
    let first = plan.ordered.first().and_then(|choice| noted.names.get(choice.index));
    Decision {
        id: noted.id.to_string(),
        at: noted.at,
        tenant: noted.tenant.clone(),
        asked: noted.asked.clone(),
        route: noted.route.clone(),
        route_version: noted.route_version,
        arm: noted.arm.clone(),
        task: noted.task.clone().map(|(task, why)| TaskTold { task, why }),
        first: first.map(|name| name.deployment.clone()),
        candidates: u32::try_from(noted.decision.candidates.len()).unwrap_or(u32::MAX),
        left_out: u32::try_from(plan.rejected.len()).unwrap_or(u32::MAX),
    }
}

fn explained(noted: &NotedDecision) -> Explained {
    let (made, plan) = (&noted.decision, noted.decision.plan());
    let choice = |choice: &Choice| {
        let candidate = candidate(noted, choice.index)?;
        let (rank, reason) = (word(choice.rank), word(choice.reason));
        Some(ExplainedChoice { candidate, rank, reason, score: score(&choice.score) })
    };
    let left_out = |(index, rejection): &(usize, Rejection)| {
        let candidate = candidate(noted, *index)?;
        Some(LeftOut { candidate, why: rejection.as_str().to_owned(), detail: detail(rejection) })
    };
    Explained {
        decision: summary(noted, &plan),
        prompt_tokens: made.demand.prompt_tokens,
        output_tokens: made.demand.output_tokens,
        tokens: made.demand.tokens,
        weights: made.policy.weights,
        first_token: made.policy.first_token,
        tokens_per_second: made.policy.tokens_per_second,
        ordered: plan.ordered.iter().filter_map(choice).collect(),
        left_out: plan.rejected.iter().filter_map(left_out).collect(),
        record: serde_json::to_value(noted).unwrap_or_default(),
    }
}

fn candidate(noted: &NotedDecision, index: usize) -> Option<Candidate> {
    let (name, seen) = (noted.names.get(index)?, noted.decision.candidates.get(index)?);
    Some(Candidate {
        deployment_id: name.deployment_id,
        deployment: name.deployment.clone(),
        model: name.model.clone(),
        engine: name.engine.clone(),
        region: name.region.clone(),
        in_flight: seen.in_flight,
        running: seen.scrape.map(|scrape| scrape.load.running),
        waiting: seen.scrape.map(|scrape| scrape.load.waiting),
        cached_tokens: seen.cached_tokens,
        tier: seen.tier,
        weight: seen.weight,
    })
}

fn score(of: &routing::Score) -> Score {
    let routing::Score { calls, wait, prefill, lora, decode, cost, misfit, leaves, total } = *of;
    Score { calls, wait, prefill, lora, decode, cost, misfit, leaves, total }
}

/// A word as it stands in records.
fn word(of: impl Serialize) -> String {
    serde_json::to_value(of).ok().and_then(|value| value.as_str().map(str::to_owned)).unwrap_or_default()
}

fn detail(rejection: &Rejection) -> Option<String> {
    let rests = |rest: &Duration| Some(format!("rests another {:.1} s", rest.as_secs_f32()));
    match rejection {
        Rejection::ContextLength { limit } => Some(format!("its limit is {limit} tokens")),
        Rejection::BreakerOpen { rest } | Rejection::Ejected { rest } => rests(rest),
        Rejection::Pool
        | Rejection::Filtered(_)
        | Rejection::Draining
        | Rejection::Down
        | Rejection::BreakerProbing => None,
    }
}

#[cfg(test)]
mod tests {
    use chrono::DateTime;
    use gateway::CandidateName;
    use routing::{Demand, Filter, Policy};
    use shared::{DeploymentId, route::Preset};
    use uuid::Uuid;

    use super::*;

    fn noted() -> NotedDecision {
        let idle = routing::Candidate::idle(DeploymentId::generate());
        let name = |deployment: &str| CandidateName {
            deployment_id: idle.deployment,
            deployment: deployment.to_owned(),
            model: "llama".to_owned(),
            engine: "vllm".to_owned(),
            region: Some("eu".to_owned()),
        };
        let decision = routing::Decision {
            demand: Demand { tokens: 1200, prompt_tokens: 1000, output_tokens: 200, session: None },
            policy: Policy::of(Preset::Latency),
            candidates: vec![
                routing::Candidate { in_flight: 12, ..idle },
                routing::Candidate { filtered: Some(Filter::Residency), ..idle },
                routing::Candidate { context_length: 1024, ..idle },
                idle,
            ],
            now: Duration::from_mins(1),
            seed: 7,
        };
        NotedDecision {
            id: Uuid::from_u128(1),
            at: DateTime::from_timestamp(1_790_000_000, 0).unwrap(),
            tenant: "acme".to_owned(),
            asked: "fast".to_owned(),
            route: Some("fast".to_owned()),
            route_version: Some(3),
            arm: Some("stable".to_owned()),
            task: None,
            names: ["busy", "abroad", "small", "free"].map(name).to_vec(),
            decision,
        }
    }

    fn explainer() -> Explainer {
        let kept = vec![Arc::new(noted())];
        Explainer { kept: Some(Arc::new(move || kept.clone())), gateway: None }
    }

    #[test]
    fn a_decision_is_told_with_each_candidate_and_number() {
        let explainer = explainer();
        let summary = explainer.decisions().remove(0);
        assert_eq!((summary.first.as_deref(), summary.candidates, summary.left_out), (Some("free"), 4, 2));
        let told = explainer.explain_kept(&summary.id).unwrap();
        let order: Vec<_> = told.ordered.iter().map(|one| one.candidate.deployment.as_str()).collect();
        assert_eq!(order, ["free", "busy"]);
        assert_eq!(
            (told.ordered[0].rank.as_str(), told.ordered[0].reason.as_str()),
            ("serving", "best_score")
        );
        assert!(told.ordered[0].score.total < told.ordered[1].score.total);
        let left: Vec<_> =
            told.left_out.iter().map(|one| (one.why.as_str(), one.detail.as_deref())).collect();
        assert_eq!(left, [("residency", None), ("context_length", Some("its limit is 1024 tokens"))]);
        assert!(explainer.explain_kept("another").is_none());
    }

    #[test]
    fn a_record_gives_the_same_plan_elsewhere() {
        let told = explainer().explain_kept(&noted().id.to_string()).unwrap();
        let elsewhere = Explainer::default();
        let text = told.record.to_string();
        assert_eq!(elsewhere.explain_record(serde_json::from_str(&text).unwrap()), Ok(told));
        assert!(elsewhere.explain_record(serde_json::json!({"id": "x"})).is_err());
    }
}
