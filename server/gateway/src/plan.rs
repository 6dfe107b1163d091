//! Stage 4: which deployments of which model to try, in which order, and why.

use std::{sync::Arc, time::Duration};

use chrono::{DateTime, Utc};
use engines::engine;
use routing::{Bounds, Candidate, Choice, Demand, Ground, Policy, Traits};
use snapshot::{Deployment, ModelEntry, Snapshot};

use crate::{admit::Admitted, error::CallError, gateway::Core, plan_refusal, request::ModelRequest};

/// A deployment, and the model that it serves.
#[derive(Debug, Clone)]
pub(crate) struct Target {
    pub(crate) model: Arc<ModelEntry>,
    pub(crate) deployment: Arc<Deployment>,
}

/// An admitted call with at least one deployment to try.
#[derive(Debug)]
pub(crate) struct Planned {
    admitted: Admitted,
    targets: Vec<Target>,
    ordered: Vec<Choice>,
}

impl Planned {
    /// `demand`: see [`Admitted::demand`].
    pub(crate) fn plan(
        gateway: &Core,
        admitted: Admitted,
        demand: Demand,
        now: DateTime<Utc>,
        seed: u64,
    ) -> Result<Self, CallError> {
        let (targets, candidates) = candidates(gateway, &admitted, now);
        let mut plan = routing::plan(&demand, &candidates, &Policy::default(), gateway.fleet.now(), seed);
        tracing::debug!(target: "switchyard::routing", model = %admitted.model().model.name, ?plan, "planned");
        if plan.ordered.is_empty() {
            return Err(plan_refusal::explain(gateway, &admitted, &plan));
        }
        if admitted.parsed().wishes().first_only {
            plan.ordered.truncate(1);
        }
        Ok(Self { admitted, targets, ordered: plan.ordered })
    }

    pub(crate) const fn admitted(&self) -> &Admitted {
        &self.admitted
    }

    pub(crate) const fn admitted_mut(&mut self) -> &mut Admitted {
        &mut self.admitted
    }

    /// The deployments to try, best first.
    pub(crate) fn targets(&self) -> impl Iterator<Item = &Target> {
        self.ordered.iter().filter_map(|choice| self.targets.get(choice.index))
    }

    /// Puts one of the targets first.
    pub(crate) fn prefer(&mut self, place: usize) {
        if place < self.ordered.len() {
            self.ordered[..=place].rotate_right(1);
        }
    }
}

fn candidates(gateway: &Core, admitted: &Admitted, now: DateTime<Utc>) -> (Vec<Target>, Vec<Candidate>) {
    let snapshot = gateway.configuration.load();
    let mut models: Vec<_> = admitted.models().iter().collect();
    if admitted.by_price() {
        models.sort_by_key(|entry| routing::cost(entry.price_at(now).map(AsRef::as_ref)));
    }
    let (mut targets, mut candidates) = (Vec::new(), Vec::new());
    for (place, model) in models.into_iter().enumerate() {
        for deployment in &model.deployments {
            candidates.push(candidate(gateway, &snapshot, admitted, place, model, deployment, now));
            targets.push(Target { model: model.clone(), deployment: deployment.clone() });
        }
    }
    (targets, candidates)
}

fn candidate(
    gateway: &Core,
    snapshot: &Snapshot,
    admitted: &Admitted,
    place: usize,
    model: &ModelEntry,
    deployment: &Deployment,
    now: DateTime<Utc>,
) -> Candidate {
    let tenant = &admitted.caller().tenant().tenant;
    let serves = snapshot.pool_serves(deployment.pool_id, tenant.id)
        && deployment.owner_tenant.is_none_or(|owner| owner == tenant.id);
    let candidate = gateway.fleet.candidate(deployment, serves, model.model.context_length, now);
    let preferences = &admitted.parsed().wishes().preferences;
    let traits = traits(snapshot, admitted, model, deployment, now);
    // Models in their order first; a deployment's place in `provider.order` within.
    let within = preferences.place(&traits).min(u32::from(u16::MAX));
    let tier = u32::try_from(place).unwrap_or(0).saturating_mul(1 << 16).saturating_add(within);
    let ground = ground(snapshot, deployment);
    let filtered = bounds(admitted).filter(&ground).or_else(|| preferences.filter(&traits));
    Candidate { tier, filtered, ..candidate }
}

