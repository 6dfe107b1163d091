//! What a page says once, at its top, after something was done.
//!
//! With a script the page itself shows it. Without one it travels to the next page in a cookie that only the server
//! reads, for a minute at most, and that the next page removes.

use serde::{Deserialize, Serialize};

/// A message after an action.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Flash {
    pub text: String,
    /// What it is (`API key`), and the secret itself: shown this once.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub secret: Option<(String, String)>,
}

impl Flash {
    pub fn new(text: impl Into<String>) -> Self {
        Self { text: text.into(), secret: None }
    }

    pub fn with_secret(mut self, label: impl Into<String>, secret: Option<String>) -> Self {
        self.secret = secret.map(|secret| (label.into(), secret));
        self
    }
}

#[cfg(feature = "ssr")]
mod cookie {
    use std::fmt::Write as _;

    use axum::http::{HeaderValue, header, request::Parts};
    use leptos::prelude::use_context;
    use leptos_axum::ResponseOptions;

    use super::Flash;
    use crate::router::Secure;

    const NAME: &str = "switchyard_flash";

    fn set(value: &str, seconds: u32) {
        let Some(options) = use_context::<ResponseOptions>() else { return };
        let secure = if use_context::<Secure>().is_some_and(|Secure(on)| on) { "; Secure" } else { "" };
        let cookie = format!("{NAME}={value}; Path=/; Max-Age={seconds}; HttpOnly; SameSite=Lax{secure}");
        if let Ok(cookie) = HeaderValue::from_str(&cookie) {
            options.append_header(header::SET_COOKIE, cookie);
        }
    }

    /// Leaves a message for the next page, where the request is a plain form's.
    pub(crate) fn leave(flash: &Flash) {
        if super::super::call::is_plain() {
            let json = serde_json::to_vec(flash).unwrap_or_default();
            let mut value = String::with_capacity(json.len() * 2);
            for byte in json {
                // Writing to a String cannot fail.
                let _ = write!(value, "{byte:02x}");
            }
            set(&value, 60);
        }
    }

    /// The message that was left, removed.
    pub(crate) fn take() -> Option<Flash> {
        let parts = use_context::<Parts>()?;
        let value = crate::router::cookie(&parts, NAME)?;
        set("", 0);
        let digits = |at: usize| u8::from_str_radix(value.get(at..at + 2)?, 16).ok();
        let json: Option<Vec<u8>> = (0..value.len()).step_by(2).map(digits).collect();
        serde_json::from_slice(&json?).ok()
    }
}

#[cfg(feature = "ssr")]
pub(crate) use cookie::{leave, take};
