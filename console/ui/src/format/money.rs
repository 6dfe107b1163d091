//! Money. Amounts arrive as exact decimal text (`"1284.5"`) and stay text: nothing here is a float.

use super::number::group_digits;

/// An amount at its currency's own precision, rounded half-even: `money("1284.5", "USD")` → `$1,284.50`.
/// Text that is not a decimal is returned as it came, with the currency.
pub fn money(amount: &str, currency: &str) -> String {
    render(amount, currency, exponent(currency))
}

/// The same, but an amount smaller than one keeps up to six places, so that the cost of one call
/// does not read as zero: `money_fine("0.000434", "USD")` → `$0.000434`.
pub fn money_fine(amount: &str, currency: &str) -> String {
    let places = exponent(currency);
    let small = Decimal::parse(amount).is_some_and(|decimal| decimal.whole.is_empty());
    let text = render(amount, currency, if small { 6 } else { places });
    let Some((whole, rest)) = text.split_once('.').filter(|_| small) else { return text };
    let kept = rest.trim_end_matches('0').len().max(places);
    if kept == 0 { whole.to_owned() } else { format!("{whole}.{}", &rest[..kept]) }
}

/// The currency's sign, or its code and a thin space.
pub fn symbol(currency: &str) -> String {
    match currency {
        "USD" => "$".to_owned(),
        "EUR" => "€".to_owned(),
        "GBP" => "£".to_owned(),
        "JPY" => "¥".to_owned(),
        "INR" => "₹".to_owned(),
        other => format!("{other}\u{2009}"),
    }
}

/// Fraction digits of a currency (ISO 4217); two unless it is one of the exceptions.
fn exponent(currency: &str) -> usize {
    match currency {
        "JPY" | "KRW" | "VND" | "CLP" | "ISK" | "XAF" | "XOF" => 0,
        "BHD" | "IQD" | "JOD" | "KWD" | "OMR" | "TND" => 3,
        _ => 2,
    }
}

struct Decimal<'a> {
    negative: bool,
    /// Without leading zeros, so empty for an amount below one.
    whole: &'a str,
    fraction: &'a str,
}

impl<'a> Decimal<'a> {
    fn parse(text: &'a str) -> Option<Self> {
        let (negative, digits) = match text.strip_prefix('-') {
            Some(rest) => (true, rest),
            None => (false, text),
        };
        let (whole, fraction) = digits.split_once('.').unwrap_or((digits, ""));
        let numeric = |part: &str| part.bytes().all(|byte| byte.is_ascii_digit());
        if digits.is_empty() || digits == "." || !numeric(whole) || !numeric(fraction) {
            return None;
        }
        Some(Self { negative, whole: whole.trim_start_matches('0'), fraction })
    }

    /// Digits of the amount times ten to the `places`, rounded half-even.
    fn rounded(&self, places: usize) -> Vec<u8> {
        let mut digits: Vec<u8> = self.whole.bytes().map(|byte| byte - b'0').collect();
        let fraction: Vec<u8> = self.fraction.bytes().map(|byte| byte - b'0').collect();
        digits.extend((0..places).map(|at| fraction.get(at).copied().unwrap_or(0)));
        let rest = fraction.get(places..).unwrap_or(&[]);
        let up = match rest.first() {
            Some(6..) => true,
            Some(5) => {
                rest[1..].iter().any(|digit| *digit > 0) || digits.last().is_some_and(|last| last % 2 == 1)
            }
            _ => false,
        };
        if up {
            carry(&mut digits);
        }
        digits
    }
}

/// Adds one to a number held as digits.
fn carry(digits: &mut Vec<u8>) {
    for digit in digits.iter_mut().rev() {
        if *digit < 9 {
            *digit += 1;
            return;
        }
        *digit = 0;
    }
    digits.insert(0, 1);
}

fn render(amount: &str, currency: &str, places: usize) -> String {
    let Some(decimal) = Decimal::parse(amount) else { return format!("{amount} {currency}") };
    let digits: String = decimal.rounded(places).iter().map(|digit| char::from(b'0' + digit)).collect();
    let padded = format!("{digits:0>width$}", width = places + 1);
    let (whole, fraction) = padded.split_at(padded.len() - places);
    let sign = if decimal.negative && padded.bytes().any(|byte| byte != b'0') { "−" } else { "" };
    let point = if places > 0 { "." } else { "" };
    format!("{sign}{}{}{point}{fraction}", symbol(currency), group_digits(whole))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn amounts_take_the_precision_of_their_currency() {
        assert_eq!(money("1284.5", "USD"), "$1,284.50");
        assert_eq!(money("1284.5", "JPY"), "¥1,284");
        assert_eq!(money("-3", "EUR"), "−€3.00");
        assert_eq!(money("12.3456", "KWD"), "KWD\u{2009}12.346");
        assert_eq!(money("0", "USD"), "$0.00");
    }

    #[test]
    fn rounding_is_half_to_even_and_carries() {
        assert_eq!(money("0.125", "USD"), "$0.12");
        assert_eq!(money("0.135", "USD"), "$0.14");
        assert_eq!(money("0.1250001", "USD"), "$0.13");
        assert_eq!(money("999.999", "USD"), "$1,000.00");
        assert_eq!(money("-0.001", "USD"), "$0.00");
    }

    #[test]
    fn small_costs_do_not_read_as_zero() {
        assert_eq!(money_fine("0.000434", "USD"), "$0.000434");
        assert_eq!(money_fine("0.5", "USD"), "$0.50");
        assert_eq!(money_fine("12.3456", "USD"), "$12.35");
        assert_eq!(money_fine("0", "USD"), "$0.00");
    }

    #[test]
    fn text_that_is_not_an_amount_is_shown_as_it_came() {
        assert_eq!(money("n/a", "USD"), "n/a USD");
        assert_eq!(money("", "USD"), " USD");
    }
}
