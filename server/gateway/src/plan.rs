//! Stage 4: which deployments of which model to try, in which order, and why.

use std::{sync::Arc, time::Duration};

use chrono::{DateTime, Utc};
use engines::engine;
use routing::{
    Abilities, Bounds, Candidate, Choice, Decision, Demand, Fingerprint, Found, Ground, Observed, Policy,
    RouteBounds, Traits, misfit,
};
use rust_decimal::prelude::ToPrimitive;
use shared::{DeploymentId, route::Ceilings};
use snapshot::{Deployment, ModelEntry, Snapshot, TokenCounts};

use crate::{
    admit::Admitted, affinity::fingerprint, error::CallError, gateway::Core, plan_refusal,
    priority::Priority, request::ModelRequest, unit::Burden,
};

/// A deployment, and the model that it serves.
#[derive(Debug, Clone)]
pub(crate) struct Target {
    pub(crate) model: Arc<ModelEntry>,
    pub(crate) deployment: Arc<Deployment>,
    pub(crate) burden: Burden,
}

/// An admitted call with at least one deployment to try.
#[derive(Debug)]
pub(crate) struct Planned {
    admitted: Admitted,
    targets: Vec<Target>,
    ordered: Vec<Choice>,
    print: Fingerprint,
    /// Where the call is bound to run, if that kept deployments out.
    bounds: Option<String>,
}

impl Planned {
    /// `demand`: see [`Admitted::demand`]. Refused, it gives back what was admitted.
    pub(crate) fn plan(
        gateway: &Core,
        admitted: Admitted,
        demand: Demand,
        now: DateTime<Utc>,
        seed: u64,
    ) -> Result<Self, Box<(Admitted, CallError)>> {
        let print = print_of(&admitted);
        let (mut targets, decision) = decide(gateway, &admitted, demand, &print, now, seed);
        let mut plan = decision.plan();
        tracing::debug!(target: "switchyard::routing", model = %admitted.model().model.name, ?plan, "planned");
        gateway.decisions.note(&admitted, &targets, &decision, &plan, now);
        if plan.ordered.is_empty() {
            let error = plan_refusal::explain(gateway, &admitted, &plan);
            return Err(Box::new((admitted, error)));
        }
        let bounds = plan_refusal::bounds_told(&admitted, &plan);
        if admitted.parsed().wishes().first_only {
            plan.ordered.truncate(1);
        }
        let priority = admitted.caller().priority();
        for (target, candidate) in targets.iter_mut().zip(&decision.candidates) {
            target.burden = burden(priority, &demand, candidate);
        }
        Ok(Self { admitted, targets, ordered: plan.ordered, print, bounds })
    }

    /// What a caller is told when all of it failed.
    pub(crate) fn failed(&self, error: CallError) -> CallError {
        plan_refusal::with_bounds(error, self.bounds.clone())
    }

    pub(crate) const fn admitted(&self) -> &Admitted {
        &self.admitted
    }

    pub(crate) const fn admitted_mut(&mut self) -> &mut Admitted {
        &mut self.admitted
    }

