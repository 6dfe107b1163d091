//! Rules of tenants' own upstreams: their accounts at providers outside.

use egress::EgressRules;
use shared_api::engines::NewUpstream;
use snapshot::EngineKind;
use url::Url;
use web::Problem;

use crate::{deployment, model};

const MAX_CREDENTIAL: usize = 4096;

pub struct CheckedUpstream {
    pub engine: EngineKind,
    pub base_url: Url,
}

/// Whether an engine of this kind can stand outside the platform.
pub fn can_be_external(engine: EngineKind) -> bool {
    matches!(engine, EngineKind::Openai | EngineKind::Anthropic)
}

/// `outside` are the rules for addresses that somebody gave us: public ones, and those that the operator listed.
pub fn check_new(new: &NewUpstream, outside: &EgressRules) -> Result<CheckedUpstream, Problem> {
    deployment::check_name(&new.name)?;
    let engine =
        new.engine.parse().ok().filter(|engine| can_be_external(*engine)).ok_or_else(|| {
            Problem::field("engine", format!("`{}`: expected openai or anthropic", new.engine))
        })?;
    check_credential(&new.credential)?;
    model::check_tokens("context_length", new.context_length)?;
    model::check_tokens("max_output_tokens", new.max_output_tokens)?;
    if new.upstream_model.as_ref().is_some_and(|name| name.is_empty() || name.len() > 256) {
        return Err(Problem::field("upstream_model", "expected 1 to 256 characters"));
    }
    let base_url = deployment::base_url(&new.base_url, outside)?;
    // In the clear only where the operator listed the address as its own.
    if base_url.scheme() == "http"
        && EgressRules::outbound(Vec::new()).is_ok_and(|public| public.check_url(&base_url).is_ok())
    {
        return Err(Problem::field("base_url", "expected https: the key would travel in the clear"));
    }
    Ok(CheckedUpstream { engine, base_url })
}

fn check_credential(text: &str) -> Result<(), Problem> {
    let fits = (1..=MAX_CREDENTIAL).contains(&text.len()) && text.bytes().all(|b| b.is_ascii_graphic());
    if fits {
        Ok(())
    } else {
        Err(Problem::field("credential", "expected the provider's key: visible ASCII characters"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn new(base_url: &str, engine: &str) -> NewUpstream {
        NewUpstream {
            name: "Own".into(),
            engine: engine.into(),
            base_url: base_url.into(),
            model: "gpt".into(),
            upstream_model: None,
            credential: "sk-1".into(),
            context_length: None,
            max_output_tokens: None,
        }
    }

    #[test]
    fn an_upstream_is_a_public_address_reached_by_https() {
        let rules = EgressRules::outbound(Vec::new()).unwrap();
        assert!(check_new(&new("https://api.example.com", "openai"), &rules).is_ok());
        for (base_url, engine) in [
            ("http://api.example.com", "openai"),
            ("https://10.0.0.7", "openai"),
            ("http://127.0.0.1:8000", "openai"),
            ("https://api.example.com", "vllm"),
        ] {
            assert!(check_new(&new(base_url, engine), &rules).is_err(), "{base_url} {engine}");
        }
        let own = EgressRules::outbound(vec!["127.0.0.0/8".parse().unwrap()]).unwrap();
        assert!(check_new(&new("http://127.0.0.1:8000", "openai"), &own).is_ok());
        assert!(
            check_new(
                &NewUpstream { credential: "a b".into(), ..new("https://x.example", "openai") },
                &rules
            )
            .is_err()
        );
    }
}
