//! Surfaces whose requests are converted before they go to engines, and whose answers are converted back.

pub(crate) mod count;
pub(crate) mod messages;
pub(crate) mod moderations;
pub(crate) mod responses;

use bytes::BytesMut;
use dialects::Refused;
use engines::Labels;
use shared::ErrorCode;
use shared_chat::Usage;

use crate::{error::CallError, road::Bill};

impl From<Refused> for CallError {
    fn from(refused: Refused) -> Self {
        Self::field(refused.code, refused.field, refused.message)
    }
}

fn labels(labels: &Labels) -> dialects::Labels {
    dialects::Labels { id: labels.id.clone(), created: labels.created, model: labels.model.clone() }
}

/// An engine's answer that can't be told in the caller's dialect.
fn unreadable(error: &dyn std::error::Error) -> CallError {
    tracing::warn!(%error, "an engine's answer cannot be told in the caller's dialect");
    CallError::new(
        ErrorCode::EngineFailed,
        "The model's engine sent an answer that could not be read. Send the call again.",
    )
}

fn usage(bill: &Bill) -> Option<Usage> {
    serde_json::from_slice(&bill.usage).ok()
}

/// Puts the cost into the last `usage` that was written from a place on, in its exact digits. In JSON text a key is
/// never found inside a string: quotes are escaped there.
fn add_cost(out: &mut BytesMut, from: usize, bill: &Bill) {
    const KEY: &[u8] = b"\"usage\":{";
    let Some(cost) = &bill.cost else { return };
    let Some(place) = out[from..].windows(KEY.len()).rposition(|window| window == KEY) else { return };
    let rest = out.split_off(from + place + KEY.len());
    let comma = if rest.first() == Some(&b'}') { "" } else { "," };
    out.extend_from_slice(format!("{cost}{comma}").as_bytes());
    out.extend_from_slice(&rest);
}

#[cfg(test)]
mod tests {
    use bytes::Bytes;

    use super::*;

    #[test]
    fn the_cost_is_put_into_the_last_usage_in_plain_digits() {
        let bill = Bill { usage: Bytes::new(), cost: Some("\"cost\":0.00000915".to_owned()) };
        let mut out = BytesMut::from(&br#"{"x":"\"usage\":{","usage":{"input_tokens":1}}"#[..]);
        add_cost(&mut out, 0, &bill);
        assert_eq!(&out[..], br#"{"x":"\"usage\":{","usage":{"cost":0.00000915,"input_tokens":1}}"#);
        let mut out = BytesMut::from(&br#"{"usage":{}}"#[..]);
        add_cost(&mut out, 0, &bill);
        assert_eq!(&out[..], br#"{"usage":{"cost":0.00000915}}"#);
    }
}
