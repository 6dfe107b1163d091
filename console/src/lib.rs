//! The console: pages rendered on the server and taken over by the same code as wasm in the browser.
//!
//! The crate is compiled twice. With `ssr` it is a library of the server, which mounts [`router`]; with `hydrate` it is
//! the module that browsers load, entered at `hydrate`. Both render [`App`], and must render the same, or hydration
//! fails: what is rendered depends on the URL and on resources that the server has resolved, never on the clock or
//! the browser alone.
//!
//! How data flows: a page's resource calls a server function (`api/`), which sends one or more requests into the
//! assembled `/api` router, in process, with the browser's own cookie and origin. The console has no SQL and no rights:
//! what a page may show or change is decided there. A page is rendered whole before it is sent, so it reads without
//! a script; forms are `ActionForm`s on POST-only server functions, so they work without one too.
//!
//! ```text
//! app.rs        the root of all pages       forms/       what forms share: field errors, dialogs, notices
//! router.rs     what is mounted where      contexts/    who is signed in, whose pages these are
//! api/<room>    server functions           pages/<area> pages, a file each
//! ```
//!
//! The browser's side is four wasm modules (features `tenant`, `studio`, `operator` and `traffic`), so that who reads one
//! page does not load all. A link from one module's page to another's loads the page anew ([`module`]).
//!
//! Invariants
//! - A server function answers the browser's script with 200 and an [`api::Answer`], so that an expected refusal is no
//!   failed request in its console; a plain form is redirected with the problem in its address.
//! - A secret is shown once: in the answer to the script, or by a cookie that the next page takes and removes.
//! - Tenant pages live under `/t/{slug}`, and are not found for anybody but that tenant's people.

mod app;
#[cfg(feature = "ssr")]
mod assets;
mod contexts;
mod forms;
mod module;
mod pages;
#[cfg(feature = "ssr")]
mod router;
#[cfg(feature = "ssr")]
mod shell;

pub mod api;

pub use app::App;
#[cfg(feature = "ssr")]
pub use assets::{Assets, AssetsError};
#[cfg(feature = "ssr")]
pub use router::{ConsoleParts, router};
#[cfg(feature = "ssr")]
pub use shell::{content_security_policy, shell};

/// Takes over the page that the server rendered.
#[cfg(feature = "hydrate")]
#[wasm_bindgen::prelude::wasm_bindgen]
pub fn hydrate() {
    console_error_panic_hook::set_once();
    leptos::mount::hydrate_body(App);
}
