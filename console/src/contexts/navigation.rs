//! Where a person is sent, and what stands there when a page cannot be shown.

use leptos::prelude::*;
use leptos_meta::Title;
use leptos_router::{components::Redirect, hooks::use_location};
use ui::*;

use crate::{api::ApiProblem, module::Module};

/// The sign-in page that fits a page, leading back to it.
pub fn sign_in_href(path: &str, search: &str) -> String {
    let page = if path == "/operator" || path.starts_with("/operator/") {
        "/operator/sign-in".to_owned()
    } else {
        match path.strip_prefix("/t/").and_then(|rest| rest.split('/').next()) {
            Some(slug) if !slug.is_empty() => format!("/t/{slug}/sign-in"),
            _ => "/sign-in".to_owned(),
        }
    };
    let next = with_search(path, search);
    let next = if path == "/" { "" } else { next.as_str() };
    query_href(&page, [("next", next)])
}

/// The place to go on to after signing in: only ours.
#[cfg(feature = "ssr")]
pub fn within(next: &str) -> Option<&str> {
    let ours = next.starts_with('/') && !next[1..].starts_with(['/', '\\']);
    (ours && !next.contains(char::is_control)).then_some(next)
}

/// Sets the status of the page that the server is rendering.
pub fn answer_with(status: u16) {
    #[cfg(feature = "ssr")]
    if let (Some(options), Ok(status)) =
        (use_context::<leptos_axum::ResponseOptions>(), axum::http::StatusCode::from_u16(status))
    {
        options.set_status(status);
    }
    #[cfg(not(feature = "ssr"))]
    let _ = status;
}

/// Nothing there. The same for what is somebody else's.
#[component]
pub fn NotFound() -> impl IntoView {
    answer_with(404);
    view! {
        <Title text="Not found"/>
        <AuthLayout title="Page not found" theme=super::theme()>
            <p>"There is nothing at this address, or it is not yours to see."</p>
            <LinkButton href="/" kind=ButtonKind::Primary wide=true>
                "Go to your console"
            </LinkButton>
        </AuthLayout>
    }
}

/// What stands at an address that none of this module's pages has: the other module's page, or nothing.
#[component]
pub fn Elsewhere() -> impl IntoView {
    let location = use_location();
    let path = location.pathname.get_untracked();
    if !Module::of(&path).is_here() {
        // Reached by a link within the page; loaded anew, the address brings its own module.
        let search = location.search.get_untracked();
        let href = with_search(&path, search.trim_start_matches('?'));
        request_animation_frame(move || {
            let _ = window().location().set_href(&href);
        });
        return ().into_any();
    }
    view! { <NotFound/> }.into_any()
}

fn with_search(path: &str, search: &str) -> String {
    if search.is_empty() { path.to_owned() } else { format!("{path}?{search}") }
}

/// Nothing there, within the frame of an area. `home` leads back.
#[component]
pub fn NothingHere(#[prop(into)] home: String) -> impl IntoView {
    answer_with(404);
    view! {
        <Title text="Not found"/>
        <PageHeader title="Page not found"/>
        <Card>
            <EmptyState
                icon=Icon::Search
                title="Nothing at this address"
                description="It may have been removed, or the address was not copied whole."
            >
                <LinkButton href=home kind=ButtonKind::Primary>
                    "Back to the overview"
                </LinkButton>
            </EmptyState>
        </Card>
    }
}

/// Why a page cannot be shown, in its place: signs in again, or says what to do.
#[component]
pub fn Refused(problem: ApiProblem) -> impl IntoView {
    let location = use_location();
    if problem.is_signed_out() {
        let href = sign_in_href(
            &location.pathname.get_untracked(),
            location.search.get_untracked().trim_start_matches('?'),
        );
        return view! { <Redirect path=href/> }.into_any();
    }
    answer_with(if problem.status == 0 { 503 } else { problem.status });
    if problem.status == 404 {
        return view! { <NothingHere home="/"/> }.into_any();
    }
    let title =
        if problem.status == 403 { "Your role does not allow this" } else { "This page could not be loaded" };
    view! {
        <Title text=title/>
        <Alert tone=Tone::Danger title=title>
            <p>{problem.detail}</p>
        </Alert>
    }
    .into_any()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_area_has_its_own_sign_in() {
        assert_eq!(
            sign_in_href("/t/acme/keys", "after=key_1"),
            "/t/acme/sign-in?next=%2Ft%2Facme%2Fkeys%3Fafter%3Dkey_1"
        );
        assert_eq!(sign_in_href("/operator/tenants", ""), "/operator/sign-in?next=%2Foperator%2Ftenants");
        assert_eq!(sign_in_href("/", ""), "/sign-in");
    }

    #[cfg(feature = "ssr")]
    #[test]
    fn only_our_own_pages_follow_a_sign_in() {
        assert_eq!(within("/t/acme?range=7d"), Some("/t/acme?range=7d"));
        for foreign in ["https://evil.example", "//evil.example", "/\\evil.example", "t/acme", "", "/a\r\nb"]
        {
            assert_eq!(within(foreign), None, "{foreign}");
        }
    }
}
