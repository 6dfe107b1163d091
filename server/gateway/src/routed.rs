//! The route that a call goes by, and the arm that it drew.

use std::{fmt, sync::Arc};

use http::HeaderMap;
use metering::TakenArm;
use serde_json::Value;
use shared::route::{RouteArm, RouteSpec, StickTo};
use snapshot::{ArmEntry, ModelEntry, RouteEntry};
use uuid::Uuid;
use xxhash_rust::xxh3::xxh3_64_with_seed;

use crate::{admit::Caller, parsed::Parsed};

/// Names a caller's session, so that its calls may stay together.
const SESSION: &str = "x-session-id";
/// Fields of a body that do the same: OpenRouter's, and OpenAI's for its prompt cache.
const SESSION_FIELDS: [&str; 2] = ["session_id", "prompt_cache_key"];

/// A call on a route. The arm that was drawn stays the call's own, whatever version comes into force meanwhile.
#[derive(Debug, Clone)]
pub(crate) struct Routed {
    entry: Arc<RouteEntry>,
    arm: usize,
    /// A hash of whom the arm was drawn for.
    who: u64,
}

impl Routed {
    /// Draws an arm. None: no arm of the route carries weight.
    pub(crate) fn draw(
        entry: &Arc<RouteEntry>,
        caller: &Caller,
        parsed: &Parsed,
        session: Option<u64>,
    ) -> Option<Self> {
        let who = who(entry.route.spec.stick_to, caller, parsed, session);
        let weights = entry.route.spec.arms.iter().map(|arm| arm.weight);
        let arm = routing::draw_arm(weights, salt(entry), who)?;
        Some(Self { entry: entry.clone(), arm, who })
    }

    pub(crate) fn entry(&self) -> &RouteEntry {
        &self.entry
    }

    pub(crate) fn spec(&self) -> &RouteSpec {
        &self.entry.route.spec
    }

    pub(crate) fn arm(&self) -> Option<&RouteArm> {
        self.spec().arms.get(self.arm)
    }

    /// The arm with its names resolved, for a model of its own.
    pub(crate) fn arm_of(&self, model: &ModelEntry) -> Option<&ArmEntry> {
        let arm = self.entry.arms.get(self.arm)?;
        arm.models.iter().any(|one| one.model.id == model.model.id).then_some(arm)
    }

    /// The arm's models, then the route's fallbacks.
    pub(crate) fn models(&self) -> impl Iterator<Item = &Arc<ModelEntry>> {
        let own = self.entry.arms.get(self.arm).into_iter().flat_map(|arm| &arm.models);
        own.chain(&self.entry.fallbacks)
    }

    /// As usage is told apart.
    pub(crate) fn taken(&self) -> Option<TakenArm> {
        let route = &self.entry.route;
        Some(TakenArm { route_id: route.id, version: route.version, arm: self.arm()?.name.clone() })
    }

    /// Whether a share of a hundred takes this call, the same each time for the same caller; `of` tells shares apart.
    pub(crate) fn takes_share(&self, percent: u8, of: u64) -> bool {
        routing::takes_share(percent, salt(&self.entry) ^ of, self.who)
    }

    /// Whose stream of calls is held on one deployment, where the route holds any.
    pub(crate) fn held_by(&self) -> Option<u64> {
        (self.spec().stick_to != StickTo::Nothing).then_some(self.who)
    }
}

/// As a caller is told: `support; version=3; arm=canary`.
impl fmt::Display for Routed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let route = &self.entry.route;
        write!(f, "{}; version={}", route.name, route.version)?;
        self.arm().map_or(Ok(()), |arm| write!(f, "; arm={}", arm.name))
    }
}

fn salt(entry: &RouteEntry) -> u64 {
    entry.route.id.uuid().as_u128() as u64
}

fn who(stick_to: StickTo, caller: &Caller, parsed: &Parsed, session: Option<u64>) -> u64 {
    let key = caller.entry().key.id.uuid();
    let user = || parsed.request().user().map(|user| hash(key, user.as_bytes()));
    let key = || hash(key, b"");
    match stick_to {
        StickTo::Nothing => rand::random(),
        StickTo::Key => key(),
        StickTo::User => user().or(session).unwrap_or_else(key),
        StickTo::Session => session.or_else(user).unwrap_or_else(key),
    }
}

/// Names are a caller's own: two keys' users of one name are two.
fn hash(key: Uuid, name: &[u8]) -> u64 {
    xxh3_64_with_seed(name, key.as_u128() as u64)
}

/// The session that a call names, by header or body.
pub(crate) fn session(headers: &HeaderMap, parsed: &Parsed, caller: &Caller) -> Option<u64> {
    let key = caller.entry().key.id.uuid();
    let header = headers.get(SESSION).map(|value| hash(key, value.as_bytes()));
    header.or_else(|| {
        let rest = parsed.request().rest()?;
        let named = SESSION_FIELDS.iter().find_map(|field| rest.get(*field).and_then(Value::as_str))?;
        Some(hash(key, named.as_bytes()))
    })
}
