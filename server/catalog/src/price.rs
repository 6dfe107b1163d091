//! Rules of prices.

use chrono::{DateTime, TimeDelta, Utc};
use rust_decimal::Decimal;
use shared_api::catalog::PriceRates;
use web::Problem;

/// Places that the database keeps.
const PLACES: u32 = 18;
/// A clock that runs a little behind is not a price in the past.
const TOLERANCE: TimeDelta = TimeDelta::minutes(1);

pub fn check_rates(rates: &PriceRates) -> Result<(), Problem> {
    let dearest = Decimal::from(1_000_000);
    let fields = [
        ("prompt", Some(rates.prompt)),
        ("cached_prompt", rates.cached_prompt),
        ("completion", Some(rates.completion)),
        ("request", Some(rates.request)),
    ];
    for (field, rate) in fields.into_iter().filter_map(|(field, rate)| rate.map(|rate| (field, rate))) {
        if rate.is_sign_negative() && !rate.is_zero() || rate > dearest || rate.normalize().scale() > PLACES {
            let accepted = format!(
                "{rate}: expected an amount from 0 to {dearest} with at most {PLACES} places, per token"
            );
            return Err(Problem::field(field, accepted));
        }
    }
    Ok(())
}

/// When a price begins: now where nothing is said, else as said, but never in the past.
pub fn begins(asked: Option<DateTime<Utc>>, now: DateTime<Utc>) -> Result<DateTime<Utc>, Problem> {
    match asked {
        None => Ok(now),
        Some(at) if at < now - TOLERANCE => {
            Err(Problem::field("valid_from", "a price never begins in the past: leave it out to begin now"))
        }
        Some(at) => Ok(at.max(now)),
    }
}

#[cfg(test)]
mod tests {
    use shared::Currency;

    use super::*;

    fn rates(prompt: &str) -> PriceRates {
        PriceRates {
            currency: Currency::USD,
            prompt: prompt.parse().unwrap(),
            cached_prompt: None,
            completion: Decimal::ONE,
            request: Decimal::ZERO,
        }
    }

    #[test]
    fn a_rate_is_not_negative_and_fits_the_database() {
        assert!(check_rates(&rates("0.0000000125")).is_ok());
        assert!(check_rates(&rates("-0.1")).is_err());
        assert!(check_rates(&rates("0.0000000000000000001")).is_err());
    }

    #[test]
    fn a_price_never_begins_in_the_past() {
        let now = DateTime::from_timestamp(1_790_000_000, 0).unwrap();
        assert_eq!(begins(None, now).unwrap(), now);
        assert_eq!(begins(Some(now + TimeDelta::days(1)), now).unwrap(), now + TimeDelta::days(1));
        assert_eq!(begins(Some(now - TimeDelta::seconds(5)), now).unwrap(), now);
        assert!(begins(Some(now - TimeDelta::hours(1)), now).is_err());
    }
}
