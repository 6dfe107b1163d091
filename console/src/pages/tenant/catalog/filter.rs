//! Which models are listed, as the address says.

use rust_decimal::Decimal;
use shared_api::catalog::TenantModel;

use super::can;

/// How the list is ordered: by name unless said otherwise.
pub(super) const SORTS: [(&str, &str); 4] = [
    ("", "Name"),
    ("cheap", "Cheapest output"),
    ("context", "Longest context"),
    ("answer", "Longest answer"),
];

/// Contexts that can be asked for, in tokens.
pub(super) const CONTEXTS: [(&str, &str); 5] =
    [("", "Any"), ("8192", "8K"), ("32768", "32K"), ("131072", "128K"), ("1000000", "1M")];

/// Empty texts mean all.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct ModelFilter {
    /// Words of its names or description.
    pub q: String,
    pub kind: String,
    pub can: String,
    /// The shortest context, in tokens.
    pub context: String,
    /// `only` those outside, or `none` of them.
    pub external: String,
    pub sort: String,
}

impl ModelFilter {
    pub fn from_pairs(find: impl Fn(&str) -> Option<String>) -> Self {
        let text = |name: &str| find(name).unwrap_or_default();
        Self {
            q: text("q"),
            kind: text("kind"),
            can: text("can"),
            context: text("context"),
            external: text("external"),
            sort: text("sort"),
        }
    }

    pub fn narrows(&self) -> bool {
        *self != Self { sort: self.sort.clone(), ..Self::default() }
    }

    /// The models that fit, in order.
    pub fn apply(&self, models: &[TenantModel]) -> Vec<TenantModel> {
        let mut fitting: Vec<_> = models.iter().filter(|model| self.fits(model)).cloned().collect();
        match self.sort.as_str() {
            "cheap" => fitting.sort_by_key(output_price),
            "context" => fitting.sort_by_key(|model| std::cmp::Reverse(model.context_length)),
            "answer" => fitting.sort_by_key(|model| {
                std::cmp::Reverse(model.max_output_tokens.unwrap_or(model.context_length))
            }),
            _ => fitting.sort_by_key(|model| model.display_name.to_lowercase()),
        }
        fitting
    }

    fn fits(&self, model: &TenantModel) -> bool {
        let all = format!("{} {} {}", model.name, model.display_name, model.description).to_lowercase();
        let words = self.q.to_lowercase();
        words.split_whitespace().all(|word| all.contains(word))
            && (self.kind.is_empty() || model.kind.as_str() == self.kind)
            && (self.can.is_empty() || can(model, &self.can))
            && self.context.parse::<u32>().map_or(true, |least| model.context_length >= least)
            && match self.external.as_str() {
                "only" => model.external,
                "none" => !model.external,
                _ => true,
            }
    }
}

/// What is free of charge comes first.
fn output_price(model: &TenantModel) -> Decimal {
    model.price.as_ref().map(|price| price.completion).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use shared_api::catalog::ModelKind;

    use super::*;

    fn model(name: &str, context_length: u32, capabilities: &[&str]) -> TenantModel {
        TenantModel {
            id: shared::ModelId::from_uuid(Default::default()),
            name: name.to_owned(),
            display_name: name.to_uppercase(),
            description: "for support".to_owned(),
            kind: ModelKind::Chat,
            context_length,
            max_output_tokens: None,
            input_modalities: Vec::new(),
            output_modalities: Vec::new(),
            supported_parameters: Vec::new(),
            capabilities: capabilities.iter().map(|name| (*name).to_owned()).collect(),
            price: None,
            external: name.starts_with("out"),
        }
    }

    fn names(filter: &ModelFilter) -> Vec<String> {
        let models = [
            model("zeta", 8192, &["tools"]),
            model("outer", 131_072, &["vision"]),
            model("alpha", 4096, &[]),
        ];
        filter.apply(&models).into_iter().map(|model| model.name).collect()
    }

    #[test]
    fn every_word_must_be_found_somewhere() {
        let q = |q: &str| names(&ModelFilter { q: q.to_owned(), ..ModelFilter::default() });
        assert_eq!(q("SUPPORT zet"), ["zeta"]);
        assert_eq!(q(""), ["alpha", "outer", "zeta"]);
        assert!(q("support nothing").is_empty());
    }

    #[test]
    fn filters_join() {
        let filter = ModelFilter {
            context: "8192".into(),
            external: "none".into(),
            can: "tools".into(),
            ..ModelFilter::default()
        };
        assert_eq!(names(&filter), ["zeta"]);
        assert_eq!(names(&ModelFilter { sort: "context".into(), ..ModelFilter::default() })[0], "outer");
        assert!(
            filter.narrows() && !ModelFilter { sort: "cheap".into(), ..ModelFilter::default() }.narrows()
        );
    }
}
