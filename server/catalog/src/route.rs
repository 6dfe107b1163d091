//! Rules of routes: what a name may be, and what a document may say. Pure; the API and the command line ask the same.

mod arms;
mod known;
mod owner;
mod steps;

use shared::route::{Ceilings, Constraints, RouteSpec, ScoreWeights};

pub use known::{Known, KnownModel};
pub use owner::Owner;

const MAX_NAME: usize = 128;
const MAX_TEXT: usize = 500;
/// Longest list of models, pools, deployments or regions, and most arms.
const MOST: usize = 64;
const MAX_WEIGHT: f64 = 1_000_000.0;
/// Names that mean something to callers already, and suffixes of names that do.
const TAKEN: [&str; 2] = ["auto", "openrouter/auto"];
const SUFFIXES: [&str; 7] = ["floor", "nitro", "online", "exacto", "thinking", "free", "auto"];

/// What is wrong with a route, and where.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("`{field}`: {message}")]
pub struct Fault {
    /// Path in the document, for example `arms[1].models[0]`.
    pub field: String,
    pub message: String,
}

fn fault(field: impl Into<String>, message: impl Into<String>) -> Fault {
    Fault { field: field.into(), message: message.into() }
}

/// A route's name: shaped like a model's, and nothing that callers mean otherwise.
pub fn check_name(name: &str, known: &Known) -> Result<(), Fault> {
    let shaped = (1..=MAX_NAME).contains(&name.len())
        && name.starts_with(|c: char| c.is_ascii_alphanumeric())
        && name.chars().all(|c| c.is_ascii_alphanumeric() || "._:/-".contains(c));
    if !shaped {
        let accepted = "expected 1 to 128 letters, digits, and `.`, `_`, `:`, `/`, `-`, beginning with a letter or digit";
        return Err(fault("name", accepted));
    }
    if TAKEN.iter().any(|taken| name.eq_ignore_ascii_case(taken)) {
        return Err(fault("name", format!("`{name}` lets the platform choose a model: take another name")));
    }
    if let Some((_, suffix)) = name.rsplit_once(':')
        && SUFFIXES.contains(&suffix)
    {
        return Err(fault(
            "name",
            format!("`:{suffix}` at the end of a name is a wish of callers: leave it out"),
        ));
    }
    if known.models.contains_key(name) {
        return Err(fault("name", format!("`{name}` is a model's name: a route would hide it")));
    }
    Ok(())
}

pub fn check_text(field: &str, text: &str) -> Result<(), Fault> {
    if text.len() <= MAX_TEXT {
        Ok(())
    } else {
        Err(fault(field, format!("expected at most {MAX_TEXT} bytes")))
    }
}

/// A document, whole. The first fault is told.
pub fn check(name: &str, spec: &RouteSpec, known: &Known, owner: Owner) -> Result<(), Fault> {
    owner::check(spec, owner)?;
    let models = Models { own_name: name, known, owner };
    arms::check(&spec.arms, &models)?;
    models.check_list("fallbacks", &spec.fallbacks)?;
    steps::check(spec, &models)?;
    if let Some(weights) = &spec.weights {
        check_weights(weights)?;
    }
    check_constraints(&spec.constraints, known)?;
    check_ceilings(&spec.ceilings)?;
    models.check_kinds(spec)
}

/// Looks up models by the names in a document.
struct Models<'a> {
    own_name: &'a str,
    known: &'a Known,
    owner: Owner,
}

impl<'a> Models<'a> {
    fn find(&self, field: &str, name: &str) -> Result<&'a KnownModel, Fault> {
        if name == self.own_name || self.known.routes.contains(name) {
            let message =
                format!("`{name}` is a route: a route names models alone, so that none leads back to itself");
            return Err(fault(field, message));
        }
        match self.known.models.get(name) {
            Some(model) if model.usable => Ok(model),
            Some(_) if self.owner == Owner::Operator => {
                Err(fault(field, format!("the model `{name}` is retired: bring it back first")))
            }
            _ if self.owner == Owner::Operator => Err(fault(field, format!("there is no model `{name}`"))),
            _ => Err(fault(field, format!("`{name}` is not a model that you may use"))),
        }
    }

    fn check_list(&self, field: &str, names: &[String]) -> Result<(), Fault> {
        check_names(field, names, |place, name| self.find(place, name).map(drop))
    }

    /// All models answer on one surface, whichever is tried.
    fn check_kinds(&self, spec: &RouteSpec) -> Result<(), Fault> {
        let mut named = arms::models(&spec.arms);
        named.extend(places("fallbacks", &spec.fallbacks));
        named.extend(steps::models(spec));
        let mut first = None;
        for (place, name) in named {
            let kind = self.find(&place, name)?.kind;
            let (other, expected) = *first.get_or_insert((name, kind));
            if kind != expected {
                let message = format!(
                    "`{name}` is a model for {}, and `{other}` one for {}: the models of a route are of one kind",
                    kind.as_str(),
                    expected.as_str()
                );
                return Err(fault(place, message));
            }
        }
        Ok(())
    }
}

