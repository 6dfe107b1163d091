//! The application: the routes of the areas that it is built with, and the title that each page completes.

use leptos::prelude::*;
use leptos_meta::{Title, provide_meta_context};
use leptos_router::components::{Router, Routes};
use ui::{ToastRegion, provide_toasts};

use crate::contexts::Elsewhere;
#[cfg(any(feature = "operator", feature = "traffic"))]
use crate::pages::operator::OperatorRoutes;
#[cfg(any(feature = "tenant", feature = "studio", feature = "traffic"))]
use crate::pages::tenant::TenantRoutes;

/// The root of every page, in the server's rendering and in the browser.
#[component]
pub fn App() -> impl IntoView {
    provide_meta_context();
    provide_toasts();
    view! {
        <Title formatter=|title: String| format!("{title} · Switchyard")/>
        <Router>
            {routes()}
        </Router>
        <ToastRegion/>
    }
}

#[cfg(any(feature = "traffic", all(any(feature = "tenant", feature = "studio"), feature = "operator")))]
fn routes() -> AnyView {
    view! {
        <Routes fallback=Elsewhere>
            <TenantRoutes/>
            <OperatorRoutes/>
        </Routes>
    }
    .into_any()
}

#[cfg(all(any(feature = "tenant", feature = "studio"), not(any(feature = "operator", feature = "traffic"))))]
fn routes() -> AnyView {
    view! {
        <Routes fallback=Elsewhere>
            <TenantRoutes/>
        </Routes>
    }
    .into_any()
}

#[cfg(all(feature = "operator", not(any(feature = "tenant", feature = "studio", feature = "traffic"))))]
fn routes() -> AnyView {
    view! {
        <Routes fallback=Elsewhere>
            <OperatorRoutes/>
        </Routes>
    }
    .into_any()
}

#[cfg(not(any(feature = "tenant", feature = "studio", feature = "operator", feature = "traffic")))]
compile_error!(
    "the console has no pages: give it the feature `ssr`, or `hydrate` with `tenant`, `studio`, `operator` or `traffic`"
);
