//! The hover slots: a column of the plot each, with a guide line, dots and a tip, shown by CSS alone.

use super::series::{Series, Unit};
use crate::{
    format::fixed,
    markup::{Markup, Text},
};

const LINE: f64 = 18.0;
const PAD: f64 = 10.0;

/// One column that reacts to the pointer, in percent of the plot's width.
pub struct Slot {
    pub left: f64,
    pub width: f64,
    /// Where the guide line and the dots stand.
    pub centre: f64,
}

/// Everything that a tip says of its bucket.
pub struct Tip<'a> {
    pub heading: &'a str,
    pub rows: Vec<(&'a Series, usize, Option<f64>)>,
    pub unit: &'a Unit,
}

/// Writes a slot; `dots` are y positions with their colour slot.
pub fn slot(out: &mut Markup, slot: &Slot, height: f64, dots: &[(f64, usize)], tip: &Tip<'_>) {
    let centre = fixed(slot.centre, 2);
    out.put(format_args!(
        r#"<g class="slot"><rect class="slot-area" x="{}%" y="0" width="{}%" height="{height}"/><g class="slot-mark"><line class="slot-guide" x1="{centre}%" x2="{centre}%" y1="0" y2="{height}"/>"#,
        fixed(slot.left, 2),
        fixed(slot.width, 2),
    ));
    for (y, colour) in dots {
        out.put(format_args!(
            r#"<circle class="dot fill-{colour}" cx="{centre}%" cy="{}" r="4"/>"#,
            fixed(*y, 1)
        ));
    }
    bubble(out, slot.centre, tip);
    out.put(format_args!("</g></g>"));
}

/// The tip itself, to the side of the guide that has more room.
fn bubble(out: &mut Markup, centre: f64, tip: &Tip<'_>) {
    let texts: Vec<String> = tip
        .rows
        .iter()
        .map(|(_, _, value)| value.map_or("no data".to_owned(), |v| tip.unit.long(v)))
        .collect();
    let widest = tip
        .rows
        .iter()
        .zip(&texts)
        .map(|((series, ..), text)| series.label.chars().count() + text.chars().count());
    // 12 px system text is about 6.6 px a character; swatch and gap between the columns come on top.
    let rows_width = widest.max().unwrap_or(0) as f64 * 6.6 + 34.0;
    let width = rows_width.max(tip.heading.chars().count() as f64 * 6.6) + 2.0 * PAD;
    let height = LINE * (tip.rows.len() as f64 + 1.0) + 2.0 * PAD - 5.0;
    let offset = if centre > 50.0 { -width - 12.0 } else { 12.0 };
    out.put(format_args!(
        r#"<svg class="tip" x="{}%" y="4"><g transform="translate({} 0)"><rect class="tip-box" width="{}" height="{}" rx="8"/><text class="tip-heading" x="{PAD}" y="21">{}</text>"#,
        fixed(centre, 2),
        fixed(offset, 1),
        fixed(width, 1),
        fixed(height, 1),
        Text(tip.heading),
    ));
    for (at, ((series, colour, _), text)) in tip.rows.iter().zip(&texts).enumerate() {
        let y = 21.0 + LINE * (at as f64 + 1.0);
        out.put(format_args!(
            r#"<rect class="fill-{colour}" x="{PAD}" y="{}" width="8" height="8" rx="2"/><text class="tip-label" x="24" y="{y}">{}</text><text class="tip-value" x="{}" y="{y}" text-anchor="end">{}</text>"#,
            fixed(y - 8.0, 1),
            Text(&series.label),
            fixed(width - PAD, 1),
            Text(text),
        ));
    }
    out.put(format_args!("</g></svg>"));
}
