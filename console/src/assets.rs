//! The hashed files of the site folder, as URLs.

use std::{
    collections::BTreeMap,
    fs, io,
    path::{Path, PathBuf},
};

/// Where browsers find the console's files: absolute paths, `/assets/console-1f0c….js`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Assets {
    pub tenant: Script,
    pub studio: Script,
    pub operator: Script,
    pub traffic: Script,
    pub css: String,
    pub icon: String,
}

/// A wasm module and the JavaScript that loads it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Script {
    pub js: String,
    pub wasm: String,
}

/// Why a site folder cannot be served.
#[derive(Debug, thiserror::Error)]
pub enum AssetsError {
    #[error(
        "no console files in {folder}: build them with `make console`, or name their folder with --site-dir"
    )]
    Missing { folder: PathBuf, source: io::Error },
    #[error("{path} is not a manifest of console files")]
    Malformed { path: PathBuf, source: serde_json::Error },
    #[error("{path} does not name '{logical}': build the console files again with `make console`")]
    Incomplete { path: PathBuf, logical: &'static str },
}

impl Assets {
    /// Reads `manifest.json` of a site folder, which `bundle` writes.
    pub fn from_site(folder: &Path) -> Result<Self, AssetsError> {
        let path = folder.join("manifest.json");
        let json =
            fs::read(&path).map_err(|source| AssetsError::Missing { folder: folder.to_owned(), source })?;
        let files: BTreeMap<String, String> = serde_json::from_slice(&json)
            .map_err(|source| AssetsError::Malformed { path: path.clone(), source })?;
        let url = |logical: &'static str| match files.get(logical) {
            Some(file) => Ok(format!("/{file}")),
            None => Err(AssetsError::Incomplete { path: path.clone(), logical }),
        };
        Ok(Self {
            tenant: Script { js: url("tenant.js")?, wasm: url("tenant.wasm")? },
            studio: Script { js: url("studio.js")?, wasm: url("studio.wasm")? },
            operator: Script { js: url("operator.js")?, wasm: url("operator.wasm")? },
            traffic: Script { js: url("traffic.js")?, wasm: url("traffic.wasm")? },
            css: url("console.css")?,
            icon: url("favicon.svg")?,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn site(manifest: &str) -> tempfile::TempDir {
        let folder = tempfile::tempdir().unwrap();
        fs::write(folder.path().join("manifest.json"), manifest).unwrap();
        folder
    }

    #[test]
    fn urls_come_from_the_manifest() {
        let folder = site(
            r#"{"tenant.js":"assets/tenant-1.js","tenant.wasm":"assets/tenant-2.wasm",
                "studio.js":"assets/studio-1.js","studio.wasm":"assets/studio-2.wasm",
                "operator.js":"assets/operator-1.js","operator.wasm":"assets/operator-2.wasm",
                "traffic.js":"assets/traffic-1.js","traffic.wasm":"assets/traffic-2.wasm",
                "console.css":"assets/console-3.css","favicon.svg":"assets/favicon-4.svg"}"#,
        );
        let assets = Assets::from_site(folder.path()).unwrap();
        assert_eq!(assets.tenant.js, "/assets/tenant-1.js");
        assert_eq!(assets.operator.wasm, "/assets/operator-2.wasm");
        assert_eq!(assets.icon, "/assets/favicon-4.svg");
    }

    #[test]
    fn a_folder_without_console_files_says_how_to_build_them() {
        let folder = tempfile::tempdir().unwrap();
        let error = Assets::from_site(folder.path()).unwrap_err();
        assert!(matches!(error, AssetsError::Missing { .. }));
        assert!(error.to_string().contains("make console"));
    }

    #[test]
    fn a_missing_file_is_named() {
        let folder = site(r#"{"tenant.js":"assets/tenant-1.js"}"#);
        let error = Assets::from_site(folder.path()).unwrap_err();
        assert!(matches!(error, AssetsError::Incomplete { logical: "tenant.wasm", .. }), "{error}");
    }
}
