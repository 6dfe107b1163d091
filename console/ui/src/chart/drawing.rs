//! Puts the parts of a time chart together: grid, axis, curves or bars, hover slots.

use super::{
    path::{Point, area, curve, runs},
    scale::{Scale, nice_scale},
    series::{ChartKind, Series, Unit},
    time_axis::time_ticks,
    tip::{self, Slot, Tip},
};
use crate::{
    format::{self, fixed},
    markup::{Markup, Text},
};

/// Width of the stretched drawing that curves live in; percentages are a tenth of it.
const STRETCH: f64 = 1_000.0;

/// One chart, ready to be drawn.
pub struct Drawing<'a> {
    pub id: &'a str,
    pub kind: ChartKind,
    /// Unix seconds at which each bucket starts, ascending and evenly spaced.
    pub times: &'a [i64],
    /// What each bucket is called in tips and in the table.
    pub labels: &'a [String],
    pub series: &'a [Series],
    pub unit: &'a Unit,
    /// Height of the plot in pixels, without the time axis.
    pub height: f64,
    pub description: &'a str,
}

impl Drawing<'_> {
    pub fn write(&self, out: &mut Markup) {
        let scale = nice_scale(self.extremes(), 4, self.unit.counted());
        out.put(format_args!(
            r#"<svg class="plot" role="img" aria-labelledby="{id}-title" aria-describedby="{id}-desc" width="100%" height="{}"><desc id="{id}-desc">{}</desc>"#,
            fixed(self.height + 28.0, 0),
            Text(self.description),
            id = Text(self.id),
        ));
        self.grid(out, &scale);
        self.time_axis(out);
        match self.kind {
            ChartKind::Line => self.lines(out, &scale),
            ChartKind::StackedBars => self.bars(out, &scale),
        }
        self.slots(out, &scale);
        out.put(format_args!("</svg>"));
    }

    /// The values that the axis must cover: stacks count as a whole.
    fn extremes(&self) -> Vec<f64> {
        match self.kind {
            ChartKind::Line => {
                self.series.iter().flat_map(|one| (0..self.times.len()).filter_map(|at| one.at(at))).collect()
            }
            ChartKind::StackedBars => (0..self.times.len())
                .map(|bucket| {
                    self.series.iter().filter_map(|one| one.at(bucket)).map(|value| value.max(0.0)).sum()
                })
                .collect(),
        }
    }

    /// Horizontal position of a bucket in percent: bars stand in columns, lines run from edge to edge.
    fn x(&self, bucket: usize) -> f64 {
        let count = self.times.len();
        match self.kind {
            ChartKind::Line if count > 1 => bucket as f64 / (count - 1) as f64 * 100.0,
            _ => (bucket as f64 + 0.5) / count as f64 * 100.0,
        }
    }

    fn grid(&self, out: &mut Markup, scale: &Scale) {
        for tick in &scale.ticks {
            let y = scale.y(*tick, self.height);
            let class = if tick.abs() < f64::EPSILON { "grid-base" } else { "grid" };
            out.put(format_args!(
                r#"<line class="{class}" x1="0" x2="100%" y1="{y}" y2="{y}"/><text class="axis" x="-10" y="{text_y}" text-anchor="end">{label}</text>"#,
                y = fixed(y.round() + 0.5, 1),
                text_y = fixed(y + 4.0, 1),
                label = Text(&self.unit.short(*tick)),
            ));
        }
    }

    fn time_axis(&self, out: &mut Markup) {
        let (Some(first), Some(last)) = (self.times.first(), self.times.last()) else { return };
        for (at, tick) in time_ticks(*first, *last, 8).iter().enumerate() {
            let bucket = self.times.partition_point(|time| *time < tick.at).min(self.times.len() - 1);
            let x = self.x(bucket);
            let anchor = if x < 3.0 {
                "start"
            } else if x > 97.0 {
                "end"
            } else {
                "middle"
            };
            // Every other label gives way where the chart is narrow.
            let class = if at % 2 == 0 { "axis" } else { "axis axis-minor" };
            out.put(format_args!(
                r#"<text class="{class}" x="{}%" y="{}" text-anchor="{anchor}">{}</text>"#,
                fixed(x, 2),
                fixed(self.height + 20.0, 0),
                Text(&tick.label),
            ));
        }
    }

    fn lines(&self, out: &mut Markup, scale: &Scale) {
        out.put(format_args!(
            r#"<svg class="curves" width="100%" height="{h}" viewBox="0 0 1000 {h}" preserveAspectRatio="none">"#,
            h = fixed(self.height, 0)
        ));
        for (position, one) in self.series.iter().enumerate() {
            let slot = one.slot(position);
            let points: Vec<Option<Point>> = (0..self.times.len())
                .map(|at| {
                    one.at(at).map(|value| Point {
                        x: self.x(at) / 100.0 * STRETCH,
                        y: scale.y(value, self.height),
                    })
                })
                .collect();
            for run in runs(&points) {
                if self.series.len() == 1 {
                    let shape = area(&run, scale.y(0.0, self.height));
                    out.put(format_args!(r#"<path class="area fill-{slot}" d="{shape}"/>"#));
                }
                if let [alone] = run.as_slice() {
                    // A lone point has no line: draw a short stroke that its round cap makes a dot.
                    let (x, y) = (fixed(alone.x, 1), fixed(alone.y, 1));
                    out.put(format_args!(r#"<path class="line line-dot stroke-{slot}" d="M{x} {y}h0.1"/>"#));
                } else {
                    out.put(format_args!(r#"<path class="line stroke-{slot}" d="{}"/>"#, curve(&run)));
                }
            }
        }
        out.put(format_args!("</svg>"));
    }

    fn bars(&self, out: &mut Markup, scale: &Scale) {
        let column = 100.0 / self.times.len().max(1) as f64;
        let width = column * if self.times.len() > 40 { 0.78 } else { 0.66 };
        for bucket in 0..self.times.len() {
            let mut below = 0.0;
            for (position, one) in self.series.iter().enumerate() {
                let value = one.at(bucket).unwrap_or(0.0).max(0.0);
                if value <= 0.0 {
                    continue;
                }
                let (bottom, top) = (scale.y(below, self.height), scale.y(below + value, self.height));
                below += value;
                out.put(format_args!(
                    r#"<rect class="bar fill-{}" x="{}%" y="{}" width="{}%" height="{}"/>"#,
                    one.slot(position),
                    fixed(self.x(bucket) - width / 2.0, 2),
                    fixed(top, 1),
                    fixed(width, 2),
                    fixed((bottom - top).max(1.0), 1),
                ));
            }
        }
    }

    fn slots(&self, out: &mut Markup, scale: &Scale) {
        let count = self.times.len();
        for bucket in 0..count {
            let centre = self.x(bucket);
            let left = if bucket == 0 { 0.0 } else { f64::midpoint(self.x(bucket - 1), centre) };
            let right = if bucket + 1 == count { 100.0 } else { f64::midpoint(self.x(bucket + 1), centre) };
            let rows: Vec<_> =
                self.series.iter().enumerate().map(|(at, one)| (one, one.slot(at), one.at(bucket))).collect();
            let dots: Vec<(f64, usize)> = match self.kind {
                ChartKind::StackedBars => Vec::new(),
                ChartKind::Line => rows
                    .iter()
                    .filter_map(|(_, slot, value)| value.map(|value| (scale.y(value, self.height), *slot)))
                    .collect(),
            };
            let tip = Tip { heading: &self.labels[bucket], rows, unit: self.unit };
            tip::slot(out, &Slot { left, width: right - left, centre }, self.height, &dots, &tip);
        }
    }
}

/// What buckets are called: date and time below a day, else the date. `step` is in seconds.
pub fn bucket_labels(times: &[i64], step: i64) -> Vec<String> {
    times
        .iter()
        .map(|at| {
            if step >= 86_400 {
                format::date(*at)
            } else {
                format!("{}, {}", format::short_date(*at), format::clock(*at))
            }
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn drawn(kind: ChartKind, series: &[Series]) -> String {
        let times: Vec<i64> = (0..4).map(|at| 1_795_132_800 + at * 3_600).collect();
        let labels = bucket_labels(&times, 3_600);
        let mut out = Markup::default();
        let drawing = Drawing {
            id: "c",
            kind,
            times: &times,
            labels: &labels,
            series,
            unit: &Unit::Count,
            height: 200.0,
            description: "words",
        };
        drawing.write(&mut out);
        out.finish()
    }

    #[test]
    fn a_line_chart_has_one_curve_a_series_and_one_slot_a_bucket() {
        let svg = drawn(
            ChartKind::Line,
            &[Series::new("ok", [1.0, 2.0, 3.0, 4.0]), Series::new("failed", [0.0, 0.0, 1.0, 0.0])],
        );
        assert_eq!(svg.matches(r#"class="line "#).count(), 2);
        assert_eq!(svg.matches(r#"class="slot""#).count(), 4);
        assert_eq!(svg.matches(r#"class="dot "#).count(), 8);
    }

    #[test]
    fn bars_are_stacked_without_overlap() {
        let svg = drawn(
            ChartKind::StackedBars,
            &[Series::new("a", [2.0, 0.0, 0.0, 0.0]), Series::new("b", [2.0, 0.0, 0.0, 0.0])],
        );
        assert!(svg.contains(r#"class="bar fill-1" x="4.25%" y="100" width="16.5%" height="100""#), "{svg}");
        assert!(svg.contains(r#"class="bar fill-2" x="4.25%" y="0" width="16.5%" height="100""#), "{svg}");
        assert_eq!(svg.matches("class=\"bar ").count(), 2);
    }

    #[test]
    fn names_from_outside_are_escaped_and_nothing_is_styled_inline() {
        let svg = drawn(ChartKind::Line, &[Series::new("<script>", [1.0, 2.0, 3.0, 4.0])]);
        assert!(!svg.contains("<script>") && svg.contains("&lt;script&gt;"));
        assert!(!svg.contains("style="));
    }

    #[test]
    fn a_series_shorter_than_the_axis_ends_early() {
        let svg = drawn(ChartKind::Line, &[Series::new("a", [1.0])]);
        assert!(svg.contains("line-dot") && svg.contains("no data"));
    }
}
