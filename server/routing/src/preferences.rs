//! What a caller may ask of the deployments that serve it, in OpenRouter's terms, and why one is left out.

use rust_decimal::Decimal;
use snapshot::Price;

use crate::Filter;

/// The most that a call may cost, each in money per million tokens (`request`: per request).
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct MaxPrice {
    pub prompt: Option<Decimal>,
    pub completion: Option<Decimal>,
    pub request: Option<Decimal>,
}

impl MaxPrice {
    /// Whether a price is within it. What has no price costs nothing.
    pub fn affords(&self, price: Option<&Price>) -> bool {
        let Some(price) = price else { return true };
        let million = Decimal::from(1_000_000_u32);
        let fits = |rate: Decimal, most: Option<Decimal>, times: Decimal| {
            most.is_none_or(|most| rate.checked_mul(times).is_some_and(|rate| rate <= most))
        };
        fits(price.prompt, self.prompt, million)
            && fits(price.completion, self.completion, million)
            && fits(price.request, self.request, Decimal::ONE)
    }
}

/// A caller's wishes. Names match without regard to case.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Preferences {
    pub order: Vec<String>,
    pub only: Option<Vec<String>>,
    pub ignore: Vec<String>,
    /// Whether others may serve when those named in `order` can't.
    pub allow_fallbacks: bool,
    pub deny_data_collection: bool,
    pub require_parameters: bool,
    pub quantizations: Option<Vec<String>>,
    pub max_price: MaxPrice,
    /// The cheapest model first, whatever their order in the request.
    pub by_price: bool,
}

impl Default for Preferences {
    fn default() -> Self {
        Self {
            order: Vec::new(),
            only: None,
            ignore: Vec::new(),
            allow_fallbacks: true,
            deny_data_collection: false,
            require_parameters: false,
            quantizations: None,
            max_price: MaxPrice::default(),
            by_price: false,
        }
    }
}

/// What a filter looks at of one deployment, for one call.
#[derive(Debug, Clone, Copy)]
pub struct Traits<'a> {
    /// The names that it goes by: its own, its pool's, its region's, its engine's kind.
    pub names: [&'a str; 4],
    /// It stands outside the platform.
    pub external: bool,
    pub supports_task: bool,
    /// Tokens that the answer is bounded to by the caller, and that the deployment writes at most.
    pub output: (Option<u64>, Option<u32>),
    /// It takes every parameter of the request.
    pub takes_parameters: bool,
    pub quantization: Option<&'a str>,
    pub price: Option<&'a Price>,
}

impl Traits<'_> {
    fn goes_by(&self, wanted: &str) -> bool {
        self.names.iter().any(|name| !name.is_empty() && name.eq_ignore_ascii_case(wanted))
    }

    fn is_among(&self, wanted: &[String]) -> bool {
        wanted.iter().any(|name| self.goes_by(name))
    }
}

impl Preferences {
    /// Why a deployment is left out. The account's own rules are [`Bounds`](crate::Bounds).
    pub fn filter(&self, traits: &Traits<'_>) -> Option<Filter> {
        let within = |asked: Option<u64>, most: Option<u32>| {
            asked.zip(most).is_none_or(|(asked, most)| asked <= u64::from(most))
        };
        let quantized = |wanted: &Vec<String>| {
            let of = traits.quantization.unwrap_or("unknown");
            wanted.iter().any(|one| one.eq_ignore_ascii_case(of))
        };
        let checks = [
            (!traits.supports_task, Filter::Task),
            (!within(traits.output.0, traits.output.1), Filter::OutputLimit),
            (traits.external && self.deny_data_collection, Filter::DataCollection),
            (self.only.as_ref().is_some_and(|only| !traits.is_among(only)), Filter::Only),
            (traits.is_among(&self.ignore), Filter::Ignore),
            (!self.allow_fallbacks && !self.order.is_empty() && !traits.is_among(&self.order), Filter::Order),
            (self.quantizations.as_ref().is_some_and(|wanted| !quantized(wanted)), Filter::Quantization),
            (self.require_parameters && !traits.takes_parameters, Filter::Parameters),
            (!self.max_price.affords(traits.price), Filter::MaxPrice),
        ];
        checks.into_iter().find_map(|(out, filter)| out.then_some(filter))
    }

    /// How early a deployment comes, by its place in `order`. Those not named come after.
    pub fn place(&self, traits: &Traits<'_>) -> u32 {
        let place = self.order.iter().position(|name| traits.goes_by(name));
        u32::try_from(place.unwrap_or(self.order.len())).unwrap_or(u32::MAX)
    }
}

/// What comes first where the cheapest is wanted: by a prompt token and a completion token together.
pub fn cost(price: Option<&Price>) -> Decimal {
    price.map_or(Decimal::ZERO, |price| price.prompt.saturating_add(price.completion))
}
