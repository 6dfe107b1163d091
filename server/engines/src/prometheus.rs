//! Prometheus' text format, as far as an engine's load is told in it.

/// The values of a metric, one a line: `name{labels} value [timestamp]`.
pub fn values<'a>(text: &'a str, name: &'a str) -> impl Iterator<Item = f64> {
    text.lines().filter_map(move |line| {
        let rest = line.strip_prefix(name)?;
        let values = match rest.as_bytes().first()? {
            b'{' => &rest[after_labels(rest)?..],
            b' ' => rest,
            _ => return None,
        };
        values.split_ascii_whitespace().next()?.parse().ok().filter(|value: &f64| value.is_finite())
    })
}

/// A label of the sample with the largest value: of a metric whose value is a time and whose labels are what was so then,
/// the latest. None without such a sample or label.
pub fn latest_label(text: &str, name: &str, label: &str) -> Option<String> {
    let samples = text.lines().filter_map(|line| {
        let rest = line.strip_prefix(name)?.strip_prefix('{')?;
        let end = after_labels(rest)?;
        let value: f64 = rest[end..].split_ascii_whitespace().next()?.parse().ok()?;
        Some((value, &rest[..end - 1]))
    });
    let (_, labels) = samples.max_by(|a, b| a.0.total_cmp(&b.0))?;
    // Names of LoRAs hold no quotation marks: an engine takes them from a path or a request of the operator's.
    let (_, after) = labels.split_once(&format!("{label}=\""))?;
    after.split_once('"').map(|(value, _)| value.to_owned())
}

/// The sum over the engine's parts (one line each with data parallelism), by the first of the names that is there: the
/// newest comes first. None: it is under none of them.
pub fn sum(text: &str, names: &[&str]) -> Option<u32> {
    let total = names.iter().find_map(|name| values(text, name).reduce(|sum, value| sum + value))?;
    Some(total.clamp(0.0, f64::from(u32::MAX)) as u32)
}

/// The largest of the parts' shares, 0 to 1, likewise.
pub fn share(text: &str, names: &[&str]) -> Option<f64> {
    names.iter().find_map(|name| values(text, name).reduce(f64::max)).map(|share| share.clamp(0.0, 1.0))
}

/// Whether there is such a metric, with or without a value yet.
pub fn declared(text: &str, name: &str) -> bool {
    let typed =
        |line: &str| line.strip_prefix("# TYPE ").and_then(|rest| rest.split(' ').next()) == Some(name);
    text.lines().any(typed) || values(text, name).next().is_some()
}

/// Where the labels end: after the brace that is not inside a quoted value.
fn after_labels(text: &str) -> Option<usize> {
    let mut quoted = false;
    let mut escaped = false;
    for (at, byte) in text.bytes().enumerate() {
        match byte {
            _ if escaped => escaped = false,
            b'\\' => escaped = true,
            b'"' => quoted = !quoted,
            b'}' if !quoted => return Some(at + 1),
            _ => {}
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_latest_sample_tells_its_label() {
        let text = r#"# TYPE seen gauge
seen{most="8",now="",next="b"} 1700000001.5
seen{most="8",now="a,b",next=""} 1.7000000025e+09
seen{most="8",now="a",next=""} 1700000000
"#;
        assert_eq!(latest_label(text, "seen", "now").as_deref(), Some("a,b"));
        assert_eq!(latest_label(text, "seen", "next").as_deref(), Some(""));
        assert_eq!(latest_label(text, "seen", "other"), None);
        assert_eq!(latest_label("seen 1", "seen", "now"), None);
    }

    #[test]
    fn parts_are_summed_and_the_largest_share_counts() {
        let text = r#"# TYPE n gauge
n{engine="0",model_name="a}b\"c"} 3.0
n{engine="1",model_name="a"} 2.0 1760000000
n_total 99
share{engine="0"} 0.25
share{engine="1"} 0.5
odd NaN
"#;
        assert_eq!(sum(text, &["n"]), Some(5));
        assert_eq!(sum(text, &["newer", "n"]), Some(5));
        assert_eq!(sum(text, &["newer"]), None);
        assert_eq!(share(text, &["share"]), Some(0.5));
        assert_eq!(sum(text, &["odd"]), None);
        assert_eq!(sum("n{ 1\n", &["n"]), None);
        assert!(declared(text, "n") && declared(text, "share") && !declared(text, "newer"));
        assert!(declared("# TYPE idle gauge\n", "idle"));
    }
}
