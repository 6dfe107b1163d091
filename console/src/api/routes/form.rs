//! A route's document as a form has it: texts, and lists between commas.

use serde::{Deserialize, Serialize};

#[cfg(feature = "ssr")]
use {
    crate::api::{Answer, ApiProblem, catalog::count},
    rust_decimal::Decimal,
    shared::route::{Ceilings, Constraints, Degrade, Hedge, Retry, RouteArm, RouteSpec, Shadow, StickTo},
};

/// One arm as it was typed.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct ArmForm {
    pub name: String,
    pub weight: String,
    pub models: String,
    pub pools: String,
    pub deployments: String,
}

/// What is done when nothing can serve: `model`, `wait`, `batch`, `fail` or nothing, and the model or the milliseconds.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct StepForm {
    pub step: String,
    pub value: String,
}

/// Empty where the document says nothing.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct RouteForm {
    pub arms: Vec<ArmForm>,
    pub stick_to: String,
    pub preset: String,
    pub fallbacks: String,
    pub regions: String,
    pub pools: String,
    pub deny_pools: String,
    pub deny_deployments: String,
    pub inside_only: bool,
    pub first_token_ms: String,
    pub tokens_per_second: String,
    pub prompt_price: String,
    pub completion_price: String,
    pub when_exhausted: Vec<StepForm>,
    pub attempts: String,
    pub budget_percent: String,
    pub hedge_after_ms: String,
    pub hedge_most_percent: String,
    pub shadow_model: String,
    pub shadow_percent: String,
    pub coalesce_ms: String,
}

#[cfg(feature = "ssr")]
impl ArmForm {
    fn is_empty(&self) -> bool {
        [&self.name, &self.models, &self.pools, &self.deployments].iter().all(|text| text.trim().is_empty())
    }

    fn of(arm: &RouteArm) -> Self {
        Self {
            name: arm.name.clone(),
            weight: arm.weight.to_string(),
            models: arm.models.join(", "),
            pools: joined(arm.pools.as_deref()),
            deployments: joined(arm.deployments.as_deref()),
        }
    }

    fn read(&self, at: usize) -> Answer<RouteArm> {
        let weight = count(&format!("spec.arms[{at}].weight"), &self.weight)?.unwrap_or(0);
        Ok(RouteArm {
            name: self.name.trim().to_owned(),
            weight,
            models: words(&self.models),
            pools: some(words(&self.pools)),
            deployments: some(words(&self.deployments)),
        })
    }
}

#[cfg(feature = "ssr")]
impl StepForm {
    fn of(step: &Degrade) -> Self {
        let (step, value) = match step {
            Degrade::Model { model } => ("model", model.clone()),
            Degrade::Wait { most_ms } => ("wait", most_ms.to_string()),
            Degrade::Batch => ("batch", String::new()),
            Degrade::Fail => ("fail", String::new()),
        };
        Self { step: step.to_owned(), value }
    }

    /// None where nothing was chosen.
    fn read(&self, at: usize) -> Answer<Option<Degrade>> {
        let place = format!("spec.when_exhausted[{at}]");
        let needed = |what: &str| ApiProblem::field(&place, format!("expected {what}"));
        let value = self.value.trim();
        let step = match self.step.as_str() {
            "" => return Ok(None),
            "model" if value.is_empty() => return Err(needed("the name of a smaller model")),
            "model" => Degrade::Model { model: value.to_owned() },
            "wait" => {
                let most_ms =
                    count(&place, value)?.ok_or_else(|| needed("how many milliseconds it may wait"))?;
                Degrade::Wait { most_ms }
            }
            "batch" => Degrade::Batch,
            "fail" => Degrade::Fail,
            other => return Err(needed(&format!("model, wait, batch or fail, not `{other}`"))),
        };
        Ok(Some(step))
    }
}

#[cfg(feature = "ssr")]
impl RouteForm {
    /// What a new route begins with: all calls to one arm.
    pub fn begun() -> Self {
        let arm = |name: &str, weight: &str| ArmForm {
            name: name.to_owned(),
            weight: weight.to_owned(),
            ..ArmForm::default()
        };
        Self { arms: vec![arm("stable", "100")], ..Self::of(&RouteSpec::default()) }
    }

