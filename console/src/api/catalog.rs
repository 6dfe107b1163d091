//! Models, prices and deployments, for operators.

#![expect(clippy::too_many_arguments, reason = "a server function's arguments are the fields of its form")]

use leptos::prelude::*;
use serde::{Deserialize, Serialize};
use shared::{DeploymentId, ModelId};
use shared_api::catalog::{Deployment, Model, ModelKind, Pool, Price};

use super::{Answer, ApiProblem, flash::Flash};

#[cfg(feature = "ssr")]
use {
    super::{call, flash},
    rust_decimal::Decimal,
    serde_json::{Value, json},
    shared::Page,
};

/// One model, with its prices, past and to come, newest first, and what serves it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct ModelView {
    pub model: Model,
    pub prices: Vec<Price>,
    pub deployments: Vec<Deployment>,
    pub now: i64,
}

/// Amounts per million tokens, as they were typed.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct RatesForm {
    pub currency: String,
    pub prompt: String,
    pub cached_prompt: String,
    pub completion: String,
}

/// The deployments, and what their forms offer.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct DeploymentsView {
    pub deployments: Vec<Deployment>,
    pub models: Vec<Model>,
    pub pools: Vec<Pool>,
    pub now: i64,
}

/// The deployments alone, read again every few seconds.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct HealthView {
    pub deployments: Vec<Deployment>,
    pub now: i64,
}

#[cfg(feature = "ssr")]
pub(crate) async fn models() -> Answer<Vec<Model>> {
    Ok(call::get::<Page<Model>>("/api/v1/models?limit=200").await?.data)
}

#[cfg(feature = "ssr")]
pub(crate) async fn deployments() -> Answer<Vec<Deployment>> {
    Ok(call::get::<Page<Deployment>>("/api/v1/deployments?limit=200").await?.data)
}

/// An amount per million tokens as the amount per token, exactly: the point moves by six places.
#[cfg(feature = "ssr")]
fn per_token(field: &str, per_million: &str) -> Answer<Decimal> {
    let refusal = || ApiProblem::field(field, "expected an amount of at least 0, for example 0.15");
    let mut amount = Decimal::from_str_exact(per_million.trim()).map_err(|_| refusal())?.normalize();
    if amount.is_sign_negative() && !amount.is_zero() {
        return Err(refusal());
    }
    amount.set_scale(amount.scale() + 6).map_err(|_| refusal())?;
    Ok(amount.normalize())
}

/// The rates of a price form. None where every amount is empty.
#[cfg(feature = "ssr")]
fn priced(form: &RatesForm) -> Answer<Option<Value>> {
    let RatesForm { currency, prompt, cached_prompt: cached, completion } = form;
    if [prompt, cached, completion].iter().all(|amount| amount.trim().is_empty()) {
        return Ok(None);
    }
    let zero = |amount: &str| if amount.trim().is_empty() { "0".to_owned() } else { amount.to_owned() };
    let mut body = json!({
        "currency": currency.trim().to_uppercase(),
        "prompt": per_token("prompt", &zero(prompt))?,
        "completion": per_token("completion", &zero(completion))?,
    });
    if !cached.trim().is_empty() {
        body["cached_prompt"] = json!(per_token("cached_prompt", cached)?);
    }
    Ok(Some(body))
}

/// A whole number of a form; empty is null.
#[cfg(feature = "ssr")]
pub(crate) fn count(field: &str, text: &str) -> Answer<Option<u32>> {
    let text = text.trim();
    if text.is_empty() {
        return Ok(None);
    }
    text.parse().map(Some).map_err(|_| ApiProblem::field(field, "expected a whole number, for example 8192"))
}

/// Words of a field: between commas, spaces or lines.
#[cfg(feature = "ssr")]
fn words(text: &str) -> Vec<&str> {
    text.split([',', ' ', '\n', '\r']).filter(|word| !word.is_empty()).collect()
}

#[server(prefix = "/_fn", endpoint = "catalog/models")]
pub async fn read_catalog() -> Result<Answer<Vec<Model>>, ApiProblem> {
    call::reply(models().await)
}

