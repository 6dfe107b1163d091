//! Files served as they are, icons for one: flat, one logical name each.

use crate::asset::Asset;
use anyhow::{Context as _, Result};
use std::{
    fs,
    path::{Path, PathBuf},
};

/// The files directly in `folder`, by name.
pub fn files(folder: Option<&Path>) -> Result<Vec<PathBuf>> {
    let Some(folder) = folder else { return Ok(Vec::new()) };
    let mut files = Vec::new();
    for entry in fs::read_dir(folder).with_context(|| format!("reading {}", folder.display()))? {
        let path = entry?.path();
        if path.is_file() {
            files.push(path);
        }
    }
    files.sort();
    Ok(files)
}

pub fn asset(path: &Path) -> Result<Asset> {
    let name = path.file_name().and_then(|name| name.to_str());
    let name = name.with_context(|| format!("{} has no readable name", path.display()))?;
    Ok(Asset::new(name, fs::read(path).with_context(|| format!("reading {}", path.display()))?))
}
