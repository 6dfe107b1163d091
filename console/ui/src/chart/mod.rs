//! Charts drawn as SVG text on the server: no script is needed to see or read one.
//!
//! A chart is `TimeChart` (line, area or stacked bars over time), `Sparkline` or `BarList`. The plot has
//! no viewBox: x positions are percentages and y positions pixels, so text stays crisp at any width while
//! the curves stretch in a nested SVG. Tips are shown by `:hover` alone. Every chart carries a
//! description and a table with the same numbers. No inline styles: a strict CSP may apply.

mod bar_list;
mod describe;
mod drawing;
mod path;
mod scale;
mod series;
mod spark;
mod table;
mod time_axis;
mod time_chart;
mod tip;

pub use bar_list::{BarItem, BarList, BarListProps};
pub use scale::{Scale, nice_scale};
pub use series::{ChartKind, Series, Unit};
pub use spark::{Sparkline, SparklineProps};
pub use time_axis::{TimeTick, time_ticks};
pub use time_chart::{TimeChart, TimeChartProps};
