//! OpenRouter's fields: whom a caller wants to be served by. Read once, never sent to an engine.

use routing::{MaxPrice, Preferences};
use rust_decimal::Decimal;
use serde_json::Value;
use shared::{ErrorCode, route::Preset};
use shared_chat::{DataCollection, ProviderPreferences, Rest};

use crate::{error::CallError, intake};

/// Models that one call may name.
const MOST_MODELS: usize = 16;
/// Names in one list of `provider`.
const MOST_NAMES: usize = 64;

/// What `models` and `provider` ask.
#[derive(Debug, Clone, Default, PartialEq)]
pub(crate) struct Wishes {
    /// To fall back to, in this order, after the request's own.
    pub(crate) models: Vec<String>,
    pub(crate) preferences: Preferences,
    /// Nothing but the first choice.
    pub(crate) first_only: bool,
    /// What a deployment is to be chosen by.
    pub(crate) preset: Option<Preset>,
    pub(crate) pace: PaceWish,
}

/// How fast a deployment should be; one that is not comes after those that are.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub(crate) struct PaceWish {
    /// Seconds to the first token.
    pub(crate) first_token: Option<f32>,
    /// Tokens a second of one answer.
    pub(crate) tokens_per_second: Option<f32>,
    /// At this quantile of what calls saw, 0 to 1. None: the median.
    pub(crate) quantile: Option<f64>,
}

impl Wishes {
    /// Takes the fields out of those that are not typed.
    pub(crate) fn take(rest: &mut Rest) -> Result<Self, CallError> {
        if !rest.contains_key("models") && !rest.contains_key("provider") {
            return Ok(Self::default());
        }
        // `null` is how generated clients say "not set".
        for field in ["models", "provider"] {
            if rest.get(field).is_some_and(Value::is_null) {
                rest.remove(field);
            }
        }
        let asked =
            shared_chat::Preferences::take(rest).map_err(|bad| intake::describe(&bad.field, &bad.message))?;
        bounded("models", asked.models.len(), MOST_MODELS)?;
        let mut provider = asked.provider;
        let pace = pace(&mut provider.rest)?;
        later(&provider.rest)?;
        let sort = provider.sort.as_ref().map_or(Ok(None), sort)?;
        let preferences = Preferences { by_price: sort == Some(Preset::Cost), ..preferences(&provider)? };
        // Without an order, the one that the platform would take is the only one tried.
        let first_only = !preferences.allow_fallbacks && preferences.order.is_empty();
        Ok(Self { models: asked.models, preferences, first_only, preset: sort, pace })
    }
}

fn preferences(provider: &ProviderPreferences) -> Result<Preferences, CallError> {
    let lists = [
        ("provider.order", &provider.order),
        ("provider.only", &provider.only),
        ("provider.ignore", &provider.ignore),
        ("provider.quantizations", &provider.quantizations),
    ];
    for (field, list) in lists {
        bounded(field, list.as_ref().map_or(0, Vec::len), MOST_NAMES)?;
    }
    Ok(Preferences {
        order: provider.order.clone().unwrap_or_default(),
        only: provider.only.clone(),
        ignore: provider.ignore.clone().unwrap_or_default(),
        allow_fallbacks: provider.allow_fallbacks.unwrap_or(true),
        deny_data_collection: provider.data_collection == Some(DataCollection::Deny),
        require_parameters: provider.require_parameters.unwrap_or(false),
        quantizations: provider.quantizations.clone(),
        max_price: max_price(provider)?,
        by_price: false,
    })
}

