//! Stage 3: who calls, and may they use these models.

use std::sync::Arc;

use chrono::{DateTime, Utc};
use http::HeaderMap;
use routing::Demand;
use secrets::{Token, TokenKind};
use shared::{ApiKeyId, ErrorCode, route::Preset};
use snapshot::{KeyEntry, KeyHash, Model, ModelEntry, ModelKind, TenantEntry, TenantStatus};

use crate::{
    arrival::Arrival,
    capability,
    error::CallError,
    estimate,
    gateway::{Core, Shared},
    named::{Auto, Named},
    parsed::Parsed,
    priority::Priority,
    routed::{self, Routed},
    surface::Endpoint,
};

/// The scope that lets a key see which deployment served it.
const EXPLAIN: &str = "routing:explain";
/// Tokens that an answer usually has at most, whatever its bound.
const USUAL_OUTPUT: u64 = 200;

/// Bytes of a prompt that are counted without leaving the thread.
const COUNTED_AT_ONCE: usize = 64 * 1024;

/// How a caller showed its key.
#[derive(Debug, Clone, Copy)]
enum Proof {
    Secret(KeyHash),
    /// Inside the process, by the key's id.
    Inside,
}

/// A key that is good at this address, at this moment.
#[derive(Debug, Clone)]
pub(crate) struct Caller {
    entry: KeyEntry,
    proof: Proof,
    priority: Priority,
}

impl Caller {
    /// Every reason for a key not to be good here has the one same answer.
    pub(crate) fn identify(
        gateway: &Core,
        arrival: &Arrival<'_>,
        endpoint: Option<Endpoint>,
    ) -> Result<Self, CallError> {
        gateway.serves(arrival.at())?;
        let Some(sent) = arrival.key(endpoint) else {
            return Err(CallError::new(
                ErrorCode::InvalidApiKey,
                "No API key was sent. Send the header `Authorization: Bearer sy_live_…`; keys are made in the \
                 console under Keys.",
            ));
        };
        // Nonsense is refused by its checksum, without a hash or a look-up.
        let token = Token::parse(sent).map_err(|_| CallError::invalid_key())?;
        if token.kind() != TokenKind::ApiKey {
            return Err(CallError::invalid_key());
        }
        let hash = token.hash(&gateway.pepper);
        let entry = gateway.configuration.load().secret(&hash).cloned().ok_or_else(CallError::invalid_key)?;
        if !arrival.agrees_with(&entry.tenant.tenant.slug) {
            return Err(CallError::invalid_key());
        }
        let caller = Self { entry, proof: Proof::Secret(hash), priority: Priority::Interactive };
        caller.good_at(gateway, arrival.at())
    }

    /// A key whose owner is known otherwise: inside the process.
    pub(crate) fn on_behalf(
        gateway: &Core,
        key: ApiKeyId,
        priority: Priority,
        at: DateTime<Utc>,
    ) -> Result<Self, CallError> {
        gateway.serves(at)?;
        let entry = gateway.configuration.load().key(key).cloned().ok_or_else(CallError::invalid_key)?;
        Self { entry, proof: Proof::Inside, priority }.good_at(gateway, at)
    }

    fn good_at(self, gateway: &Core, at: DateTime<Utc>) -> Result<Self, CallError> {
        let expired = self.entry.expires_at.is_some_and(|end| end <= at);
        if expired || self.entry.key.disabled || gateway.revocations.contains(self.entry.key.id) {
            return Err(CallError::invalid_key());
        }
        if self.entry.tenant.tenant.status == TenantStatus::Suspended {
            return Err(suspended());
        }
        Ok(self)
    }

    pub(crate) const fn entry(&self) -> &KeyEntry {
        &self.entry
    }

    pub(crate) fn tenant(&self) -> &TenantEntry {
        &self.entry.tenant
    }

    pub(crate) const fn priority(&self) -> Priority {
        self.priority
    }

