//! Llama Guard's answers. Source: its model card (version 3 and later, the MLCommons hazards).

pub(super) struct Verdict {
    pub(super) safe: bool,
    /// For example `S1`.
    pub(super) hazards: Vec<String>,
}

/// Reads `safe`, or `unsafe` with a line of codes after it.
pub(super) fn read(text: &str) -> Option<Verdict> {
    let mut words = text.split([' ', '\n', '\r', '\t', ',']).filter(|word| !word.is_empty());
    let safe = match words.next()?.to_lowercase().as_str() {
        "safe" => true,
        "unsafe" => false,
        _ => return None,
    };
    let hazards = if safe { Vec::new() } else { words.map(str::to_uppercase).collect() };
    Some(Verdict { safe, hazards })
}

/// The nearest of OpenAI's categories. Those of which OpenAI has none (advice, privacy, elections) count as illicit.
pub(super) fn categories(hazard: &str) -> Option<&'static [&'static str]> {
    Some(match hazard {
        "S1" => &["violence", "illicit/violent"],
        "S3" | "S12" => &["sexual"],
        "S4" => &["sexual", "sexual/minors"],
        "S5" => &["harassment"],
        "S9" => &["illicit", "illicit/violent"],
        "S10" => &["hate"],
        "S11" => &["self-harm"],
        "S2" | "S6" | "S7" | "S8" | "S13" | "S14" => &["illicit"],
        _ => return None,
    })
}
