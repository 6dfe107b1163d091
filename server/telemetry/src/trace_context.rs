//! W3C Trace Context: `traceparent`, version 00 (<https://www.w3.org/TR/trace-context/>).

use std::fmt;

use http::{HeaderMap, HeaderName, HeaderValue};
use rand::Rng;

const HEADER: HeaderName = HeaderName::from_static("traceparent");

/// A position in a trace: `00-{trace id}-{span id}-{flags}`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct TraceContext {
    trace_id: u128,
    span_id: u64,
    sampled: bool,
}

impl TraceContext {
    /// The caller's, where it sent a valid one.
    pub fn extract(headers: &HeaderMap) -> Option<Self> {
        Self::parse(headers.get(HEADER)?.as_bytes())
    }

    fn parse(text: &[u8]) -> Option<Self> {
        let text = std::str::from_utf8(text).ok()?;
        let mut parts = text.split('-');
        let (version, trace, span, flags) = (parts.next()?, parts.next()?, parts.next()?, parts.next()?);
        let hex = |part: &str, len| {
            part.len() == len && part.bytes().all(|b| matches!(b, b'0'..=b'9' | b'a'..=b'f'))
        };
        // A later version may add parts; version ff is forbidden.
        let shaped = hex(version, 2) && version != "ff" && hex(trace, 32) && hex(span, 16) && hex(flags, 2);
        if !shaped || (version == "00" && parts.next().is_some()) {
            return None;
        }
        let trace_id = u128::from_str_radix(trace, 16).ok().filter(|id| *id != 0)?;
        let span_id = u64::from_str_radix(span, 16).ok().filter(|id| *id != 0)?;
        let sampled = u8::from_str_radix(flags, 16).ok()? & 1 == 1;
        Some(Self { trace_id, span_id, sampled })
    }

    /// A new trace, not sampled.
    pub fn start(random: &mut impl Rng) -> Self {
        let half = |random: &mut dyn FnMut() -> u64| u128::from(random());
        let mut next = || random.next_u64();
        let trace_id = ((half(&mut next) << 64) | half(&mut next)).max(1);
        Self { trace_id, span_id: next().max(1), sampled: false }
    }

    /// A new span under this one.
    #[must_use]
    pub fn child(self, random: &mut impl Rng) -> Self {
        Self { span_id: random.next_u64().max(1), ..self }
    }

    /// Passes it on.
    pub fn inject(self, headers: &mut HeaderMap) {
        if let Ok(value) = HeaderValue::from_str(&self.to_string()) {
            headers.insert(HEADER, value);
        }
    }

    /// 32 hexadecimal digits, as usage events keep it.
    pub fn trace_id(self) -> String {
        format!("{:032x}", self.trace_id)
    }
}

impl fmt::Display for TraceContext {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "00-{:032x}-{:016x}-{:02x}", self.trace_id, self.span_id, u8::from(self.sampled))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const SENT: &str = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01";

    #[test]
    fn a_callers_trace_goes_on_under_a_new_span() {
        let mut headers = HeaderMap::new();
        headers.insert(HEADER, HeaderValue::from_static(SENT));
        let sent = TraceContext::extract(&headers).unwrap();
        assert_eq!(sent.to_string(), SENT);
        let child = sent.child(&mut rand::rng());
        child.inject(&mut headers);
        let passed = TraceContext::extract(&headers).unwrap();
        assert_eq!(passed.trace_id(), "0af7651916cd43dd8448eb211c80319c");
        assert_ne!(passed, sent);
    }

    #[test]
    fn a_malformed_header_is_no_trace() {
        for text in [
            "",
            "00",
            "ff-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01",
            "00-00000000000000000000000000000000-b7ad6b7169203331-01",
            "00-0AF7651916CD43DD8448EB211C80319C-b7ad6b7169203331-01",
            "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01-x",
        ] {
            assert_eq!(TraceContext::parse(text.as_bytes()), None, "{text}");
        }
    }
}
