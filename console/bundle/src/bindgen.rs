//! wasm-bindgen over the compiled console, and wasm-opt over its output.

use crate::externrefs::mend_export;
use anyhow::{Context as _, Result, ensure};
use std::{fs, io::ErrorKind, path::Path, process::Command};
use wasm_bindgen_cli_support::Bindgen;

/// The module that a browser loads, and the JavaScript that loads it.
pub struct Glue {
    pub js: String,
    pub wasm: Vec<u8>,
}

/// How wasm-opt works: what compresses best (`-Oz` is smaller raw and larger by brotli), the stack being at the bottom of
/// the memory, where nothing else is; and the features that rustc's output may use, for it assumes none.
const WASM_OPT: [&str; 7] = [
    "-Os",
    "--low-memory-unused",
    "--enable-bulk-memory",
    "--enable-nontrapping-float-to-int",
    "--enable-reference-types",
    "--enable-sign-ext",
    "--enable-mutable-globals",
];

pub fn generate(wasm: &Path, optimise: bool) -> Result<Glue> {
    let mut output = Bindgen::new()
        .input_path(wasm)
        .web(true)?
        .typescript(false)
        // The page says where the module lies, since its name is a hash.
        .omit_default_module_path(true)
        .remove_producers_section(optimise)
        .generate_output()
        .context("wasm-bindgen")?;
    ensure!(
        output.snippets().values().all(Vec::is_empty)
            && output.local_modules().is_empty()
            && output.npm_dependencies().is_empty(),
        "the console is Rust alone: JavaScript snippets are not bundled"
    );
    let js = output.js().to_owned();
    let wasm = output.wasm_mut().emit_wasm();
    Ok(Glue { js, wasm: if optimise { shrink(&wasm)? } else { wasm } })
}

fn shrink(wasm: &[u8]) -> Result<Vec<u8>> {
    let folder = Scratch::new()?;
    let (from, to) = (folder.0.join("in.wasm"), folder.0.join("out.wasm"));
    fs::write(&from, wasm).context("writing for wasm-opt")?;
    let output = Command::new("wasm-opt").args(WASM_OPT).arg(&from).arg("-o").arg(&to).output();
    let output = match output {
        Err(error) if error.kind() == ErrorKind::NotFound => {
            return Err(error).context("wasm-opt is not installed (package binaryen)");
        }
        other => other.context("running wasm-opt")?,
    };
    ensure!(output.status.success(), "wasm-opt failed: {}", String::from_utf8_lossy(&output.stderr));
    let mut wasm = fs::read(&to).context("reading from wasm-opt")?;
    mend_export(&mut wasm)?;
    Ok(wasm)
}

/// A folder of our own under the system's temporary one, gone when dropped.
struct Scratch(std::path::PathBuf);

impl Scratch {
    fn new() -> Result<Self> {
        let path = std::env::temp_dir().join(format!("switchyard-bundle-{}", std::process::id()));
        fs::create_dir(&path).with_context(|| format!("creating {}", path.display()))?;
        Ok(Self(path))
    }
}

impl Drop for Scratch {
    fn drop(&mut self) {
        // A folder left behind does no harm.
        let _ = fs::remove_dir_all(&self.0);
    }
}
