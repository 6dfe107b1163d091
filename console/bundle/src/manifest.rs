//! `manifest.json`: which hashed file holds each logical name. The server reads it once, at start.

use crate::asset::{FOLDER, beside, put};
use anyhow::{Context as _, Result, bail};
use std::{
    collections::{BTreeMap, BTreeSet},
    fs, io,
    path::{Path, PathBuf},
};

const FILE: &str = "manifest.json";

#[derive(Default, Debug, PartialEq)]
pub struct Manifest {
    files: BTreeMap<String, String>,
}

impl Manifest {
    /// The manifest of a site folder; empty where there is none yet.
    pub fn read(site: &Path) -> Result<Self> {
        let path = site.join(FILE);
        match fs::read(&path) {
            Ok(bytes) => {
                let files = serde_json::from_slice(&bytes)
                    .with_context(|| format!("{} is not a manifest; remove it", path.display()))?;
                Ok(Self { files })
            }
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(Self::default()),
            Err(error) => Err(error).with_context(|| format!("reading {}", path.display())),
        }
    }

    /// Two files of one logical name would hide each other, so the second is an error.
    pub fn insert(&mut self, logical: &str, file: &str) -> Result<()> {
        if let Some(other) = self.files.insert(logical.to_owned(), file.to_owned()) {
            bail!("two files want the name '{logical}': {other} and {file}");
        }
        Ok(())
    }

    pub fn write(&self, site: &Path) -> Result<()> {
        let mut json = serde_json::to_string_pretty(&self.files)?;
        json.push('\n');
        put(&site.join(FILE), json.as_bytes())
    }
}

/// Removes what none of `manifests` names from the folder of hashed files.
pub fn prune(site: &Path, manifests: &[&Manifest]) -> Result<()> {
    let keep: BTreeSet<PathBuf> = manifests
        .iter()
        .flat_map(|manifest| manifest.files.values())
        .map(|file| site.join(file))
        .flat_map(|path| [beside(&path, "br"), beside(&path, "gz"), path])
        .collect();
    for entry in fs::read_dir(site.join(FOLDER)).context("reading the folder of hashed files")? {
        let path = entry?.path();
        if !keep.contains(&path) {
            fs::remove_file(&path).with_context(|| format!("removing {}", path.display()))?;
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::asset::{Asset, Effort};

    fn build(site: &Path, content: &str) -> Manifest {
        let before = Manifest::read(site).unwrap();
        let written =
            Asset::new("console.js", content.as_bytes().to_vec()).write(site, Effort::Quick).unwrap();
        let mut manifest = Manifest::default();
        manifest.insert("console.js", &written.file).unwrap();
        manifest.write(site).unwrap();
        prune(site, &[&manifest, &before]).unwrap();
        manifest
    }

    #[test]
    fn a_manifest_reads_back_as_written() {
        let site = tempfile::tempdir().unwrap();
        let written = build(site.path(), "one");
        assert_eq!(Manifest::read(site.path()).unwrap(), written);
        let json = fs::read_to_string(site.path().join(FILE)).unwrap();
        assert_eq!(json, "{\n  \"console.js\": \"assets/console-7692c3ad3540bb80.js\"\n}\n");
    }

    #[test]
    fn files_live_one_build_longer_than_their_manifest() {
        let site = tempfile::tempdir().unwrap();
        let text = "let one = 1;\n".repeat(100);
        let one = site.path().join(&build(site.path(), &text).files["console.js"]);
        assert!(beside(&one, "br").exists());
        build(site.path(), "two");
        assert!(one.exists() && beside(&one, "br").exists());
        build(site.path(), "three");
        assert!(!one.exists() && !beside(&one, "br").exists() && !beside(&one, "gz").exists());
    }

    #[test]
    fn two_files_of_one_name_are_refused() {
        let mut manifest = Manifest::default();
        manifest.insert("a.svg", "assets/a-1.svg").unwrap();
        let error = manifest.insert("a.svg", "assets/a-2.svg").unwrap_err().to_string();
        assert!(error.contains("a-1.svg") && error.contains("a-2.svg"), "{error}");
    }

    #[test]
    fn a_broken_manifest_names_its_file() {
        let site = tempfile::tempdir().unwrap();
        fs::write(site.path().join(FILE), "[").unwrap();
        assert!(Manifest::read(site.path()).unwrap_err().to_string().contains(FILE));
    }
}