    pub(crate) fn explains_routing(&self) -> bool {
        self.entry.key.scopes.iter().any(|scope| scope == EXPLAIN)
    }

    /// Whether the tenant's grants and the key's own list allow a model.
    pub(crate) fn may_use(&self, model: &Model) -> bool {
        let listed = self.entry.key.allowed_models.as_ref();
        self.entry.tenant.models.contains(&model.id) && listed.is_none_or(|names| names.contains(&model.name))
    }

    /// The same for a model behind a route: the key's list may name the route instead.
    pub(crate) fn may_use_on(&self, model: &Model, route: &str) -> bool {
        let listed = self.entry.key.allowed_models.as_ref();
        let by_route = || listed.is_some_and(|names| names.iter().any(|name| name == route));
        self.may_use(model) || (by_route() && self.entry.tenant.models.contains(&model.id))
    }

    /// A model by its name. One that may not be used looks like one that does not exist.
    pub(crate) fn model(&self, gateway: &Core, name: &str) -> Result<Arc<ModelEntry>, CallError> {
        let snapshot = gateway.configuration.load();
        let found = snapshot.model_by_name(name).filter(|entry| self.may_use(&entry.model));
        found.cloned().ok_or_else(|| CallError::model_not_found(name))
    }

    /// The model for moderations that name none: the first by name.
    pub(crate) fn moderator(&self, gateway: &Core) -> Option<String> {
        let snapshot = gateway.configuration.load();
        let models = snapshot.models_of(&self.entry.tenant);
        let mut models = models.into_iter().map(|entry| &entry.model).filter(|model| self.may_use(model));
        models.find(|model| model.kind == ModelKind::Moderation).map(|model| model.name.clone())
    }

    /// Looked at again while a call is under way, whenever keys or tenants change.
    pub(crate) fn still_good(&self, gateway: &Core) -> Result<(), CallError> {
        let snapshot = gateway.configuration.load();
        let now = match self.proof {
            Proof::Secret(hash) => snapshot.secret(&hash),
            Proof::Inside => snapshot.key(self.entry.key.id),
        };
        let now = now.filter(|now| !now.key.disabled);
        if gateway.revocations.contains(self.entry.key.id) || now.is_none() {
            return Err(CallError::invalid_key());
        }
        if now.is_some_and(|now| now.tenant.tenant.status == TenantStatus::Suspended) {
            return Err(suspended());
        }
        Ok(())
    }
}

fn suspended() -> CallError {
    CallError::new(
        ErrorCode::TenantSuspended,
        "This account is suspended, so its calls are refused. Ask your platform operator to lift the suspension.",
    )
}

/// A caller, and a request for models that it may use and that can take it.
#[derive(Debug)]
pub(crate) struct Admitted {
    caller: Caller,
    /// The one asked for first, then those to fall back to; never empty.
    named: Named,
    session: Option<u64>,
    parsed: Parsed,
}

impl Admitted {
    /// Refused, it gives back what was read.
    pub(crate) fn admit(
        gateway: &Core,
        caller: &Caller,
        headers: &HeaderMap,
        parsed: Parsed,
    ) -> Result<Self, Box<(Parsed, CallError)>> {
        let session = routed::session(headers, &parsed, caller);
        match Named::read(gateway, caller, &parsed, session) {
            Ok(named) => Ok(Self { caller: caller.clone(), named, session, parsed }),
            Err(error) => Err(Box::new((parsed, error))),
        }
    }

