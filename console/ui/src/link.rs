//! Addresses with a query, for filters, sorting and pages.

use std::fmt::Write;

/// `path` with the pairs as its query; pairs with an empty value are left out:
/// `query_href("/usage", [("from", "2026-11-01"), ("key", "")])` → `/usage?from=2026-11-01`.
pub fn query_href<'a>(path: &str, pairs: impl IntoIterator<Item = (&'a str, &'a str)>) -> String {
    let mut href = path.to_owned();
    let mut joint = if path.contains('?') { '&' } else { '?' };
    for (name, value) in pairs {
        if value.is_empty() {
            continue;
        }
        href.push(joint);
        joint = '&';
        encode(name, &mut href);
        href.push('=');
        encode(value, &mut href);
    }
    href
}

/// Percent-encodes everything but the unreserved characters (RFC 3986).
fn encode(text: &str, out: &mut String) {
    for byte in text.bytes() {
        if byte.is_ascii_alphanumeric() || b"-._~".contains(&byte) {
            out.push(char::from(byte));
        } else {
            // Writing to a String cannot fail.
            let _ = write!(out, "%{byte:02X}");
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_are_encoded_and_empty_ones_left_out() {
        assert_eq!(
            query_href("/usage", [("q", "a&b=c d"), ("key", ""), ("m", "é")]),
            "/usage?q=a%26b%3Dc%20d&m=%C3%A9"
        );
        assert_eq!(query_href("/usage?x=1", [("y", "2")]), "/usage?x=1&y=2");
        assert_eq!(query_href("/usage", []), "/usage");
    }
}
