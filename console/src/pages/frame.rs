//! The frame around an area's pages: loads who is signed in, once, and keeps the shell while pages change.

use leptos::prelude::*;
use leptos_router::{
    components::Outlet,
    hooks::{use_location, use_params_map},
};
use shared_api::{identity::Me, tenancy::TenantStatus};
use ui::*;

use crate::{
    api::{
        Answer,
        identity::{ReadStanding, SignOut, Standing},
    },
    contexts::{NotFound, Refused, Scope, known_standing, provide_scope, theme, use_scope},
    forms::{Form, FormAction, Notice, load, loaded_answer},
};

/// What distinguishes one area from another.
#[derive(Clone, Copy)]
pub struct Area {
    /// Whether these pages are this person's; `slug` is the tenant in the address, may be empty.
    pub admits: fn(me: &Me, slug: &str) -> bool,
    /// Where the logo leads.
    pub home: fn(me: &Me) -> String,
    /// Whose numbers these are.
    pub badge: fn(me: &Me) -> Tenant,
    pub nav: fn(scope: Scope) -> Vec<NavSection>,
}

/// The shell with the area's page in it; not found for whoever is not admitted.
#[component]
pub fn AreaFrame(area: Area) -> impl IntoView {
    let slug =
        use_params_map().with_untracked(|params| params.get_str("tenant").unwrap_or_default().to_owned());
    with_standing(move |standing| match standing {
        Ok(standing) if (area.admits)(&standing.me, &slug) => framed(area, standing),
        Ok(_) => view! { <NotFound/> }.into_any(),
        Err(problem) => view! { <Refused problem/> }.into_any(),
    })
}

/// Shows what depends on who is signed in: at once where that is known, else when the browser has asked.
pub fn with_standing(show: impl Fn(Answer<Standing>) -> AnyView + Send + Sync + 'static) -> AnyView {
    if let Some(standing) = known_standing() {
        return show(standing);
    }
    loaded_answer(load(|| ReadStanding {}), SkeletonShape::Lines, show)
}

fn framed(area: Area, standing: Standing) -> AnyView {
    let scope = provide_scope(standing);
    let me = scope.me();
    let path = use_location().pathname;
    // A message belongs to the page it was said on.
    Effect::new(move |before: Option<()>| {
        path.track();
        if before.is_some() {
            scope.notice.set(None);
        }
    });
    let account_href = format!("{}/account", (area.home)(&me));
    // The account stands beside the navigation, not within its first place.
    let place = {
        let account = account_href.clone();
        Signal::derive(move || path.with(|path| if *path == account { String::new() } else { path.clone() }))
    };
    let banner_of = me.clone();
    view! {
        <AppShell
            home=(area.home)(&me)
            path=place
            nav=(area.nav)(scope)
            tenant=(area.badge)(&me)
            account=Account { name: me.name.clone(), email: me.email.clone() }
            theme=theme()
            account_menu=move || account_menu(account_href.clone())
            banner=move || banner(&banner_of)
        >
            <Outlet/>
        </AppShell>
    }
    .into_any()
}

fn account_menu(href: String) -> AnyView {
    let sign_out = FormAction::new::<SignOut>();
    view! {
        <MenuLink href icon=Icon::User>
            "Your account"
        </MenuLink>
        <Form action=sign_out>
            <MenuButton submit=true icon=Icon::SignOut>
                "Sign out"
            </MenuButton>
        </Form>
    }
    .into_any()
}

/// What holds on every page of a tenant.
fn banner(me: &Me) -> AnyView {
    let Some(tenant) = me.tenant() else { return ().into_any() };
    let suspended = (tenant.status == TenantStatus::Suspended).then(|| {
        view! {
            <Banner tone=Tone::Warning>
                "This workspace is suspended: calls are refused and nothing can be changed. Ask your operator."
            </Banner>
        }
    });
    let demo = tenant.demo.then(|| {
        view! { <Banner tone=Tone::Info>"This is a demonstration workspace: part of its past usage was made up."</Banner> }
    });
    view! {
        {suspended}
        {demo}
    }
    .into_any()
}

/// The head of a page and its title. Everything after the first crumb is optional.
#[component]
pub fn Page(
    /// Names the page in the title and as its heading.
    #[prop(into)]
    title: String,
    #[prop(optional, into)] description: String,
    /// The levels above; left out, the tenant's or operator's overview. Empty for the overview itself.
    #[prop(optional)]
    crumbs: Option<Vec<Crumb>>,
    #[prop(optional, into)] meta: ViewFn,
    #[prop(optional, into)] actions: ViewFn,
    children: Children,
) -> impl IntoView {
    let me = use_scope().me();
    let (whose, home) = match me.tenant() {
        Some(tenant) => (tenant.name.clone(), format!("/t/{}", tenant.slug)),
        None => ("Operator".to_owned(), "/operator".to_owned()),
    };
    let crumbs = crumbs.unwrap_or_else(|| vec![Crumb::new(whose.clone(), home)]);
    view! {
        <leptos_meta::Title text=format!("{title} · {whose}")/>
        {(!crumbs.is_empty()).then(|| view! { <Breadcrumbs crumbs current=title.clone()/> })}
        <PageHeader title description meta actions/>
        <Stack>
            <Notice/>
            {children()}
        </Stack>
    }
}