/// `model` as it stands in the address.
#[server(prefix = "/_fn", endpoint = "catalog/model")]
pub async fn read_model(model: String) -> Result<Answer<ModelView>, ApiProblem> {
    let view = async {
        let id = model.parse::<ModelId>().map_err(|_| ApiProblem::not_found())?;
        let path = format!("/api/v1/models/{id}");
        let (model, prices, deployments) = futures::try_join!(
            call::get::<Model>(&path),
            call::get::<Page<Price>>("/api/v1/prices?limit=200"),
            deployments(),
        )?;
        let prices = prices.data.into_iter().filter(|price| price.model_id == id).collect();
        let deployments = deployments.into_iter().filter(|one| one.model_id == id).collect();
        Ok(ModelView { model, prices, deployments, now: call::now() })
    };
    call::reply(view.await)
}

/// Amounts are per million tokens.
#[server(prefix = "/_fn", endpoint = "catalog/model/create")]
pub async fn create_model(
    name: String,
    #[server(default)] display_name: String,
    #[server(default)] description: String,
    context_length: String,
    #[server(default)] max_output_tokens: String,
    #[server(default)] kind: ModelKind,
    #[server(default)] capabilities: Vec<String>,
    #[server(default)] rates: RatesForm,
    #[server(default)] grant_all: bool,
) -> Result<Answer<Flash>, ApiProblem> {
    let made = async {
        let mut body = json!({
            "name": name.trim(),
            "description": description.trim(),
            "kind": kind,
            "capabilities": capabilities,
            "context_length": count("context_length", &context_length)?,
            "max_output_tokens": count("max_output_tokens", &max_output_tokens)?,
            "price": priced(&rates)?,
            "grant_all": grant_all,
        });
        if !display_name.trim().is_empty() {
            body["display_name"] = json!(display_name.trim());
        }
        let made = call::post::<Model>("/api/v1/models", &body).await?;
        Ok(Flash::new(format!("Model {} was made", made.name)))
    };
    call::reply(made.await.inspect(flash::leave))
}

#[server(prefix = "/_fn", endpoint = "catalog/model/change")]
pub async fn change_model(
    model: ModelId,
    display_name: String,
    #[server(default)] description: String,
    context_length: String,
    #[server(default)] max_output_tokens: String,
    #[server(default)] capabilities: Vec<String>,
    #[server(default)] input_modalities: String,
    #[server(default)] output_modalities: String,
    #[server(default)] supported_parameters: String,
) -> Result<Answer<Flash>, ApiProblem> {
    let changed = async {
        let body = json!({
            "display_name": display_name.trim(),
            "description": description.trim(),
            "context_length": count("context_length", &context_length)?,
            "max_output_tokens": count("max_output_tokens", &max_output_tokens)?,
            "capabilities": capabilities,
            "input_modalities": words(&input_modalities),
            "output_modalities": words(&output_modalities),
            "supported_parameters": words(&supported_parameters),
        });
        let changed = call::patch::<Model>(&format!("/api/v1/models/{model}"), &body).await?;
        Ok(Flash::new(format!("Model {} was saved", changed.name)))
    };
    call::reply(changed.await.inspect(flash::leave))
}

#[server(prefix = "/_fn", endpoint = "catalog/model/retire")]
pub async fn set_model_retired(model: ModelId, retired: bool) -> Result<Answer<Flash>, ApiProblem> {
    let path = format!("/api/v1/models/{model}");
    let changed = call::patch::<Model>(&path, &json!({ "retired": retired })).await;
    let words = if retired { "is out of service" } else { "is in service again" };
    call::reply(changed.map(|model| Flash::new(format!("{} {words}", model.name))).inspect(flash::leave))
}

/// Amounts are per million tokens; the price is in force at once.
#[server(prefix = "/_fn", endpoint = "catalog/price/create")]
pub async fn create_price(
    model: ModelId,
    #[server(default)] rates: RatesForm,
) -> Result<Answer<Flash>, ApiProblem> {
    let made = async {
        let priced = priced(&rates)?
            .ok_or_else(|| ApiProblem::field("prompt", "expected an amount, for example 0.15"))?;
        let body = json!({ "model_id": model, "rates": priced });
        call::post::<Price>("/api/v1/prices", &body).await?;
        Ok(Flash::new("The new price is in force; earlier calls keep theirs"))
    };
    call::reply(made.await.inspect(flash::leave))
}

#[server(prefix = "/_fn", endpoint = "deployments")]
pub async fn read_deployments() -> Result<Answer<DeploymentsView>, ApiProblem> {
    let view = async {
        let (deployments, models, pools) =
            futures::try_join!(deployments(), models(), call::get::<Page<Pool>>("/api/v1/pools?limit=200"))?;
        Ok(DeploymentsView { deployments, models, pools: pools.data, now: call::now() })
    };
    call::reply(view.await)
}

