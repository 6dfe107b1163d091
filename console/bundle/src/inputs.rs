//! What a run was made from, so that a run with the same inputs can be skipped.

use crate::asset::put;
use anyhow::{Context as _, Result};
use sha2::{Digest as _, Sha256};
use std::{fs, path::Path};

const FILE: &str = ".inputs";

/// A running hash over named inputs, in the order given.
pub struct Inputs(Sha256);

impl Default for Inputs {
    fn default() -> Self {
        let mut inputs = Self(Sha256::new());
        // This program is an input as well: its rebuild redoes the bundle.
        if let Some(program) = std::env::current_exe().ok().and_then(|path| fs::read(path).ok()) {
            inputs.bytes("program", &program);
        }
        inputs
    }
}

impl Inputs {
    pub fn text(&mut self, label: &str, value: &str) {
        self.bytes(label, value.as_bytes());
    }

    pub fn file(&mut self, label: &str, path: &Path) -> Result<()> {
        let content = fs::read(path).with_context(|| format!("reading {}", path.display()))?;
        self.text(label, &path.display().to_string());
        self.bytes(label, &content);
        Ok(())
    }

    /// Lengths go in too, so that no two lists of inputs run together to the same bytes.
    fn bytes(&mut self, label: &str, value: &[u8]) {
        for part in [label.as_bytes(), value] {
            self.0.update((part.len() as u64).to_le_bytes());
            self.0.update(part);
        }
    }

    fn digest(&self) -> String {
        hex::encode(self.0.clone().finalize())
    }

    pub fn match_last_run(&self, site: &Path) -> bool {
        fs::read_to_string(site.join(FILE)).is_ok_and(|last| last == self.digest())
    }

    pub fn record(&self, site: &Path) -> Result<()> {
        put(&site.join(FILE), self.digest().as_bytes())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn inputs(style: &Path) -> Inputs {
        let mut inputs = Inputs::default();
        inputs.text("optimise", "yes");
        inputs.file("style", style).unwrap();
        inputs
    }

    #[test]
    fn a_run_is_repeated_only_for_changed_inputs() {
        let folder = tempfile::tempdir().unwrap();
        let style = folder.path().join("base.css");
        fs::write(&style, "a{}").unwrap();
        assert!(!inputs(&style).match_last_run(folder.path()), "nothing ran yet");
        inputs(&style).record(folder.path()).unwrap();
        assert!(inputs(&style).match_last_run(folder.path()));
        fs::write(&style, "b{}").unwrap();
        assert!(!inputs(&style).match_last_run(folder.path()));
    }

    #[test]
    fn inputs_do_not_run_together() {
        let (mut one, mut two) = (Inputs(Sha256::new()), Inputs(Sha256::new()));
        one.text("ab", "c");
        two.text("a", "bc");
        assert_ne!(one.digest(), two.digest());
    }
}
