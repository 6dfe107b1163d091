//! What a document may name.

use std::collections::{HashMap, HashSet};

use shared_api::catalog::ModelKind;

use super::{Fault, fault};

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct KnownModel {
    pub kind: ModelKind,
    /// In service and, for a tenant, granted to it. The name is taken even where it is neither.
    pub usable: bool,
}

/// Names as they are at one moment. A tenant's has models and routes alone.
#[derive(Debug, Clone, Default)]
pub struct Known {
    pub models: HashMap<String, KnownModel>,
    pub routes: HashSet<String>,
    pub pools: HashSet<String>,
    pub regions: HashSet<String>,
    /// Deployments, and the model that each serves.
    pub deployments: HashMap<String, String>,
}

impl Known {
    pub(super) fn pool(&self, field: &str, name: &str) -> Result<(), Fault> {
        if self.pools.contains(name) {
            Ok(())
        } else {
            Err(fault(field, format!("there is no pool `{name}`")))
        }
    }

    pub(super) fn region(&self, field: &str, name: &str) -> Result<(), Fault> {
        if self.regions.contains(name) {
            return Ok(());
        }
        let mut known: Vec<_> = self.regions.iter().map(String::as_str).collect();
        known.sort_unstable();
        let known = if known.is_empty() { "none has a region".to_owned() } else { known.join(", ") };
        Err(fault(field, format!("no pool or deployment is in region `{name}`; there are: {known}")))
    }

    /// The model that a deployment serves.
    pub(super) fn deployment(&self, field: &str, name: &str) -> Result<&str, Fault> {
        let found = self.deployments.get(name).map(String::as_str);
        found.ok_or_else(|| fault(field, format!("there is no deployment `{name}`")))
    }
}
