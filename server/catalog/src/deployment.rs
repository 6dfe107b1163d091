//! Rules of deployments, and what registering one finds out.

use egress::EgressRules;
use shared_api::catalog::{CreateDeployment, UpdateDeployment};
use snapshot::EngineKind;
use url::Url;
use web::Problem;

use crate::{
    model,
    probe::{ProbedEngine, ProbedModel},
    upstream,
};

const MAX_NAME: usize = 100;
const MAX_WEIGHT: u32 = 10_000;
const MAX_QUANTIZATION: usize = 32;
const MAX_LORAS: u32 = 10_000;
/// What a model gets whose engine does not tell its context.
const ASSUMED_CONTEXT: u32 = 8192;

/// A registration whose every field is acceptable.
pub struct Checked {
    /// None: to be found by asking.
    pub engine: Option<EngineKind>,
    pub base_url: Url,
    pub weight: u32,
}

pub fn check_name(name: &str) -> Result<(), Problem> {
    if name.trim().is_empty() || name.len() > MAX_NAME {
        return Err(Problem::field("name", format!("expected 1 to {MAX_NAME} characters")));
    }
    Ok(())
}

pub fn check_new(new: &CreateDeployment, egress: &EgressRules) -> Result<Checked, Problem> {
    check_name(&new.name)?;
    model::check_name(&new.model).map_err(|_| {
        Problem::field("model", "expected a model's name: letters, digits, and `.`, `_`, `:`, `/`, `-`")
    })?;
    let parse = |text: &String| {
        text.parse()
            .map_err(|error: snapshot::ParseEngineKindError| Problem::field("engine", error.to_string()))
    };
    let engine = new.engine.as_ref().map(parse).transpose()?;
    model::check_tokens("context_length", new.context_length)?;
    model::check_tokens("max_output_tokens", new.max_output_tokens)?;
    if new.quantization.as_ref().is_some_and(|name| name.is_empty() || name.len() > MAX_QUANTIZATION) {
        return Err(Problem::field(
            "quantization",
            format!("expected 1 to {MAX_QUANTIZATION} characters, for example `fp8`"),
        ));
    }
    check_room(new.kv_tokens, new.max_loras)?;
    let base_url = base_url(&new.base_url, egress)?;
    Ok(Checked { engine, base_url, weight: weight(new.weight)?.unwrap_or(100) })
}

/// Only other providers' APIs stand outside.
pub fn check_external(external: bool, engine: EngineKind) -> Result<(), Problem> {
    if external && !upstream::can_be_external(engine) {
        let message = format!("an engine outside is openai or anthropic, and this is {engine}");
        return Err(Problem::field("external", message));
    }
    Ok(())
}

pub fn check_update(update: &UpdateDeployment) -> Result<(), Problem> {
    check_room(update.kv_tokens.flatten(), update.max_loras.flatten())?;
    weight(update.weight).map(|_| ())
}

/// What an engine has room for.
fn check_room(kv_tokens: Option<u32>, max_loras: Option<u32>) -> Result<(), Problem> {
    model::check_tokens("kv_tokens", kv_tokens)?;
    match max_loras {
        Some(n) if !(1..=MAX_LORAS).contains(&n) => {
            Err(Problem::field("max_loras", format!("{n}: expected a whole number from 1 to {MAX_LORAS}")))
        }
        _ => Ok(()),
    }
}

fn weight(asked: Option<u32>) -> Result<Option<u32>, Problem> {
    match asked {
        Some(n) if n > MAX_WEIGHT => Err(Problem::field(
            "weight",
            format!("{n}: expected a whole number from 0 to {MAX_WEIGHT}; 0 is a standby"),
        )),
        other => Ok(other),
    }
}

/// Http or https, a host that the egress rules allow, nothing but a path behind it.
pub fn base_url(text: &str, egress: &EgressRules) -> Result<Url, Problem> {
    let accepted = "expected an address such as http://10.0.0.7:8000, without user, query or fragment";
    let url = Url::parse(text.trim_end_matches('/')).map_err(|_| Problem::field("base_url", accepted))?;
    let plain = matches!(url.scheme(), "http" | "https")
        && url.host().is_some()
        && url.username().is_empty()
        && url.password().is_none()
        && url.query().is_none()
        && url.fragment().is_none();
    if !plain {
        return Err(Problem::field("base_url", accepted));
    }
    if url.path().trim_end_matches('/').ends_with("/v1") {
        return Err(Problem::field("base_url", "leave out the /v1 at the end: it is added"));
    }
    egress.check_url(&url).map_err(|error| Problem::field("base_url", error.to_string()))?;
    Ok(url)
}

/// Which of an engine's models a deployment serves: its name there, and what the engine says of it.
#[derive(Debug, PartialEq, Eq)]
pub struct Served<'a> {
    pub upstream_model: String,
    pub listed: Option<&'a ProbedModel>,
}

/// The name asked for, else the model's own name if it is listed, else the only one listed, else the model's name.
pub fn served<'a>(asked: Option<&str>, model: &str, engine: &'a ProbedEngine) -> Result<Served<'a>, Problem> {
    let listed = |name: &str| {
        engine.models.iter().find(|one| one.name == name || one.name == format!("{name}:latest"))
    };
    let found = |one: &'a ProbedModel| Served { upstream_model: one.name.clone(), listed: Some(one) };
    let unlisted = |name: &str| Served { upstream_model: name.to_owned(), listed: None };
    if let Some(name) = asked {
        if engine.models.is_empty() {
            return Ok(unlisted(name));
        }
        let names: Vec<_> = engine.models.iter().map(|one| one.name.as_str()).take(10).collect();
        let message = format!("the engine does not list `{name}`; it lists: {}", names.join(", "));
        return listed(name).map(found).ok_or_else(|| Problem::field("upstream_model", message));
    }
    Ok(match (listed(model), engine.models.as_slice()) {
        (Some(one), _) => found(one),
        (None, [only]) => found(only),
        (None, _) => unlisted(model),
    })
}

/// The context of a model that is created for a deployment.
pub fn context_of_new_model(told: Option<&ProbedModel>) -> u32 {
    told.and_then(|model| model.context_length).unwrap_or(ASSUMED_CONTEXT)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn engine(names: &[&str]) -> ProbedEngine {
        let model = |name: &&str| ProbedModel { name: (*name).to_owned(), ..ProbedModel::default() };
        let models = names.iter().map(model).collect();
        ProbedEngine { engine: EngineKind::Vllm, models, version: None, lora: None }
    }

    #[test]
    fn the_upstream_name_is_found_the_way_an_operator_expects() {
        let name =
            |asked, model, names: &[&str]| served(asked, model, &engine(names)).map(|s| s.upstream_model);
        assert_eq!(name(None, "llama", &["llama", "other"]).unwrap(), "llama");
        assert_eq!(name(None, "qwen", &["qwen:latest"]).unwrap(), "qwen:latest");
        assert_eq!(name(None, "llama", &["meta/Llama-3"]).unwrap(), "meta/Llama-3");
        assert_eq!(name(None, "llama", &["a", "b"]).unwrap(), "llama");
        assert!(name(Some("c"), "llama", &["a", "b"]).is_err());
    }

    #[test]
    fn an_address_is_only_an_address() {
        let rules = EgressRules::engines(Vec::new()).unwrap();
        assert!(base_url("http://127.0.0.1:8000/", &rules).is_ok());
        for bad in ["", "ftp://x", "http://u:p@x", "http://x/?q=1", "http://x/v1", "http://169.254.169.254/"]
        {
            assert!(base_url(bad, &rules).is_err(), "{bad}");
        }
    }
}
