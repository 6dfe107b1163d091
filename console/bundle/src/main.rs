//! Turns the console's compiled wasm and the style sheets into the folder of files that the server gives to
//! browsers.
//!
//! ```text
//! SITE/manifest.json                 logical name -> file, e.g. "tenant.js": "assets/tenant-1f0c….js"
//! SITE/assets/<module>-<hash>.js     with .br and .gz beside it where they are smaller
//! SITE/assets/<module>-<hash>.wasm
//! SITE/assets/console-<hash>.css
//! SITE/assets/<public>-<hash>.<ext>  each file of the public folder
//! ```
//!
//! A file's name carries a hash of its content, so it may be cached for ever; the manifest is the one file that
//! changes in place, and is written last. Files of the manifest before stay, so a running server keeps serving.
//! Nothing is done when no input changed since the last run.

mod asset;
mod bindgen;
mod externrefs;
mod inputs;
mod manifest;
mod public;
mod report;
mod style;

use anyhow::{Context as _, Result, ensure};
use asset::{Asset, Effort};
use clap::Parser;
use inputs::Inputs;
use manifest::Manifest;
use std::path::PathBuf;

/// Bundles the console for browsers.
#[derive(Parser)]
struct Arguments {
    /// A compiled module of the console, and its name: `tenant=target/…/tenant.wasm`. May be given more than once.
    #[arg(long = "module", value_name = "NAME=WASM", value_parser = module, required = true)]
    modules: Vec<(String, PathBuf)>,
    /// The style folder: `tokens.css`, `base.css`, `components/*.css`.
    #[arg(long)]
    style: PathBuf,
    /// A folder of files to serve as they are (icons).
    #[arg(long)]
    public: Option<PathBuf>,
    /// Where the site is written.
    #[arg(long)]
    site: PathBuf,
    /// Run wasm-opt and compress as well as can be: smaller, slower.
    #[arg(long)]
    optimise: bool,
    /// Fail when a module's wasm, brotli-compressed, is larger than this many kilobytes (of 1000 bytes).
    #[arg(long)]
    wasm_budget_kb: Option<usize>,
}

fn main() -> Result<()> {
    let arguments = Arguments::parse();
    let mut inputs = Inputs::default();
    inputs.text("optimise", if arguments.optimise { "yes" } else { "no" });
    for (name, wasm) in &arguments.modules {
        inputs.file(name, wasm)?;
    }
    let sheets = style::sheets(&arguments.style)?;
    for sheet in &sheets {
        inputs.file("style", sheet)?;
    }
    let public = public::files(arguments.public.as_deref())?;
    for file in &public {
        inputs.file("public", file)?;
    }
    if inputs.match_last_run(&arguments.site) {
        println!("console bundle: up to date in {}", arguments.site.display());
        return Ok(());
    }

    let effort = if arguments.optimise { Effort::Best } else { Effort::Quick };
    let mut assets = Vec::new();
    for (name, wasm) in &arguments.modules {
        let glue = bindgen::generate(wasm, arguments.optimise)?;
        assets.push(Asset::new(format!("{name}.js"), glue.js.into_bytes()));
        assets.push(Asset::new(format!("{name}.wasm"), glue.wasm));
    }
    assets.push(Asset::new("console.css", style::combine(&sheets)?.into_bytes()));
    for file in &public {
        assets.push(public::asset(file)?);
    }

    let before = Manifest::read(&arguments.site)?;
    let mut manifest = Manifest::default();
    let mut report = report::Report::default();
    for asset in &assets {
        let written = asset.write(&arguments.site, effort)?;
        report.row(&asset.logical, &written);
        manifest.insert(&asset.logical, &written.file)?;
    }
    manifest.write(&arguments.site)?;
    manifest::prune(&arguments.site, &[&manifest, &before])?;
    println!("{report}");
    for (name, _) in &arguments.modules {
        check_budget(&report, &format!("{name}.wasm"), arguments.wasm_budget_kb)?;
    }
    inputs.record(&arguments.site).context("the record of this run's inputs")
}

fn module(text: &str) -> Result<(String, PathBuf)> {
    let (name, wasm) = text.split_once('=').context("expected NAME=WASM")?;
    Ok((name.to_owned(), PathBuf::from(wasm)))
}

fn check_budget(report: &report::Report, logical: &str, budget_kb: Option<usize>) -> Result<()> {
    let Some(budget) = budget_kb.map(|kb| kb * 1000) else { return Ok(()) };
    let size = report.brotli_size(logical).context("no wasm was bundled")?;
    ensure!(size <= budget, "{logical} is {size} bytes after brotli; the budget is {budget}");
    Ok(())
}