fn max_price(provider: &ProviderPreferences) -> Result<MaxPrice, CallError> {
    let Some(most) = &provider.max_price else { return Ok(MaxPrice::default()) };
    if let Some(field) = most.rest.keys().next() {
        return Err(unknown(&format!("provider.max_price.{field}"), "prompt, completion, request and image"));
    }
    let read = |name: &str, price: &Option<shared_chat::Price>| {
        let Some(price) = price else { return Ok(None) };
        let digits = price.digits();
        let decimal = digits.parse().or_else(|_| Decimal::from_scientific(&digits));
        let field = format!("provider.max_price.{name}");
        let message = format!("`{field}` is `{digits}`: accepted is a decimal number, 0 or more.");
        match decimal {
            Ok(decimal) if decimal >= Decimal::ZERO => Ok(Some(decimal)),
            _ => Err(CallError::field(ErrorCode::InvalidValue, field, message)),
        }
    };
    // No model has a price of its own for an image.
    read("image", &most.image)?;
    Ok(MaxPrice {
        prompt: read("prompt", &most.prompt)?,
        completion: read("completion", &most.completion)?,
        request: read("request", &most.request)?,
    })
}

/// `"price"`, `"throughput"` or `"latency"`, or `{"by":"price"}`.
fn sort(value: &Value) -> Result<Option<Preset>, CallError> {
    let by = match value {
        Value::Null => return Ok(None),
        Value::Object(object) => object.get("by").unwrap_or(&Value::Null),
        other => other,
    };
    match by.as_str() {
        Some("price") => Ok(Some(Preset::Cost)),
        Some("throughput") => Ok(Some(Preset::Throughput)),
        Some("latency") => Ok(Some(Preset::Latency)),
        _ => Err(CallError::field(
            ErrorCode::InvalidValue,
            "provider.sort",
            "`provider.sort` is not acceptable: accepted are \"price\", \"throughput\" and \"latency\".",
        )),
    }
}

/// `preferred_max_latency` (seconds) and `preferred_min_throughput` (tokens a second): a number, or one of the
/// quantiles `p50`, `p75`, `p90`, `p99` with its number.
fn pace(rest: &mut Rest) -> Result<PaceWish, CallError> {
    let mut wish = PaceWish::default();
    for (field, latency) in [("preferred_max_latency", true), ("preferred_min_throughput", false)] {
        let Some(value) = rest.remove(field).filter(|value| !value.is_null()) else { continue };
        let name = format!("provider.{field}");
        let unacceptable = || {
            let message = format!(
                "`{name}` is not acceptable: accepted is a number above 0, or an object with one of p50, p75, p90 \
                 and p99, such as {{\"p90\": 2}}."
            );
            CallError::field(ErrorCode::InvalidValue, name.clone(), message)
        };
        let (number, quantile) = match &value {
            Value::Object(object) if object.len() == 1 => {
                let (quantile, number) = object.iter().next().ok_or_else(unacceptable)?;
                (number.as_f64(), Some(quantile_of(quantile).ok_or_else(unacceptable)?))
            }
            number => (number.as_f64(), None),
        };
        let number = number.filter(|number| *number > 0.0 && number.is_finite()).ok_or_else(unacceptable)?;
        let place = if latency { &mut wish.first_token } else { &mut wish.tokens_per_second };
        *place = Some(number as f32);
        wish.quantile = wish.quantile.or(quantile);
    }
    Ok(wish)
}

fn quantile_of(name: &str) -> Option<f64> {
    [("p50", 0.5), ("p75", 0.75), ("p90", 0.9), ("p99", 0.99)]
        .into_iter()
        .find_map(|(one, quantile)| (one == name).then_some(quantile))
}

/// Fields of `provider` that ask for what is not here.
fn later(rest: &Rest) -> Result<(), CallError> {
    let Some((field, _)) = rest.iter().find(|(_, value)| !value.is_null()) else { return Ok(()) };
    let name = format!("provider.{field}");
    if matches!(field.as_str(), "zdr" | "enforce_distillable_text") {
        let message = format!("`{name}` is not available here. Leave it out.");
        return Err(CallError::field(ErrorCode::UnsupportedField, name, message));
    }
    Err(unknown(
        &name,
        "order, only, ignore, allow_fallbacks, require_parameters, data_collection, quantizations, sort, max_price, \
         preferred_max_latency and preferred_min_throughput",
    ))
}

