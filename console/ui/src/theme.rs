//! Light, dark, or as the system says.

use leptos::prelude::*;

use crate::{
    dom,
    icon::{Icon, IconView},
};

/// The cookie that remembers the choice; the server reads it and sets `data-theme` on the root element.
pub const THEME_COOKIE: &str = "theme";

/// The user's choice.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Theme {
    #[default]
    System,
    Light,
    Dark,
}

impl Theme {
    /// From the cookie's value; anything unknown is the system's choice.
    pub fn from_cookie(value: &str) -> Self {
        match value {
            "light" => Self::Light,
            "dark" => Self::Dark,
            _ => Self::System,
        }
    }

    /// For `<html data-theme=…>`: none follows the system.
    pub fn attribute(self) -> Option<&'static str> {
        match self {
            Self::System => None,
            Self::Light => Some("light"),
            Self::Dark => Some("dark"),
        }
    }
}

/// Three radio buttons. CSS answers to the checked one at once, so they work on the page without a
/// script; hydrated, the choice is also remembered.
#[component]
pub fn ThemeToggle(#[prop(optional)] theme: Theme) -> impl IntoView {
    let choices = [
        (Theme::System, "system", "System", Icon::Monitor),
        (Theme::Light, "light", "Light", Icon::Sun),
        (Theme::Dark, "dark", "Dark", Icon::Moon),
    ];
    view! {
        <fieldset class="theme-toggle">
            <legend class="visually-hidden">"Theme"</legend>
            {choices
                .into_iter()
                .map(|(choice, value, label, icon)| {
                    view! {
                        <label title=label>
                            <input
                                type="radio"
                                name="theme"
                                value=value
                                autocomplete="off"
                                checked=choice == theme
                                on:change=move |_| {
                                    dom::set_root_attribute("data-theme", choice.attribute());
                                    dom::set_cookie(THEME_COOKIE, value);
                                }
                            />
                            <IconView icon/>
                            <span class="visually-hidden">{label}</span>
                        </label>
                    }
                })
                .collect_view()}
        </fieldset>
    }
    .into_any()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_unknown_cookie_follows_the_system() {
        assert_eq!(Theme::from_cookie("dark").attribute(), Some("dark"));
        assert_eq!(Theme::from_cookie("light").attribute(), Some("light"));
        assert_eq!(Theme::from_cookie("<b>").attribute(), None);
    }
}
