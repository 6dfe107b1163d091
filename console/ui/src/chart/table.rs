//! The numbers behind a chart, as a table that opens on demand.

use super::series::{Series, Unit};
use crate::markup::{Markup, Text};

/// Writes a closed disclosure with one row a bucket, newest last.
pub fn table(out: &mut Markup, caption: &str, labels: &[String], series: &[Series], unit: &Unit) {
    out.put(format_args!(
        r#"<details class="chart-table"><summary>View as table</summary><div class="table-scroll" role="region" aria-label="{caption}, table" tabindex="0"><table class="table table-compact"><caption class="visually-hidden">{caption}</caption><thead><tr><th scope="col">Time (UTC)</th>"#,
        caption = Text(caption),
    ));
    for one in series {
        out.put(format_args!(r#"<th scope="col" class="numeric">{}</th>"#, Text(&one.label)));
    }
    out.put(format_args!("</tr></thead><tbody>"));
    for (at, label) in labels.iter().enumerate() {
        out.put(format_args!(r#"<tr><th scope="row">{}</th>"#, Text(label)));
        for one in series {
            let value = one.at(at).map_or("–".to_owned(), |value| unit.long(value));
            out.put(format_args!(r#"<td class="numeric">{}</td>"#, Text(&value)));
        }
        out.put(format_args!("</tr>"));
    }
    out.put(format_args!("</tbody></table></div></details>"));
}
