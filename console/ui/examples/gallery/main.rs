//! Renders every component, and whole mock pages made of them, to static HTML with the style inlined:
//! `cargo run -p ui --example gallery --features ssr -- FOLDER`. Open the files to judge the looks; copy
//! the pages' composition.

mod components;
mod fields;
mod frame;
mod keys;
mod onboard;
mod overview;
mod sample;
mod sign_in;

use std::{env, fs, path::Path};

use leptos::prelude::*;

type Page = fn() -> AnyView;

fn main() -> std::io::Result<()> {
    let folder = env::args().nth(1).unwrap_or_else(|| "target/gallery".to_owned());
    let folder = Path::new(&folder);
    fs::create_dir_all(folder)?;
    let style = style()?;
    let pages: [(&str, &str, Page); 5] = [
        ("gallery", "Components", components::page),
        ("overview", "Overview", overview::page),
        ("keys", "API keys", keys::page),
        ("onboard", "Onboard a tenant", onboard::page),
        ("sign_in", "Sign in", sign_in::page),
    ];
    for (file, title, page) in pages {
        let body = Owner::new().with(|| page().to_html());
        let html = format!(
            r#"<!doctype html><html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1"><title>{title} · Switchyard</title><style>{style}</style></head><body>{body}</body></html>"#
        );
        fs::write(folder.join(file).with_extension("html"), html)?;
    }
    println!("{}", folder.display());
    Ok(())
}

/// The style sheets in the order in which the build joins them.
fn style() -> std::io::Result<String> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../style");
    let mut parts = Vec::new();
    for entry in fs::read_dir(folder.join("components"))? {
        parts.push(entry?.path());
    }
    parts.sort();
    let sheets = [folder.join("tokens.css"), folder.join("base.css")].into_iter().chain(parts);
    sheets.map(fs::read_to_string).collect()
}
