//! A chart in words, for those who don't see it.

use super::series::{Series, Unit};

/// One sentence on the range, then one a series: its latest value and where it peaked.
pub fn describe(labels: &[String], series: &[Series], unit: &Unit) -> String {
    let (Some(first), Some(last)) = (labels.first(), labels.last()) else {
        return "No data in this period.".to_owned();
    };
    let mut text = format!("{} points from {first} to {last}.", labels.len());
    for one in series {
        let peak = (0..labels.len())
            .filter_map(|at| one.at(at).map(|value| (value, at)))
            .max_by(|left, right| left.0.total_cmp(&right.0));
        let latest = (0..labels.len()).rev().find_map(|at| one.at(at));
        match (peak, latest) {
            (Some((value, at)), Some(latest)) => text.push_str(&format!(
                " {}: highest {} at {}, latest {}.",
                one.label,
                unit.long(value),
                labels[at],
                unit.long(latest)
            )),
            _ => text.push_str(&format!(" {}: no data.", one.label)),
        }
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_words_name_range_peak_and_latest() {
        let labels: Vec<String> = ["09:00", "10:00", "11:00"].map(String::from).into();
        let series = [
            Series::new("Requests", [4.0, 1_900.0, 12.0]),
            Series::with_gaps("Errors", vec![None, None, None]),
        ];
        assert_eq!(
            describe(&labels, &series, &Unit::Count),
            "3 points from 09:00 to 11:00. Requests: highest 1,900 at 10:00, latest 12. Errors: no data."
        );
        assert_eq!(describe(&[], &series, &Unit::Count), "No data in this period.");
    }
}