    pub fn of(spec: &RouteSpec) -> Self {
        let number = |value: Option<u32>| value.map(|value| value.to_string()).unwrap_or_default();
        let price =
            |value: Option<Decimal>| value.map(|value| value.normalize().to_string()).unwrap_or_default();
        let RouteSpec { constraints, ceilings, hedge, shadow, .. } = spec;
        Self {
            arms: spec.arms.iter().map(ArmForm::of).collect(),
            stick_to: stick_word(spec.stick_to).to_owned(),
            preset: spec.preset.as_str().to_owned(),
            fallbacks: spec.fallbacks.join(", "),
            regions: joined(constraints.regions.as_deref()),
            pools: joined(constraints.pools.as_deref()),
            deny_pools: constraints.deny_pools.join(", "),
            deny_deployments: constraints.deny_deployments.join(", "),
            inside_only: constraints.inside_only,
            first_token_ms: number(ceilings.first_token_ms),
            tokens_per_second: number(ceilings.tokens_per_second),
            prompt_price: price(ceilings.prompt_price),
            completion_price: price(ceilings.completion_price),
            when_exhausted: spec.when_exhausted.iter().map(StepForm::of).collect(),
            attempts: number(spec.retry.attempts.map(u32::from)),
            budget_percent: spec.retry.budget_percent.to_string(),
            hedge_after_ms: number(hedge.map(|hedge| hedge.after_ms)),
            hedge_most_percent: number(hedge.map(|hedge| u32::from(hedge.most_percent))),
            shadow_model: shadow.as_ref().map(|shadow| shadow.model.clone()).unwrap_or_default(),
            shadow_percent: number(shadow.as_ref().map(|shadow| u32::from(shadow.percent))),
            coalesce_ms: number(spec.coalesce_ms.map(u32::from)),
        }
    }

    /// The document; the API judges the rest of it.
    pub fn read(&self) -> Answer<RouteSpec> {
        let given = self.arms.iter().filter(|arm| !arm.is_empty());
        let arms = given.enumerate().map(|(at, arm)| arm.read(at)).collect::<Answer<_>>()?;
        let steps = self.when_exhausted.iter().enumerate().map(|(at, step)| step.read(at));
        let when_exhausted = steps.collect::<Answer<Vec<_>>>()?.into_iter().flatten().collect();
        Ok(RouteSpec {
            arms,
            stick_to: chosen("spec.stick_to", &self.stick_to)?,
            preset: chosen("spec.preset", &self.preset)?,
            weights: None,
            fallbacks: words(&self.fallbacks),
            constraints: self.constraints(),
            ceilings: self.ceilings()?,
            when_exhausted,
            retry: self.retry()?,
            hedge: self.hedge()?,
            shadow: self.shadow()?,
            coalesce_ms: small("spec.coalesce_ms", &self.coalesce_ms)?,
        })
    }

    fn constraints(&self) -> Constraints {
        Constraints {
            regions: some(words(&self.regions)),
            pools: some(words(&self.pools)),
            deny_pools: words(&self.deny_pools),
            deny_deployments: words(&self.deny_deployments),
            inside_only: self.inside_only,
        }
    }

    fn ceilings(&self) -> Answer<Ceilings> {
        Ok(Ceilings {
            first_token_ms: count("spec.ceilings.first_token_ms", &self.first_token_ms)?,
            tokens_per_second: count("spec.ceilings.tokens_per_second", &self.tokens_per_second)?,
            prompt_price: amount("spec.ceilings.prompt_price", &self.prompt_price)?,
            completion_price: amount("spec.ceilings.completion_price", &self.completion_price)?,
        })
    }

    fn retry(&self) -> Answer<Retry> {
        let least = Retry::default();
        Ok(Retry {
            attempts: small("spec.retry.attempts", &self.attempts)?,
            budget_percent: small("spec.retry.budget_percent", &self.budget_percent)?
                .unwrap_or(least.budget_percent),
        })
    }

    /// On where a time is given; without a share, 5 % of calls may be asked twice.
    fn hedge(&self) -> Answer<Option<Hedge>> {
        let after = count("spec.hedge.after_ms", &self.hedge_after_ms)?;
        let most_percent = small("spec.hedge.most_percent", &self.hedge_most_percent)?.unwrap_or(5);
        Ok(after.map(|after_ms| Hedge { after_ms, most_percent }))
    }

    /// On where a model is given; without a share, 10 % of calls are copied.
    fn shadow(&self) -> Answer<Option<Shadow>> {
        let percent = small("spec.shadow.percent", &self.shadow_percent)?.unwrap_or(10);
        let model = self.shadow_model.trim().to_owned();
        Ok((!model.is_empty()).then_some(Shadow { model, percent }))
    }
}

#[cfg(feature = "ssr")]
pub(super) fn stick_word(stick: StickTo) -> &'static str {
    match stick {
        StickTo::User => "user",
        StickTo::Session => "session",
        StickTo::Key => "key",
        StickTo::Nothing => "nothing",
    }
}

