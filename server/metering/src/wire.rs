//! Compact binary forms, for the spool; text forms stay what people read.
//!
//! Postcard has no self-describing values, which `Decimal` asks for, and a date as text costs ten times its number.

/// 16 bytes in the spool, a string elsewhere.
pub(crate) mod decimal {
    use rust_decimal::Decimal;
    use serde::{Deserialize, Deserializer, Serialize, Serializer};

    pub(crate) fn serialize<S: Serializer>(value: &Decimal, serializer: S) -> Result<S::Ok, S::Error> {
        if serializer.is_human_readable() {
            serializer.collect_str(value)
        } else {
            value.serialize().serialize(serializer)
        }
    }

    pub(crate) fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Decimal, D::Error> {
        if deserializer.is_human_readable() {
            rust_decimal::serde::str::deserialize(deserializer)
        } else {
            <[u8; 16]>::deserialize(deserializer).map(Decimal::deserialize)
        }
    }
}

/// Microseconds since 1970 in the spool (PostgreSQL's own resolution), RFC 3339 elsewhere.
pub(crate) mod time {
    use chrono::{DateTime, Utc};
    use serde::{Deserialize, Deserializer, Serialize, Serializer, de::Error};

    pub(crate) fn serialize<S: Serializer>(value: &DateTime<Utc>, serializer: S) -> Result<S::Ok, S::Error> {
        if serializer.is_human_readable() {
            value.serialize(serializer)
        } else {
            value.timestamp_micros().serialize(serializer)
        }
    }

    pub(crate) fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<DateTime<Utc>, D::Error> {
        if deserializer.is_human_readable() {
            return DateTime::deserialize(deserializer);
        }
        let micros = i64::deserialize(deserializer)?;
        DateTime::from_timestamp_micros(micros).ok_or_else(|| D::Error::custom("a time outside the calendar"))
    }
}

/// A price with the parts above.
pub(crate) mod price {
    use std::sync::Arc;

    use chrono::{DateTime, Utc};
    use rust_decimal::Decimal;
    use serde::{Deserialize, Deserializer, Serialize, Serializer};
    use shared::{Currency, ModelId, PriceId};
    use snapshot::Price;

    #[derive(Serialize, Deserialize)]
    struct Terms {
        id: PriceId,
        model_id: ModelId,
        #[serde(with = "super::time")]
        valid_from: DateTime<Utc>,
        currency: Currency,
        #[serde(with = "super::decimal")]
        prompt: Decimal,
        #[serde(with = "super::decimal")]
        cached_prompt: Decimal,
        #[serde(with = "super::decimal")]
        completion: Decimal,
        #[serde(with = "super::decimal")]
        request: Decimal,
    }

    #[expect(clippy::ref_option, reason = "serde's `with` passes a reference to the field")]
    pub(crate) fn serialize<S: Serializer>(
        value: &Option<Arc<Price>>,
        serializer: S,
    ) -> Result<S::Ok, S::Error> {
        let terms = value.as_deref().map(|price| Terms {
            id: price.id,
            model_id: price.model_id,
            valid_from: price.valid_from,
            currency: price.currency,
            prompt: price.prompt,
            cached_prompt: price.cached_prompt,
            completion: price.completion,
            request: price.request,
        });
        terms.serialize(serializer)
    }

    pub(crate) fn deserialize<'de, D: Deserializer<'de>>(
        deserializer: D,
    ) -> Result<Option<Arc<Price>>, D::Error> {
        let terms = Option::<Terms>::deserialize(deserializer)?;
        Ok(terms.map(|terms| {
            Arc::new(Price {
                id: terms.id,
                model_id: terms.model_id,
                valid_from: terms.valid_from,
                currency: terms.currency,
                prompt: terms.prompt,
                cached_prompt: terms.cached_prompt,
                completion: terms.completion,
                request: terms.request,
            })
        }))
    }
}