/// Names with their places in a list.
fn places<'a>(field: &str, names: &'a [String]) -> Vec<(String, &'a str)> {
    names.iter().enumerate().map(|(at, name)| (format!("{field}[{at}]"), name.as_str())).collect()
}

/// A list without repetition, each name good for `check`.
fn check_names(
    field: &str,
    names: &[String],
    check: impl Fn(&str, &str) -> Result<(), Fault>,
) -> Result<(), Fault> {
    if names.len() > MOST {
        return Err(fault(field, format!("expected at most {MOST}")));
    }
    for (at, (place, name)) in places(field, names).into_iter().enumerate() {
        check(&place, name)?;
        if names[..at].iter().any(|one| one == name) {
            return Err(fault(place, format!("`{name}` is there already")));
        }
    }
    Ok(())
}

/// A list that allows: one that is empty would allow nothing.
fn check_allowed(
    field: &str,
    names: Option<&[String]>,
    check: impl Fn(&str, &str) -> Result<(), Fault>,
) -> Result<(), Fault> {
    match names {
        None => Ok(()),
        Some([]) => Err(fault(field, "an empty list allows nothing: leave it out to allow all")),
        Some(names) => check_names(field, names, check),
    }
}

fn check_weights(weights: &ScoreWeights) -> Result<(), Fault> {
    let ScoreWeights { first_token, per_token, cost, task, stick } = *weights;
    let all = [
        ("first_token", first_token),
        ("per_token", per_token),
        ("cost", cost),
        ("task", task),
        ("stick", stick),
    ];
    for (name, weight) in all {
        if !(0.0..=MAX_WEIGHT).contains(&weight) {
            return Err(fault(format!("weights.{name}"), format!("{weight}: expected 0 to {MAX_WEIGHT}")));
        }
    }
    Ok(())
}

fn check_constraints(constraints: &Constraints, known: &Known) -> Result<(), Fault> {
    let pool = |place: &str, name: &str| known.pool(place, name);
    check_allowed("constraints.regions", constraints.regions.as_deref(), |place, name| {
        known.region(place, name)
    })?;
    check_allowed("constraints.pools", constraints.pools.as_deref(), pool)?;
    check_names("constraints.deny_pools", &constraints.deny_pools, pool)?;
    check_names("constraints.deny_deployments", &constraints.deny_deployments, |place, name| {
        known.deployment(place, name).map(drop)
    })?;
    let allowed = constraints.pools.as_deref().unwrap_or_default();
    match places("constraints.deny_pools", &constraints.deny_pools)
        .into_iter()
        .find(|(_, name)| allowed.iter().any(|one| one == name))
    {
        Some((place, name)) => Err(fault(place, format!("`{name}` is in `constraints.pools` too"))),
        None => Ok(()),
    }
}

fn check_ceilings(ceilings: &Ceilings) -> Result<(), Fault> {
    for (name, value) in
        [("first_token_ms", ceilings.first_token_ms), ("tokens_per_second", ceilings.tokens_per_second)]
    {
        if value == Some(0) {
            return Err(fault(format!("ceilings.{name}"), "expected a whole number from 1"));
        }
    }
    for (name, price) in
        [("prompt_price", ceilings.prompt_price), ("completion_price", ceilings.completion_price)]
    {
        if price.is_some_and(|price| price.is_sign_negative() && !price.is_zero()) {
            return Err(fault(
                format!("ceilings.{name}"),
                "expected an amount of 0 or more for a million tokens",
            ));
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests;