fn unknown(field: &str, accepted: &str) -> CallError {
    CallError::field(
        ErrorCode::UnknownField,
        field,
        format!("`{field}` is not known: accepted are {accepted}."),
    )
}

fn bounded(field: &str, has: usize, most: usize) -> Result<(), CallError> {
    if has <= most {
        return Ok(());
    }
    Err(CallError::field(
        ErrorCode::InvalidValue,
        field,
        format!("`{field}` has {has} names: accepted are at most {most}."),
    ))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn take(body: Value) -> Result<Wishes, CallError> {
        let Value::Object(mut rest) = body else { panic!("an object") };
        let wishes = Wishes::take(&mut rest);
        assert!(wishes.is_err() || rest.is_empty(), "no engine sees them: {rest:?}");
        wishes
    }

    fn refused(provider: Value) -> (ErrorCode, String) {
        let error = take(json!({"provider": provider})).unwrap_err();
        (error.code, error.param.unwrap())
    }

    #[test]
    fn what_is_asked_is_read() {
        let wishes = take(json!({"models": ["b", "c"], "provider": {
            "order": ["eu"], "allow_fallbacks": false, "sort": "price", "data_collection": "deny",
            "max_price": {"prompt": 0.5, "completion": "1e0"}
        }}))
        .unwrap();
        assert_eq!(wishes.models, ["b", "c"]);
        let preferences = &wishes.preferences;
        assert!(preferences.by_price && preferences.deny_data_collection && !preferences.allow_fallbacks);
        assert_eq!(preferences.max_price.prompt, Some(Decimal::new(5, 1)));
        assert_eq!(preferences.max_price.completion, Some(Decimal::ONE));
        assert!(!wishes.first_only, "an order says which");
        assert!(take(json!({"provider": {"allow_fallbacks": false}})).unwrap().first_only);
        assert_eq!(take(json!({"provider": null, "models": null})).unwrap(), Wishes::default());
    }

    #[test]
    fn speed_is_sorted_by_and_wished_for() {
        let wishes = |provider: Value| take(json!({"provider": provider})).unwrap();
        assert_eq!(wishes(json!({"sort": "latency"})).preset, Some(Preset::Latency));
        assert_eq!(wishes(json!({"sort": {"by": "throughput"}})).preset, Some(Preset::Throughput));
        assert_eq!(wishes(json!({"sort": "price"})).preset, Some(Preset::Cost));
        let pace =
            wishes(json!({"preferred_max_latency": {"p90": 1.5}, "preferred_min_throughput": 20})).pace;
        assert_eq!(
            pace,
            PaceWish { first_token: Some(1.5), tokens_per_second: Some(20.0), quantile: Some(0.9) }
        );
        assert_eq!(wishes(json!({"preferred_max_latency": null})).pace, PaceWish::default());
    }

    #[test]
    fn what_is_not_here_is_refused_by_name() {
        let unsupported = |field: &str| (ErrorCode::UnsupportedField, field.to_owned());
        assert_eq!(refused(json!({"zdr": true})), unsupported("provider.zdr"));
        assert_eq!(refused(json!({"soort": 1})), (ErrorCode::UnknownField, "provider.soort".into()));
        assert_eq!(refused(json!({"sort": 7})), (ErrorCode::InvalidValue, "provider.sort".into()));
        assert_eq!(refused(json!({"order": "eu"})), (ErrorCode::InvalidValue, "provider.order".into()));
        for wrong in [json!(0), json!("fast"), json!({"p42": 1}), json!({"p50": 1, "p90": 2})] {
            let refused = refused(json!({"preferred_max_latency": wrong}));
            assert_eq!(refused, (ErrorCode::InvalidValue, "provider.preferred_max_latency".into()));
        }
        let price = json!({"max_price": {"prompt": "NaN"}});
        assert_eq!(refused(price), (ErrorCode::InvalidValue, "provider.max_price.prompt".into()));
        let price = json!({"max_price": {"promt": 1}});
        assert_eq!(refused(price), (ErrorCode::UnknownField, "provider.max_price.promt".into()));
    }
}
