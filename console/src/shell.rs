//! The HTML document around the application.

use crate::{App, Assets, assets::Script, contexts::theme, module::Module};
use leptos::prelude::*;
use leptos_meta::MetaTags;

/// The whole document of a page that `module` takes over. Called by the server within a request's context, which holds the nonce.
pub fn shell(assets: Assets, module: Module) -> impl IntoView {
    let nonce = use_nonce();
    let Assets { tenant, studio, operator, traffic, css, icon } = assets;
    let script = match module {
        Module::Tenant => tenant,
        Module::Studio => studio,
        Module::Operator => operator,
        Module::Traffic => traffic,
    };
    let start = start(&script);
    let Script { js, wasm } = script;
    view! {
        <!DOCTYPE html>
        <html lang="en" data-theme=theme().attribute()>
            <head>
                <meta charset="utf-8" />
                <meta name="viewport" content="width=device-width, initial-scale=1" />
                <meta name="color-scheme" content="light dark" />
                <link rel="icon" r#type="image/svg+xml" href=icon />
                <link rel="stylesheet" href=css />
                <link rel="modulepreload" href=js />
                <link rel="preload" href=wasm r#as="fetch" r#type="application/wasm" crossorigin="anonymous" />
                <MetaTags />
                <script type="module" nonce=nonce inner_html=start></script>
            </head>
            <body>
                <App />
            </body>
        </html>
    }
}

/// Loads the wasm and takes the page over; then marks the document, for tests and styles to see.
fn start(script: &Script) -> String {
    let Script { js, wasm } = script;
    format!(
        "import init, {{ hydrate }} from {js:?};\
         await init({{ module_or_path: {wasm:?} }});\
         hydrate();\
         document.documentElement.dataset.hydrated = \"\";"
    )
}

/// The `Content-Security-Policy` of a rendered page: own files only, and the inline scripts with this nonce.
///
/// `wasm-unsafe-eval` is what browsers ask for to compile wasm. Inline styles are not allowed.
pub fn content_security_policy(nonce: &str) -> String {
    format!(
        "default-src 'none'; script-src 'self' 'nonce-{nonce}' 'wasm-unsafe-eval'; style-src 'self'; \
         img-src 'self' data:; font-src 'self'; connect-src 'self'; form-action 'self'; base-uri 'none'; \
         frame-ancestors 'none'"
    )
}
