//! What the console mounts: pages, server functions, hashed files, the export of usage and the upload of files.
//!
//! ```text
//! /_fn/*                      server functions, POST only
//! /assets/*                   hashed files, kept by browsers for a year
//! /t/{tenant}/usage.csv       the API's export, under the page's own filters
//! /t/{tenant}/files/upload    a file from a form, handed to the API
//! /operator/models/{model}/tokenizer    the same, for a model's tokenizer
//! /*                          pages
//! ```

use std::path::PathBuf;

use axum::{
    Extension, Router,
    body::Body,
    extract::DefaultBodyLimit,
    http::{HeaderValue, Request, Response, header, request::Parts},
    response::IntoResponse as _,
    routing::{get, post},
};
use leptos::{nonce::use_nonce, prelude::*};
use leptos_axum::ResponseOptions;
use shared::Clock;
use tower_http::{services::ServeDir, set_header::SetResponseHeaderLayer};

use crate::{
    Assets,
    api::{
        batches::upload,
        billing::export,
        call::{self, Api},
        flash,
        identity::Standing,
        tokenizers,
    },
    content_security_policy,
    contexts::Known,
    module::Module,
    shell,
};

/// What the console is made from.
#[derive(Clone)]
pub struct ConsoleParts {
    pub assets: Assets,
    /// The folder that holds `assets/`.
    pub site_dir: PathBuf,
    /// The assembled `/api`, with its layers.
    pub api: Router,
    /// Where browsers reach this deployment.
    pub public_url: url::Url,
}

/// Whether browsers reach the console by https.
#[derive(Clone, Copy)]
pub(crate) struct Secure(pub bool);

/// Where browsers reach this deployment: `https://console.example`.
#[derive(Clone)]
pub(crate) struct Origin(pub String);

/// The console as a router of its own, its pages as the fallback.
pub fn router(parts: ConsoleParts) -> Router {
    let ConsoleParts { assets, site_dir, api, public_url } = parts;
    // Rendering spawns on it; only the first call of a process counts.
    let _ = any_spawner::Executor::init_tokio();
    let secure = Secure(public_url.scheme() == "https");
    let origin = Origin(public_url.origin().ascii_serialization());
    let api = Api { router: api, clock: Clock::system() };
    let context = {
        let api = api.clone();
        move || {
            provide_context(api.clone());
            provide_context(secure);
            provide_context(origin.clone());
            private();
        }
    };
    let functions = {
        let context = context.clone();
        post(move |request: Request<Body>| {
            let context = context.clone();
            async move { leptos_axum::handle_server_fns_with_context(context, request).await.into_response() }
        })
    };
    let pages = {
        let api = api.clone();
        get(move |request: Request<Body>| page(api.clone(), context.clone(), assets.clone(), request))
    };
    let files = ServeDir::new(site_dir.join("assets")).precompressed_br().precompressed_gzip();
    let files = Router::new()
        .fallback_service(files)
        .layer(SetResponseHeaderLayer::overriding(header::CACHE_CONTROL, kept));
    Router::new()
        .route("/_fn/{*name}", functions)
        .nest("/assets", files)
        .route("/t/{tenant}/usage.csv", get(export::download).layer(Extension(api.clone())))
        .route("/operator/models/{model}/tokenizer", post(tokenizers::upload).layer(Extension(api.clone())))
        // Its size is the API's to limit.
        .route(
            "/t/{tenant}/files/upload",
            post(upload::upload).layer((Extension(api), DefaultBodyLimit::disable())),
        )
        .fallback_service(pages)
}

/// Renders a page, whole, for who is found to be signed in.
async fn page(
    api: Api,
    context: impl Fn() + Clone + Send + Sync + 'static,
    assets: Assets,
    request: Request<Body>,
) -> Response<Body> {
    let (mut parts, body) = request.into_parts();
    // Pages are HTML whatever was asked for; redirects depend on it.
    parts.headers.insert(header::ACCEPT, HeaderValue::from_static("text/html"));
    let me = call::me(api, &parts).await;
    let module = Module::of(parts.uri.path());
    let render = leptos_axum::render_app_async_with_context(
        move || {
            context();
            let known = me.clone().map(|me| Standing { me, flash: flash::take() });
            provide_context(Known(known));
            allow_nonce();
        },
        move || shell(assets.clone(), module),
    );
    render(Request::from_parts(parts, body)).await
}

/// Hashed files never change; that one is not there may.
fn kept<B>(response: &Response<B>) -> Option<HeaderValue> {
    let year = HeaderValue::from_static("public, max-age=31536000, immutable");
    response.status().is_success().then_some(year)
}

/// Pages and answers are one person's.
fn private() {
    let options = expect_context::<ResponseOptions>();
    options.insert_header(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    options.insert_header(header::VARY, HeaderValue::from_static("cookie, accept"));
}

/// Puts the page's nonce into its policy.
fn allow_nonce() {
    if let Some(Ok(policy)) = use_nonce().map(|nonce| content_security_policy(&nonce).parse()) {
        expect_context::<ResponseOptions>().insert_header(header::CONTENT_SECURITY_POLICY, policy);
    }
}

/// A cookie of the request.
pub(crate) fn cookie<'a>(parts: &'a Parts, name: &str) -> Option<&'a str> {
    parts
        .headers
        .get_all(header::COOKIE)
        .iter()
        .filter_map(|value| value.to_str().ok())
        .flat_map(|line| line.split(';'))
        .filter_map(|pair| pair.trim().split_once('='))
        .find_map(|(key, value)| (key == name).then_some(value))
}
