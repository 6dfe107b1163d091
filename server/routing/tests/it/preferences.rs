//! What a caller asked for keeps the right deployments out, and only those.

use chrono::DateTime;
use routing::{Filter, MaxPrice, Preferences, Traits};
use rust_decimal::Decimal;
use shared::{Currency, ModelId, PriceId};
use snapshot::Price;
use uuid::Uuid;

fn traits() -> Traits<'static> {
    Traits {
        names: ["gpu-1", "shared", "eu", "vllm"],
        external: false,
        supports_task: true,
        output: (None, None),
        takes_parameters: true,
        quantization: Some("fp8"),
        price: None,
    }
}

fn names(of: &[&str]) -> Vec<String> {
    of.iter().map(|name| (*name).to_owned()).collect()
}

/// $1 a million prompt tokens, $2 a million completion tokens.
fn price() -> Price {
    Price {
        id: PriceId::from_uuid(Uuid::nil()),
        model_id: ModelId::from_uuid(Uuid::nil()),
        valid_from: DateTime::UNIX_EPOCH,
        currency: Currency::USD,
        prompt: Decimal::new(1, 6),
        cached_prompt: Decimal::ZERO,
        completion: Decimal::new(2, 6),
        request: Decimal::ZERO,
    }
}

#[test]
fn without_wishes_nothing_is_left_out() {
    assert_eq!(Preferences::default().filter(&traits()), None);
}

#[test]
fn names_are_those_of_deployment_pool_region_and_engine_in_any_case() {
    for name in ["gpu-1", "Shared", "EU", "vLLM"] {
        let only = Preferences { only: Some(names(&[name])), ..Preferences::default() };
        assert_eq!(only.filter(&traits()), None, "{name}");
        let ignore = Preferences { ignore: names(&[name]), ..Preferences::default() };
        assert_eq!(ignore.filter(&traits()), Some(Filter::Ignore), "{name}");
    }
    let only = Preferences { only: Some(names(&["us"])), ..Preferences::default() };
    assert_eq!(only.filter(&traits()), Some(Filter::Only));
    // A deployment without a region is not found by an empty name.
    let nameless = Traits { names: ["gpu-1", "shared", "", "vllm"], ..traits() };
    let only = Preferences { only: Some(names(&[""])), ..Preferences::default() };
    assert_eq!(only.filter(&nameless), Some(Filter::Only));
}

#[test]
fn an_order_is_a_wish_unless_fallbacks_are_ruled_out() {
    let order = Preferences { order: names(&["us", "eu"]), ..Preferences::default() };
    assert_eq!((order.filter(&traits()), order.place(&traits())), (None, 1));
    let elsewhere = Traits { names: ["gpu-2", "shared", "asia", "vllm"], ..traits() };
    assert_eq!((order.filter(&elsewhere), order.place(&elsewhere)), (None, 2));
    let strict = Preferences { allow_fallbacks: false, ..order };
    assert_eq!(strict.filter(&elsewhere), Some(Filter::Order));
    assert_eq!(strict.filter(&traits()), None);
}

#[test]
fn a_caller_may_keep_its_call_from_those_who_collect_data() {
    let outside = Traits { external: true, ..traits() };
    assert_eq!(Preferences::default().filter(&outside), None);
    let deny = Preferences { deny_data_collection: true, ..Preferences::default() };
    assert_eq!(deny.filter(&outside), Some(Filter::DataCollection));
    assert_eq!(deny.filter(&traits()), None, "what stands inside collects none");
}

#[test]
fn max_price_is_by_the_million_and_includes_its_bound() {
    let price = price();
    let priced = Traits { price: Some(&price), ..traits() };
    let most = |prompt, completion| Preferences {
        max_price: MaxPrice {
            prompt: Some(Decimal::new(prompt, 1)),
            completion: Some(Decimal::new(completion, 1)),
            request: None,
        },
        ..Preferences::default()
    };
    assert_eq!(most(10, 20).filter(&priced), None);
    assert_eq!(most(9, 20).filter(&priced), Some(Filter::MaxPrice));
    assert_eq!(most(10, 19).filter(&priced), Some(Filter::MaxPrice));
    assert_eq!(most(0, 0).filter(&traits()), None, "what has no price costs nothing");
}

#[test]
fn quantization_parameters_and_output_are_hard() {
    let wanted = |one: &str| Preferences { quantizations: Some(names(&[one])), ..Preferences::default() };
    assert_eq!(wanted("FP8").filter(&traits()), None);
    assert_eq!(wanted("int4").filter(&traits()), Some(Filter::Quantization));
    let unknown = Traits { quantization: None, ..traits() };
    assert_eq!(wanted("unknown").filter(&unknown), None);
    let partial = Traits { takes_parameters: false, ..traits() };
    assert_eq!(Preferences::default().filter(&partial), None);
    let require = Preferences { require_parameters: true, ..Preferences::default() };
    assert_eq!(require.filter(&partial), Some(Filter::Parameters));
    let short = Traits { output: (Some(10), Some(9)), ..traits() };
    assert_eq!(Preferences::default().filter(&short), Some(Filter::OutputLimit));
}
