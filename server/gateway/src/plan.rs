//! Stage 3: which deployments to try, in which order, and why.

use std::{sync::Arc, time::Duration};

use chrono::{DateTime, Utc};
use routing::{Candidate, Choice, Demand, Rejection};
use shared::ErrorCode;
use snapshot::{Deployment, ModelEntry};

use crate::{admit::Admitted, error::CallError, gateway::Core};

/// When nothing says how long an outage will last.
const TRY_AGAIN: Duration = Duration::from_secs(5);

/// An admitted call with at least one deployment to try.
#[derive(Debug)]
pub(crate) struct Planned {
    admitted: Admitted,
    ordered: Vec<Choice>,
}

impl Planned {
    pub(crate) fn plan(
        gateway: &Core,
        admitted: Admitted,
        now: DateTime<Utc>,
        seed: u64,
    ) -> Result<Self, CallError> {
        let model = admitted.model();
        let candidates = candidates(gateway, &admitted, now);
        let tightest = candidates.iter().map(|candidate| candidate.context_length).min();
        let demand = Demand { tokens: admitted.parsed().tokens_against(tightest.unwrap_or(u32::MAX)) };
        let plan = routing::plan(demand, &candidates, gateway.fleet.now(), seed);
        tracing::debug!(target: "switchyard::routing", model = %model.model.name, ?plan, "planned");
        if plan.ordered.is_empty() {
            return Err(refusal(&admitted, &plan));
        }
        Ok(Self { admitted, ordered: plan.ordered })
    }

    pub(crate) const fn admitted(&self) -> &Admitted {
        &self.admitted
    }

    pub(crate) const fn model(&self) -> &Arc<ModelEntry> {
        self.admitted.model()
    }

    /// The deployments to try, best first.
    pub(crate) fn deployments(&self) -> impl Iterator<Item = &Arc<Deployment>> {
        self.ordered.iter().filter_map(|choice| self.model().deployments.get(choice.index))
    }
}

fn candidates(gateway: &Core, admitted: &Admitted, now: DateTime<Utc>) -> Vec<Candidate> {
    let snapshot = gateway.configuration.load();
    let model = admitted.model();
    let tenant = admitted.caller().tenant().tenant.id;
    let all = model.deployments.iter().map(|deployment| {
        let serves = snapshot.pool_serves(deployment.pool_id, tenant);
        gateway.fleet.candidate(deployment, serves, model.model.context_length, now)
    });
    all.collect()
}

/// What to tell when nothing is left: too long a prompt where that alone is why, else an outage.
fn refusal(admitted: &Admitted, plan: &routing::Plan) -> CallError {
    let model = &admitted.model().model.name;
    let theirs = || plan.rejected.iter().filter(|(_, why)| *why != Rejection::Pool);
    let only_too_long = theirs().all(|(_, why)| matches!(why, Rejection::ContextLength { .. }));
    if let (true, Some(limit)) = (only_too_long, plan.context_limit()) {
        return too_long(admitted, limit);
    }
    CallError::new(
        ErrorCode::EngineUnavailable,
        format!("The model `{model}` cannot be reached now: none of its deployments is in service. Try again shortly."),
    )
    .retry_after(plan.soonest_retry().unwrap_or(TRY_AGAIN))
}

fn too_long(admitted: &Admitted, limit: u32) -> CallError {
    let request = admitted.parsed().request();
    let estimate = admitted.parsed().prompt_tokens();
    let asked = request
        .output_limit()
        .map_or_else(String::new, |most| format!(", and {most} tokens were asked for in the answer"));
    CallError::field(
        ErrorCode::ContextLengthExceeded,
        "messages",
        format!(
            "The model `{}` has a context of {limit} tokens. By estimate the messages have at least {estimate} \
             tokens{asked}. Shorten the messages or ask for fewer tokens.",
            request.model
        ),
    )
}
