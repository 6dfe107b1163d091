//! One style sheet out of the style folder: tokens, base, then the components in the order of their names.

use anyhow::{Context as _, Result, anyhow, ensure};
use lightningcss::{
    printer::PrinterOptions,
    rules::CssRule,
    stylesheet::{MinifyOptions, ParserOptions, StyleSheet},
};
use std::{
    fs,
    path::{Path, PathBuf},
};

/// The sheets of a style folder, in the order in which they apply. Tokens and base must be there.
pub fn sheets(folder: &Path) -> Result<Vec<PathBuf>> {
    let mut sheets = Vec::new();
    for name in ["tokens.css", "base.css"] {
        let path = folder.join(name);
        ensure!(path.is_file(), "{} is missing", path.display());
        sheets.push(path);
    }
    let components = folder.join("components");
    let mut parts = Vec::new();
    if components.is_dir() {
        for entry in fs::read_dir(&components).with_context(|| format!("reading {}", components.display()))? {
            let path = entry?.path();
            if path.extension().is_some_and(|extension| extension == "css") {
                parts.push(path);
            }
        }
    }
    parts.sort();
    sheets.extend(parts);
    Ok(sheets)
}

/// All sheets as one, minified. A mistake in a sheet is an error with its file, line and column.
pub fn combine(sheets: &[PathBuf]) -> Result<String> {
    let mut combined = String::new();
    for sheet in sheets {
        let source = fs::read_to_string(sheet).with_context(|| format!("reading {}", sheet.display()))?;
        combined.push_str(&minified(&source, &sheet.display().to_string())?);
        combined.push('\n');
    }
    // Once more as a whole, so that rules merge across files.
    minified(&combined, "the combined style sheet")
}

fn minified(source: &str, name: &str) -> Result<String> {
    let options = ParserOptions { filename: name.to_owned(), ..Default::default() };
    let mut sheet = StyleSheet::parse(source, options).map_err(|error| anyhow!("{error}"))?;
    ensure!(
        !sheet.rules.0.iter().any(|rule| matches!(rule, CssRule::Import(_))),
        "{name}: @import is not followed; put the sheet under components/"
    );
    sheet.minify(MinifyOptions::default()).map_err(|error| anyhow!("{error}"))?;
    let printed = sheet.to_css(PrinterOptions { minify: true, ..Default::default() });
    printed.map(|css| css.code).map_err(|error| anyhow!("{error}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn folder(files: &[(&str, &str)]) -> tempfile::TempDir {
        let folder = tempfile::tempdir().unwrap();
        fs::create_dir(folder.path().join("components")).unwrap();
        for (name, css) in files {
            fs::write(folder.path().join(name), css).unwrap();
        }
        folder
    }

    #[test]
    fn sheets_apply_as_tokens_base_then_components_by_name() {
        let folder = folder(&[
            ("components/table.css", ".table { color: var(--ink) }"),
            ("components/button.css", ".button { color: blue }"),
            ("components/notes.md", "not a sheet"),
            ("base.css", "body { margin: 0px }"),
            ("tokens.css", ":root { --ink: #111 }"),
        ]);
        let css = combine(&sheets(folder.path()).unwrap()).unwrap();
        assert_eq!(css, ":root{--ink:#111}body{margin:0}.button{color:#00f}.table{color:var(--ink)}");
    }

    #[test]
    fn a_mistake_names_its_file_and_place() {
        let folder = folder(&[("tokens.css", ""), ("base.css", "a { color: red }\nb { ! }")]);
        let error = combine(&sheets(folder.path()).unwrap()).unwrap_err().to_string();
        assert!(error.contains("base.css:1:"), "{error}");
    }

    #[test]
    fn an_import_is_refused() {
        let folder = folder(&[("tokens.css", "@import 'other.css';"), ("base.css", "")]);
        let error = combine(&sheets(folder.path()).unwrap()).unwrap_err().to_string();
        assert!(error.contains("tokens.css") && error.contains("@import"), "{error}");
    }

    #[test]
    fn a_missing_base_is_named() {
        let folder = folder(&[("tokens.css", "")]);
        assert!(sheets(folder.path()).unwrap_err().to_string().contains("base.css"));
    }
}