    pub(crate) fn into_admitted(self) -> Admitted {
        self.admitted
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

    /// The prompt goes to a deployment, whose cache has it from now on.
    pub(crate) fn sent(&self, gateway: &Core, deployment: DeploymentId, burden: &Burden) {
        if !self.print.cuts().is_empty() {
            let handle = gateway.fleet.unit(deployment).handle;
            gateway.fleet.affinity.sent(handle, &self.print, burden.prompt_tokens, burden.cached_tokens);
        }
    }
}

fn burden(priority: Priority, demand: &Demand, candidate: &Candidate) -> Burden {
    Burden {
        priority,
        prompt_tokens: demand.prompt_tokens,
        cached_tokens: candidate.cached_tokens.min(demand.prompt_tokens),
        full: candidate.full(),
    }
}

/// The beginning of the prompt, where more than one deployment could have it.
pub(crate) fn print_of(admitted: &Admitted) -> Fingerprint {
    let deployments: usize = admitted.models().iter().map(|entry| entry.deployments.len()).sum();
    if deployments < 2 {
        return Fingerprint::default();
    }
    // Caches are not shared across tenants: an answer's time would tell one what another asked.
    let tenant = admitted.caller().tenant().tenant.id.uuid().as_u128() as u64;
    fingerprint(admitted.parsed().request(), tenant ^ admitted.model().model.id.uuid().as_u128() as u64)
}

/// All that a plan comes of, as it stands now.
pub(crate) fn decide(
    gateway: &Core,
    admitted: &Admitted,
    demand: Demand,
    print: &Fingerprint,
    at: DateTime<Utc>,
    seed: u64,
) -> (Vec<Target>, Decision) {
    let snapshot = gateway.configuration.load();
    let view = View {
        gateway,
        snapshot: &snapshot,
        admitted,
        bounds: bounds(admitted),
        demand,
        found: gateway.fleet.affinity.find(print),
        at,
        now: gateway.fleet.now(),
    };
    let mut models: Vec<_> = admitted.models().iter().collect();
    if admitted.by_price() {
        models.sort_by_key(|entry| routing::cost(entry.price_at(at).map(AsRef::as_ref)));
    }
    let (mut targets, mut candidates) = (Vec::new(), Vec::new());
    let several = models.len() > 1;
    for (place, model) in models.into_iter().enumerate() {
        let of_model = OfModel::new(&view, model, place, several);
        for deployment in &model.deployments {
            candidates.push(view.candidate(&of_model, deployment));
            let (model, deployment) = (model.clone(), deployment.clone());
            targets.push(Target { model, deployment, burden: Burden::default() });
        }
    }
    (targets, Decision { demand, policy: policy(admitted), candidates, now: view.now, seed })
}

/// What the caller says comes before what the route does.
fn policy(admitted: &Admitted) -> Policy {
    let wish = admitted.parsed().wishes().pace;
    let spec = admitted.routed().map(|routed| routed.spec());
    let preset = admitted.preset();
    let of_route = spec.filter(|_| preset.is_none());
    let weights = of_route.and_then(|spec| spec.weights);
    let preset = preset.or_else(|| of_route.map(|spec| spec.preset)).unwrap_or_default();
    let ceilings = spec.map(|spec| &spec.ceilings);
    let of_route = |read: fn(&Ceilings) -> Option<u32>| ceilings.and_then(read).map(|most| most as f32);
    Policy {
        weights: weights.unwrap_or(preset.weights()),
        first_token: wish.first_token.or_else(|| of_route(|of| of.first_token_ms).map(|ms| ms / 1_000.0)),
        tokens_per_second: wish.tokens_per_second.or_else(|| of_route(|of| of.tokens_per_second)),
        ..Policy::of(preset)
    }
}

/// What the account allows.
fn bounds(admitted: &Admitted) -> Bounds<'_> {
    let (tenant, project) = (&admitted.caller().tenant().tenant, &admitted.caller().entry().project);
    Bounds {
        allows_external: tenant.external_engines,
        data_class: project.data_class.as_deref(),
        data_class_allows_external: project.data_class_allows_external,
        data_class_needs_clearance: project.data_class_needs_clearance,
        residency: [tenant.residency.as_deref(), project.residency.as_deref()],
    }
}

/// What all candidates of a call are seen by.
struct View<'a> {
    gateway: &'a Core,
    snapshot: &'a Snapshot,
    admitted: &'a Admitted,
    bounds: Bounds<'a>,
    demand: Demand,
    found: Found,
    at: DateTime<Utc>,
    now: Duration,
}

/// What all candidates of one model have in common.
struct OfModel<'a> {
    entry: &'a ModelEntry,
    tier: u32,
    cost: f32,
    misfit: f32,
    takes_parameters: bool,
    /// Too dear for the route, in all its deployments.
    too_dear: bool,
    route: Option<RouteBounds<'a>>,
}

impl<'a> OfModel<'a> {
    fn new(view: &View<'a>, entry: &'a ModelEntry, place: usize, several: bool) -> Self {
        let (admitted, model) = (view.admitted, &entry.model);
        let auto = admitted.auto();
        let abilities = || Abilities {
            vision: model.can("vision"),
            reasoning: model.can("reasoning"),
            context_length: model.context_length,
        };
        let request = admitted.parsed().request();
        let required = admitted.parsed().wishes().preferences.require_parameters;
        let routed = admitted.routed();
        let ceilings = routed.map(|routed| &routed.spec().ceilings);
        Self {
            entry,
            // Models in their order first; those that `auto` chose are equals.
            tier: if auto.is_some() { 0 } else { u32::try_from(place).unwrap_or(0).saturating_mul(1 << 16) },
            // Of one model all deployments cost the same.
            cost: if several { cost(entry, &view.demand, view.at) } else { 0.0 },
            misfit: auto.map_or(0.0, |auto| misfit(auto.task, &model.tasks, abilities())),
            takes_parameters: !required || takes_parameters(request, &model.supported_parameters),
            too_dear: ceilings.is_some_and(|most| dearer(entry, most, view.at)),
            route: routed.map(|routed| RouteBounds { route: routed.entry(), arm: routed.arm_of(entry) }),
        }
    }
}

