//! Exact money. A rate may be far below a cent: $0.0125 a million tokens is 0.0000000125 a token.

use std::{fmt, str::FromStr};

use rust_decimal::Decimal;
use serde::{Deserialize, Deserializer, Serialize, Serializer, de};

/// An ISO 4217 currency code.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Currency([u8; 3]);

/// Not a currency code, or two currencies where one was needed.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum CurrencyError {
    #[error("`{0}` is not a currency: expected three capital letters as in ISO 4217, for example USD")]
    Invalid(String),
    #[error("{0} and {1} cannot be added")]
    Mixed(Currency, Currency),
    #[error("the amount is too large")]
    Overflow,
}

impl Currency {
    pub const USD: Self = Self(*b"USD");
    pub const EUR: Self = Self(*b"EUR");

    pub fn as_str(&self) -> &str {
        std::str::from_utf8(&self.0).unwrap_or("???")
    }
}

impl FromStr for Currency {
    type Err = CurrencyError;
    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let invalid = || CurrencyError::Invalid(text.to_owned());
        let code: [u8; 3] = text.as_bytes().try_into().map_err(|_| invalid())?;
        if code.iter().all(u8::is_ascii_uppercase) { Ok(Self(code)) } else { Err(invalid()) }
    }
}

impl fmt::Display for Currency {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl fmt::Debug for Currency {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl Serialize for Currency {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.as_str())
    }
}

impl<'de> Deserialize<'de> for Currency {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        <std::borrow::Cow<'_, str>>::deserialize(deserializer)?.parse().map_err(de::Error::custom)
    }
}

#[cfg(feature = "openapi")]
impl utoipa::PartialSchema for Currency {
    fn schema() -> utoipa::openapi::RefOr<utoipa::openapi::schema::Schema> {
        utoipa::openapi::ObjectBuilder::new()
            .schema_type(utoipa::openapi::schema::Type::String)
            .pattern(Some("^[A-Z]{3}$"))
            .into()
    }
}

#[cfg(feature = "openapi")]
impl utoipa::ToSchema for Currency {}

/// An amount in the currency's unit (dollars, not cents), as exact as it came.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Money {
    /// A decimal number in a string.
    #[cfg_attr(feature = "openapi", schema(value_type = String, example = "0.0000000125"))]
    pub amount: Decimal,
    pub currency: Currency,
}

impl Money {
    pub const fn new(amount: Decimal, currency: Currency) -> Self {
        Self { amount, currency }
    }

    pub const fn zero(currency: Currency) -> Self {
        Self { amount: Decimal::ZERO, currency }
    }

    pub fn checked_add(self, other: Self) -> Result<Self, CurrencyError> {
        if self.currency != other.currency {
            return Err(CurrencyError::Mixed(self.currency, other.currency));
        }
        let amount = self.amount.checked_add(other.amount).ok_or(CurrencyError::Overflow)?;
        Ok(Self { amount, ..self })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn two_currencies_do_not_add() {
        let dollars = Money::new(Decimal::ONE, Currency::USD);
        let euros = Money::new(Decimal::ONE, Currency::EUR);
        assert_eq!(dollars.checked_add(euros), Err(CurrencyError::Mixed(Currency::USD, Currency::EUR)));
    }

    #[test]
    fn a_rate_below_a_cent_keeps_every_digit() {
        let rate: Decimal = "0.0000000125".parse().unwrap();
        let text = serde_json::to_string(&Money::new(rate, Currency::USD)).unwrap();
        assert_eq!(text, r#"{"amount":"0.0000000125","currency":"USD"}"#);
        assert_eq!(serde_json::from_str::<Money>(&text).unwrap().amount, rate);
    }

    #[test]
    fn a_currency_is_three_capitals() {
        assert!("usd".parse::<Currency>().is_err());
        assert!("US".parse::<Currency>().is_err());
        assert_eq!("CHF".parse::<Currency>().unwrap().as_str(), "CHF");
    }
}