#[server(prefix = "/_fn", endpoint = "deployments/health")]
pub async fn read_health() -> Result<Answer<HealthView>, ApiProblem> {
    call::reply(deployments().await.map(|deployments| HealthView { deployments, now: call::now() }))
}

/// `engine` empty: found by asking the address. Without a script the next page is the list.
#[server(prefix = "/_fn", endpoint = "deployments/create")]
pub async fn create_deployment(
    name: String,
    #[server(default)] engine: String,
    base_url: String,
    model: String,
    #[server(default)] upstream_model: String,
    #[server(default)] pool: String,
    #[server(default)] region: String,
    #[server(default)] credential: String,
    #[server(default)] external: bool,
    #[server(default)] context_length: String,
    #[server(default)] max_output_tokens: String,
) -> Result<Answer<Flash>, ApiProblem> {
    let made = async {
        let mut body = json!({
            "name": name.trim(),
            "base_url": base_url.trim(),
            "model": model.trim(),
            "external": external,
            "context_length": count("context_length", &context_length)?,
            "max_output_tokens": count("max_output_tokens", &max_output_tokens)?,
        });
        let optional = [
            ("engine", &engine),
            ("upstream_model", &upstream_model),
            ("pool", &pool),
            ("region", &region),
            ("credential", &credential),
        ];
        for (field, text) in optional {
            if !text.trim().is_empty() {
                body[field] = json!(text.trim());
            }
        }
        let made = call::post::<Deployment>("/api/v1/deployments", &body).await?;
        Ok(Flash::new(format!("{} serves {} from now on", made.name, made.model)))
    };
    let made = made.await.inspect(flash::leave);
    if made.is_ok() && call::is_plain() {
        leptos_axum::redirect("/operator/deployments");
    }
    call::reply(made)
}

/// `state` is `active`, `draining` or `disabled`.
#[server(prefix = "/_fn", endpoint = "deployments/state")]
pub async fn set_deployment_state(
    deployment: DeploymentId,
    state: String,
) -> Result<Answer<Flash>, ApiProblem> {
    let path = format!("/api/v1/deployments/{deployment}");
    let changed = call::patch::<Deployment>(&path, &json!({ "state": state })).await;
    let said = changed.map(|one| Flash::new(format!("{} is {} now", one.name, one.state.as_str())));
    call::reply(said.inspect(flash::leave))
}

#[server(prefix = "/_fn", endpoint = "deployments/delete")]
pub async fn delete_deployment(
    deployment: DeploymentId,
    #[server(default)] name: String,
) -> Result<Answer<Flash>, ApiProblem> {
    let done = call::delete::<()>(&format!("/api/v1/deployments/{deployment}")).await;
    call::reply(done.map(|()| Flash::new(format!("{name} was removed"))).inspect(flash::leave))
}

#[cfg(all(test, feature = "ssr"))]
mod tests {
    use super::*;

    #[test]
    fn amounts_per_million_become_exact_amounts_per_token() {
        let exact = |text: &str| per_token("prompt", text).unwrap().to_string();
        assert_eq!(exact("0.15"), "0.00000015");
        assert_eq!(exact(" 2.500 "), "0.0000025");
        assert_eq!(exact("1000000"), "1");
        assert_eq!(exact("0"), "0.000000".parse::<Decimal>().unwrap().normalize().to_string());
        for bad in ["-1", "1e3", "cheap", ""] {
            assert_eq!(per_token("prompt", bad).unwrap_err().errors[0].field, "prompt", "{bad}");
        }
    }

    #[test]
    fn words_stand_between_commas_and_lines() {
        assert_eq!(words("temperature, top_p\r\nseed"), ["temperature", "top_p", "seed"]);
        assert!(words(" \n").is_empty());
    }

    #[test]
    fn no_amounts_mean_no_price() {
        let form = |prompt: &str, completion: &str| RatesForm {
            currency: "usd".into(),
            prompt: prompt.into(),
            cached_prompt: String::new(),
            completion: completion.into(),
        };
        assert_eq!(priced(&form("", " ")).unwrap(), None);
        let rates = priced(&form("1", "2")).unwrap().unwrap();
        assert_eq!(rates["currency"], "USD");
        assert!(rates.get("cached_prompt").is_none());
    }
}