/// What the account allows.
fn bounds(admitted: &Admitted) -> Bounds<'_> {
    let (tenant, project) = (&admitted.caller().tenant().tenant, &admitted.caller().entry().project);
    Bounds {
        allows_external: tenant.external_engines,
        data_class: project.data_class.as_deref(),
        data_class_allows_external: project.data_class_allows_external,
        ..Bounds::default()
    }
}

fn ground<'a>(snapshot: &'a Snapshot, deployment: &'a Deployment) -> Ground<'a> {
    Ground {
        external: deployment.external,
        region: deployment.region.as_deref(),
        pool: snapshot.pool(deployment.pool_id).map_or("", |pool| &pool.name),
        name: &deployment.name,
        data_classes: None,
    }
}

fn traits<'a>(
    snapshot: &'a Snapshot,
    admitted: &Admitted,
    model: &'a ModelEntry,
    deployment: &'a Deployment,
    now: DateTime<Utc>,
) -> Traits<'a> {
    let request = admitted.parsed().request();
    let required = admitted.parsed().wishes().preferences.require_parameters;
    Traits {
        names: [
            &deployment.name,
            snapshot.pool(deployment.pool_id).map_or("", |pool| &pool.name),
            deployment.region.as_deref().unwrap_or_default(),
            deployment.engine.as_str(),
        ],
        external: deployment.external,
        supports_task: engine(deployment.engine).supports(request.kind()),
        output: (request.output_limit().map(|(_, most)| most), deployment.max_output_tokens),
        takes_parameters: !required || takes_parameters(request, &model.model.supported_parameters),
        quantization: deployment.quantization.as_deref(),
        price: model.price_at(now).map(AsRef::as_ref),
    }
}

/// Fields that every model takes.
const COMMON: [&str; 8] =
    ["model", "messages", "prompt", "stream", "stream_options", "user", "metadata", "store"];

/// Whether all parameters of a request are among those that a model lists.
fn takes_parameters(request: &ModelRequest, supported: &[String]) -> bool {
    let body = match request {
        ModelRequest::Chat(request) => serde_json::to_value(request),
        ModelRequest::Completion(request) => serde_json::to_value(request),
        _ => return true,
    };
    let listed = |name: &str| supported.iter().any(|one| one == name);
    let takes = |name: &str| match name {
        "max_tokens" | "max_completion_tokens" => listed("max_tokens") || listed("max_completion_tokens"),
        "response_format" => listed("response_format") || listed("structured_outputs"),
        name => COMMON.contains(&name) || listed(name),
    };
    body.ok().and_then(|body| Some(body.as_object()?.keys().all(|name| takes(name)))).unwrap_or(false)
}

/// When nothing says how long an outage will last.
pub(crate) const TRY_AGAIN: Duration = Duration::from_secs(5);

#[cfg(test)]
mod tests {
    use shared_chat::ChatRequest;

    use super::*;

    #[test]
    fn a_parameter_that_is_not_listed_is_found() {
        let supported = vec!["temperature".to_owned(), "max_tokens".to_owned()];
        let mut request = ChatRequest::new("m", vec![shared_chat::Message::new("user", "hi")]);
        request.max_completion_tokens = Some(5);
        request.temperature = Some(1.into());
        assert!(takes_parameters(&ModelRequest::Chat(Box::new(request.clone())), &supported));
        request.rest.insert("min_p".into(), 1.into());
        assert!(!takes_parameters(&ModelRequest::Chat(Box::new(request)), &supported));
    }
}