    /// What the call asks of a deployment. Long prompts that a tokenizer counts are counted beside the other calls.
    pub(crate) async fn demand(self, gateway: &Shared) -> Result<(Self, Demand), CallError> {
        let tightest = self.tightest();
        let model = &self.model().model;
        if self.parsed.longest_bytes() <= COUNTED_AT_ONCE || !gateway.tokenizers.has(model) {
            let tokens = gateway.tokenizers.with(model, |count| self.parsed.tokens_against(tightest, count));
            let demand = self.demand_of(tokens);
            return Ok((self, demand));
        }
        // What is surely too long by estimate needs no exact count.
        let least = self.parsed.tokens_against(tightest, &estimate::text_tokens);
        if least > u64::from(tightest) {
            let demand = self.demand_of(least);
            return Ok((self, demand));
        }
        let core = gateway.clone();
        let counting = tokio::task::spawn_blocking(move || {
            let model = &self.model().model;
            let tokens = core.tokenizers.with(model, |count| self.parsed.tokens_against(tightest, count));
            let demand = self.demand_of(tokens);
            (self, demand)
        });
        counting.await.map_err(|error| {
            tracing::error!(%error, "a prompt could not be counted");
            CallError::new(
                ErrorCode::Internal,
                "The prompt's tokens could not be counted. Send the call again.",
            )
        })
    }

    fn demand_of(&self, tokens: u64) -> Demand {
        let request = self.parsed.request();
        let output = request.output_limit().map_or(USUAL_OUTPUT, |(_, most)| most.min(USUAL_OUTPUT));
        Demand {
            tokens,
            prompt_tokens: self.parsed.about_tokens(),
            output_tokens: if request.generates() { u32::try_from(output).unwrap_or(u32::MAX) } else { 0 },
            session: self.held_by(),
        }
    }

    /// The shortest context among the deployments that may serve it.
    fn tightest(&self) -> u32 {
        let limits = self.models().iter().flat_map(|entry| {
            let own = entry.model.context_length;
            entry.deployments.iter().map(move |one| one.context_length.map_or(own, |limit| limit.min(own)))
        });
        limits.min().unwrap_or(u32::MAX)
    }

    pub(crate) const fn caller(&self) -> &Caller {
        &self.caller
    }

    /// The model that the call is booked under until another one serves it.
    pub(crate) fn model(&self) -> &Arc<ModelEntry> {
        &self.named.models[0]
    }

    pub(crate) fn models(&self) -> &[Arc<ModelEntry>] {
        &self.named.models
    }

    /// The same call to other models.
    pub(crate) fn with_models(mut self, models: &[Arc<ModelEntry>]) -> Self {
        self.named.models = models.to_vec();
        self
    }

    /// The same request for one model, by the same route, whose answer nobody reads.
    pub(crate) fn copy_to(&self, model: Arc<ModelEntry>) -> Self {
        let named = Named { models: vec![model], routed: self.named.routed.clone(), ..Named::default() };
        Self { caller: self.caller.clone(), named, session: self.session, parsed: self.parsed.copy() }
    }

    /// Whether a model of the route's may serve in place of those that were asked for.
    pub(crate) fn may_give_way_to(&self, entry: &ModelEntry) -> bool {
        let route = self.routed().map_or("", |routed| &routed.entry().route.name);
        !self.parsed.wishes().first_only
            && self.caller.may_use_on(&entry.model, route)
            && capability::check(&self.parsed, &entry.model).is_ok()
    }

    /// The cheapest model is to come first.
    pub(crate) fn by_price(&self) -> bool {
        self.named.by_price || self.parsed.wishes().preferences.by_price
    }

    /// What a deployment is to be chosen by, where the caller says.
    pub(crate) fn preset(&self) -> Option<Preset> {
        self.parsed.wishes().preset.or(self.named.preset)
    }

    /// The route that it goes by.
    pub(crate) const fn routed(&self) -> Option<&Routed> {
        self.named.routed.as_ref()
    }

    /// What `auto` made of the prompt.
    pub(crate) const fn auto(&self) -> Option<Auto> {
        self.named.auto
    }

    /// Who is to be held on one deployment: by the route, else by the session that the call names.
    pub(crate) fn held_by(&self) -> Option<u64> {
        self.routed().map_or(self.session, Routed::held_by)
    }

    pub(crate) const fn parsed(&self) -> &Parsed {
        &self.parsed
    }

    pub(crate) const fn parsed_mut(&mut self) -> &mut Parsed {
        &mut self.parsed
    }
}