/// Names between commas, spaces or lines, in their order.
#[cfg(feature = "ssr")]
fn words(text: &str) -> Vec<String> {
    let apart = |letter: char| letter == ',' || letter.is_whitespace();
    text.split(apart).filter(|word| !word.is_empty()).map(str::to_owned).collect()
}

#[cfg(feature = "ssr")]
fn joined(names: Option<&[String]>) -> String {
    names.map(|names| names.join(", ")).unwrap_or_default()
}

/// No names are no rule: an empty list would allow nothing.
#[cfg(feature = "ssr")]
fn some(names: Vec<String>) -> Option<Vec<String>> {
    (!names.is_empty()).then_some(names)
}

/// One of several words; empty is the default.
#[cfg(feature = "ssr")]
fn chosen<T: Default + serde::de::DeserializeOwned>(field: &str, word: &str) -> Answer<T> {
    if word.is_empty() {
        return Ok(T::default());
    }
    serde_json::from_value(word.into())
        .map_err(|_| ApiProblem::field(field, format!("`{word}` is not a choice")))
}

#[cfg(feature = "ssr")]
fn small<T: TryFrom<u32>>(field: &str, text: &str) -> Answer<Option<T>> {
    let too_large = |number: u32| ApiProblem::field(field, format!("{number} is too large"));
    count(field, text)?.map(|number| T::try_from(number).map_err(|_| too_large(number))).transpose()
}

#[cfg(feature = "ssr")]
fn amount(field: &str, text: &str) -> Answer<Option<Decimal>> {
    let text = text.trim();
    if text.is_empty() {
        return Ok(None);
    }
    let read = Decimal::from_str_exact(text);
    read.map(Some).map_err(|_| ApiProblem::field(field, "expected an amount, for example 2.50"))
}

#[cfg(all(test, feature = "ssr"))]
mod tests {
    use super::*;

    fn whole() -> RouteSpec {
        serde_json::from_value(serde_json::json!({
            "arms": [
                {"name": "stable", "weight": 90, "models": ["big", "small"]},
                {"name": "canary", "weight": 10, "models": ["new"], "pools": ["gold"], "deployments": ["gpu-1"]},
            ],
            "stick_to": "session",
            "preset": "latency",
            "fallbacks": ["small", "tiny"],
            "constraints": {"regions": ["eu"], "deny_pools": ["spot"], "inside_only": true},
            "ceilings": {"first_token_ms": 800, "prompt_price": "2.5"},
            "when_exhausted": [{"do": "model", "model": "tiny"}, {"do": "wait", "most_ms": 2000}, {"do": "fail"}],
            "retry": {"attempts": 3, "budget_percent": 10},
            "hedge": {"after_ms": 400, "most_percent": 3},
            "shadow": {"model": "new", "percent": 5},
        }))
        .expect("a document")
    }

    #[test]
    fn a_document_survives_its_form() {
        assert_eq!(RouteForm::of(&whole()).read().unwrap(), whole());
    }

    #[test]
    fn a_form_that_says_nothing_more_is_the_plainest_document() {
        let mut form = RouteForm::begun();
        form.arms[0].models = " llama-3.3-70b,\n".into();
        form.arms.push(ArmForm { weight: "0".into(), ..ArmForm::default() });
        let spec = form.read().unwrap();
        let plain = RouteSpec { arms: spec.arms.clone(), ..RouteSpec::default() };
        assert_eq!(spec, plain);
        assert_eq!(
            (spec.arms.len(), spec.arms[0].models.as_slice()),
            (1, ["llama-3.3-70b".to_owned()].as_slice())
        );
    }

    #[test]
    fn what_cannot_be_read_is_told_at_its_field() {
        let field = |change: fn(&mut RouteForm)| {
            let mut form = RouteForm::of(&whole());
            change(&mut form);
            form.read().unwrap_err().errors[0].field.clone()
        };
        assert_eq!(field(|form| form.first_token_ms = "soon".into()), "spec.ceilings.first_token_ms");
        assert_eq!(field(|form| form.prompt_price = "cheap".into()), "spec.ceilings.prompt_price");
        assert_eq!(field(|form| form.budget_percent = "999".into()), "spec.retry.budget_percent");
        assert_eq!(field(|form| form.when_exhausted[1].value.clear()), "spec.when_exhausted[1]");
        assert_eq!(field(|form| form.arms[1].weight = "most".into()), "spec.arms[1].weight");
        assert_eq!(field(|form| form.preset = "magic".into()), "spec.preset");
    }
}