/// What the call would cost by the list, in thousandths of the currency's unit.
fn cost(entry: &ModelEntry, demand: &Demand, at: DateTime<Utc>) -> f32 {
    let tokens = TokenCounts {
        prompt: u64::from(demand.prompt_tokens),
        completion: u64::from(demand.output_tokens),
        ..TokenCounts::default()
    };
    let amount = entry.price_at(at).and_then(|price| price.rate(tokens)).and_then(|amount| amount.to_f32());
    amount.unwrap_or(0.0) * 1_000.0
}

fn dearer(entry: &ModelEntry, most: &Ceilings, at: DateTime<Utc>) -> bool {
    let most =
        routing::MaxPrice { prompt: most.prompt_price, completion: most.completion_price, request: None };
    !most.affords(entry.price_at(at).map(AsRef::as_ref))
}

impl View<'_> {
    fn candidate(&self, of: &OfModel<'_>, deployment: &Deployment) -> Candidate {
        let tenant = self.admitted.caller().tenant().tenant.id;
        let unit = self.gateway.fleet.unit(deployment.id);
        let context = of.entry.model.context_length;
        let candidate = self.gateway.fleet.candidate(deployment, &unit, context, self.at, self.now);
        let faulty = unit.faulty.lock().rest(self.admitted.parsed().kind(), deployment, self.now);
        let faulty = faulty.map(|rest| u32::try_from(rest.as_millis()).unwrap_or(u32::MAX));
        let wishes = self.admitted.parsed().wishes();
        let traits = traits(self.snapshot, self.admitted, of, deployment, self.at);
        let ground = Ground {
            external: deployment.external,
            region: deployment.region.as_deref(),
            pool: deployment.pool_id,
            deployment: deployment.id,
            data_classes: deployment.data_classes.as_deref(),
        };
        let by_route = || of.route.as_ref().and_then(|route| route.filter(&ground));
        let by_price = || of.too_dear.then_some(routing::Filter::RoutePrice);
        let filtered = self.bounds.filter(&ground).or_else(by_route).or_else(by_price);
        // A deployment's place in `provider.order` within its model's.
        let within = wishes.preferences.place(&traits).min(u32::from(u16::MAX));
        Candidate {
            serves_tenant: self.snapshot.pool_serves(deployment.pool_id, tenant)
                && deployment.owner_tenant.is_none_or(|owner| owner == tenant),
            tier: of.tier.saturating_add(within),
            filtered: filtered.or_else(|| wishes.preferences.filter(&traits)),
            ejected_ms: candidate.ejected_ms.max(faulty),
            cached_tokens: self.found.tokens(unit.handle),
            observed: self.observed(&unit),
            cost: of.cost,
            misfit: of.misfit,
            ..candidate
        }
    }

    /// What calls saw, where the call or its route wishes for speed.
    fn observed(&self, unit: &crate::unit::Unit) -> Observed {
        let wish = self.admitted.parsed().wishes().pace;
        let by_route = self.admitted.routed().is_some_and(|routed| !routed.spec().ceilings.is_empty());
        if wish == crate::wishes::PaceWish::default() && !by_route {
            return Observed::default();
        }
        unit.latency.lock().observed(self.demand.prompt_tokens, wish.quantile.unwrap_or(0.5), self.now)
    }
}

fn traits<'a>(
    snapshot: &'a Snapshot,
    admitted: &Admitted,
    of: &OfModel<'a>,
    deployment: &'a Deployment,
    at: DateTime<Utc>,
) -> Traits<'a> {
    let request = admitted.parsed().request();
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
        takes_parameters: of.takes_parameters,
        quantization: deployment.quantization.as_deref(),
        price: of.entry.price_at(at).map(AsRef::as_ref),
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
