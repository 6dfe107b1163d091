//! Serves the console alone, without a platform behind it: `serve SITE_FOLDER [ADDRESS]`.
//!
//! Prints the address it listens on. Nobody is signed in, so every page leads to a sign-in.

use anyhow::{Context as _, Result};
use axum::{
    Json, Router,
    http::{StatusCode, header},
    response::IntoResponse,
};
use console::{Assets, ConsoleParts, api::ApiProblem};
use std::path::PathBuf;

#[tokio::main]
async fn main() -> Result<()> {
    let mut arguments = std::env::args().skip(1);
    let site_dir = PathBuf::from(arguments.next().context("usage: serve SITE_FOLDER [ADDRESS]")?);
    let address = arguments.next().unwrap_or_else(|| "127.0.0.1:0".to_owned());

    let listener = tokio::net::TcpListener::bind(&address).await?;
    let public_url = url::Url::parse(&format!("http://{}", listener.local_addr()?))?;
    println!("{public_url}");
    let assets = Assets::from_site(&site_dir)?;
    let api = Router::new().fallback(nobody);
    let router = console::router(ConsoleParts { assets, site_dir, api, public_url });
    axum::serve(listener, router).await.context("serving")
}

/// The API's answer to whoever is not signed in.
async fn nobody() -> impl IntoResponse {
    let problem = ApiProblem::new(401, "unauthenticated", "There is no platform behind this console.");
    let kind = [(header::CONTENT_TYPE, "application/problem+json")];
    (StatusCode::UNAUTHORIZED, kind, Json(problem))
}
