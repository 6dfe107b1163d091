//! The theme that was chosen, the same on the server and in the browser.

use ui::Theme;

/// From the cookie on the server, from the root element that it was written to in the browser.
#[cfg(feature = "ssr")]
pub fn theme() -> Theme {
    leptos::prelude::use_context::<axum::http::request::Parts>()
        .and_then(|parts| crate::router::cookie(&parts, ui::THEME_COOKIE).map(Theme::from_cookie))
        .unwrap_or_default()
}

/// From the cookie on the server, from the root element that it was written to in the browser.
#[cfg(not(feature = "ssr"))]
pub fn theme() -> Theme {
    leptos::prelude::document()
        .document_element()
        .and_then(|root| root.get_attribute("data-theme"))
        .map(|value| Theme::from_cookie(&value))
        .unwrap_or_default()
}
