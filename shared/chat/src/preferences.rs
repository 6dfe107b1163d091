//! OpenRouter's fields for choosing who serves a call: `models` and `provider`, the same on every surface.

use serde::{Deserialize, Serialize};
use serde_json::{Number, Value};

use crate::Rest;

/// What a caller asked of routing. Engines never see these fields.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Preferences {
    /// Models to fall back to, in this order, after the request's own.
    pub models: Vec<String>,
    pub provider: ProviderPreferences,
}

impl Preferences {
    /// Takes the fields out of a request's untyped ones.
    pub fn take(rest: &mut Rest) -> Result<Self, BadPreference> {
        let models = field(rest, "models")?;
        let provider = field(rest, "provider")?;
        Ok(Self { models: models.unwrap_or_default(), provider: provider.unwrap_or_default() })
    }
}

fn field<T: serde::de::DeserializeOwned>(rest: &mut Rest, name: &str) -> Result<Option<T>, BadPreference> {
    let Some(value) = rest.remove(name).filter(|value| !value.is_null()) else { return Ok(None) };
    serde_path_to_error::deserialize(value).map_err(|error| {
        let path = error.path().to_string();
        let inner = if path == "." { String::new() } else { format!(".{path}").replace(".[", "[") };
        BadPreference { field: format!("{name}{inner}"), message: error.inner().to_string() }
    })
}

/// A field whose value has the wrong type.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BadPreference {
    /// For example `provider.max_price.prompt`.
    pub field: String,
    /// What was wrong and what is accepted.
    pub message: String,
}

/// `provider` of a request. Source: OpenRouter's guide on provider selection.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct ProviderPreferences {
    /// To be tried first, in this order.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub order: Option<Vec<String>>,
    /// Nobody else.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub only: Option<Vec<String>>,
    /// Never these.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ignore: Option<Vec<String>>,
    /// True when absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub allow_fallbacks: Option<bool>,
    /// Only those that take every parameter of the request.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub require_parameters: Option<bool>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub data_collection: Option<DataCollection>,
    /// For example `fp8`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub quantizations: Option<Vec<String>>,
    /// `price`, `throughput` or `latency`, or an object with `by`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub sort: Option<Value>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub max_price: Option<MaxPrice>,
    /// Everything else, for example `preferred_max_latency`: to be refused by name where it cannot be honoured.
    #[serde(flatten)]
    pub rest: Rest,
}

impl ProviderPreferences {
    pub fn is_empty(&self) -> bool {
        *self == Self::default()
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum DataCollection {
    Allow,
    Deny,
}

/// The most a call may cost: money per million tokens, per request, per image. A hard limit.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct MaxPrice {
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub prompt: Option<Price>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub completion: Option<Price>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub request: Option<Price>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub image: Option<Price>,
    #[serde(flatten)]
    pub rest: Rest,
}

/// A decimal, as a number or as text, in the form it came in.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(untagged, expecting = "expected a number or a decimal as a string")]
pub enum Price {
    Number(Number),
    Text(String),
}

impl Price {
    /// The digits, to be read as a decimal.
    pub fn digits(&self) -> String {
        match self {
            Self::Number(number) => number.to_string(),
            Self::Text(text) => text.trim().to_owned(),
        }
    }
}
