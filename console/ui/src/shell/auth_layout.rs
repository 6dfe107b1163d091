//! The frame of pages without a session: sign in, accept an invitation, reset a password.

use leptos::prelude::*;

use super::app_shell::Brand;
use crate::{
    logo::Logo,
    theme::{Theme, ThemeToggle},
};

/// Tracks that part and join: the backdrop, decoration only.
const TRACKS: &str = r#"<g fill="none"><path d="M-40 640H420C640 640 600 420 820 420H1500"/><path d="M-40 680H1500"/><path d="M420 680C640 680 620 560 820 560H1500"/><path d="M-40 600H300C520 600 480 260 760 260H1500"/><path d="M-40 560H180C420 560 420 120 700 120H1500"/><path d="M820 420C980 420 960 340 1120 340H1500"/></g><circle cx="300" cy="600" r="6"/><circle cx="820" cy="420" r="6"/>"#;

/// A centred card with the brand above it.
#[component]
pub fn AuthLayout(
    #[prop(optional)] brand: Brand,
    #[prop(into)] title: String,
    #[prop(optional, into)] description: String,
    #[prop(optional)] theme: Theme,
    /// Below the card: "No account yet?".
    #[prop(optional, into)]
    footer: ViewFn,
    children: Children,
) -> impl IntoView {
    view! {
        <div class="auth">
            <svg
                class="auth-tracks"
                viewBox="0 0 1440 800"
                preserveAspectRatio="xMidYMid slice"
                aria-hidden="true"
                inner_html=TRACKS
            ></svg>
            <main id="main" class="auth-main">
                <Logo name=brand.name image=brand.image/>
                <div class="auth-card">
                    <h1 class="auth-title">{title}</h1>
                    {(!description.is_empty()).then(|| view! { <p class="auth-description">{description}</p> })}
                    {children()}
                </div>
                <div class="auth-footer">{footer.run()}</div>
            </main>
            <footer class="auth-theme">
                <ThemeToggle theme/>
            </footer>
        </div>
    }
    .into_any()
}
