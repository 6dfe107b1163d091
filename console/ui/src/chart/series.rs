//! What a chart is told: series, their unit, the kind of drawing.

use crate::format;

/// One named line or stack layer. `values` runs parallel to the chart's `times`; `None` is a gap.
#[derive(Clone, Debug, PartialEq)]
pub struct Series {
    pub label: String,
    pub values: Vec<Option<f64>>,
    /// Colour slot 1 to 6 of the palette; 0 takes the series' own position.
    pub colour: u8,
}

impl Series {
    pub fn new(label: impl Into<String>, values: impl IntoIterator<Item = f64>) -> Self {
        Self { label: label.into(), values: values.into_iter().map(Some).collect(), colour: 0 }
    }

    /// A series with gaps, such as latency in an hour without calls.
    pub fn with_gaps(label: impl Into<String>, values: Vec<Option<f64>>) -> Self {
        Self { label: label.into(), values, colour: 0 }
    }

    /// Fixes the colour slot, 1 to 6: slot 5 is the red that errors use.
    pub fn colour(mut self, slot: u8) -> Self {
        self.colour = slot;
        self
    }

    pub(super) fn slot(&self, position: usize) -> usize {
        match self.colour {
            1..=6 => usize::from(self.colour),
            _ => position % 6 + 1,
        }
    }

    /// The value at a bucket, where there is a finite one.
    pub(super) fn at(&self, bucket: usize) -> Option<f64> {
        self.values.get(bucket).copied().flatten().filter(|value| value.is_finite())
    }
}

/// How the values are drawn.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum ChartKind {
    /// Lines over a faint area when there is one series, plain lines when there are more.
    #[default]
    Line,
    /// Bars, one a bucket, the series stacked upon each other; negative values count as zero.
    StackedBars,
}

/// How values are written on the axis, in tips and in the table.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum Unit {
    /// Whole things: requests, tokens, errors.
    #[default]
    Count,
    /// Any decimal number.
    Number,
    /// Milliseconds.
    Millis,
    /// A ratio where 1.0 is 100 %.
    Ratio,
    /// Bytes, in binary multiples.
    Bytes,
    /// Money in a currency (ISO code); for the picture only, exact amounts belong in text.
    Money(String),
}

impl Unit {
    pub(super) fn counted(&self) -> bool {
        *self == Self::Count
    }

    /// Short, for the axis.
    pub(super) fn short(&self, value: f64) -> String {
        match self {
            Self::Count | Self::Number => format::compact(value),
            Self::Millis => format::millis(value),
            Self::Ratio => format::percent(value),
            Self::Bytes => format::bytes(value),
            Self::Money(currency) if value.abs() < 0.1 && value != 0.0 => {
                format::money_fine(&format::fixed(value, 6), currency)
            }
            Self::Money(currency) => format!("{}{}", format::symbol(currency), format::compact(value)),
        }
    }

    /// In full, for tips and the table.
    pub(super) fn long(&self, value: f64) -> String {
        match self {
            Self::Count => format::group(value.round() as i64),
            Self::Number => format::fixed(value, 2),
            Self::Money(currency) => format::money_fine(&format::fixed(value, 6), currency),
            Self::Millis | Self::Ratio | Self::Bytes => self.short(value),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_are_short_on_the_axis_and_full_in_tips() {
        assert_eq!(
            (Unit::Count.short(12_400.0), Unit::Count.long(12_400.4)),
            ("12.4K".into(), "12,400".into())
        );
        let dollars = Unit::Money("USD".into());
        assert_eq!((dollars.short(1_500.0), dollars.long(1_500.5)), ("$1.5K".into(), "$1,500.50".into()));
    }

    #[test]
    fn a_series_keeps_its_colour_or_takes_its_position() {
        assert_eq!(Series::new("errors", [1.0]).colour(5).slot(0), 5);
        assert_eq!(Series::new("a", [1.0]).slot(7), 2);
    }

    #[test]
    fn what_is_not_finite_is_a_gap() {
        assert_eq!(Series::new("a", [f64::NAN, 2.0]).at(0), None);
        assert_eq!(Series::new("a", [1.0]).at(9), None);
    }
}
