//! The console's frame: sidebar, account, content.
//!
//! The sidebar is a popover: on wide screens style keeps it in place, on narrow ones the menu button
//! opens it as a drawer, without a script.

use leptos::prelude::*;

use super::nav::{Nav, NavSection};
use crate::{
    avatar::Avatar,
    dom,
    icon::{Icon, IconView},
    logo::Logo,
    theme::{Theme, ThemeToggle},
};

const DRAWER: &str = "shell-drawer";
const ACCOUNT: &str = "shell-account";

/// Whose product it is, as the operator sets it.
#[derive(Clone, Debug)]
pub struct Brand {
    pub name: String,
    /// Address of a mark; empty for ours.
    pub image: String,
}

impl Default for Brand {
    fn default() -> Self {
        Self { name: "Switchyard".to_owned(), image: String::new() }
    }
}

/// Whose numbers are on the screen.
#[derive(Clone, Debug)]
pub struct Tenant {
    pub name: String,
    /// Below the name: `Operator`, `Enterprise plan`, a slug.
    pub detail: String,
    /// Where the badge leads; empty for nowhere.
    pub href: String,
}

/// Who is signed in.
#[derive(Clone, Debug)]
pub struct Account {
    pub name: String,
    pub email: String,
}

/// Frames a page. `path` marks the current place and closes the drawer when it changes.
#[component]
pub fn AppShell(
    #[prop(optional)] brand: Brand,
    /// Where the logo leads.
    #[prop(default = "/".to_owned(), into)]
    home: String,
    #[prop(into)] path: Signal<String>,
    nav: Vec<NavSection>,
    tenant: Tenant,
    account: Account,
    #[prop(optional)] theme: Theme,
    /// Entries of the account menu: `MenuLink`s, and a form with a `MenuButton submit=true` to sign out.
    #[prop(optional, into)]
    account_menu: ViewFn,
    /// Above the content: `Banner`s.
    #[prop(optional, into)]
    banner: ViewFn,
    children: Children,
) -> impl IntoView {
    Effect::new(move |before: Option<()>| {
        path.track();
        if before.is_some() {
            dom::hide_popover(DRAWER);
            dom::hide_popover(ACCOUNT);
        }
    });
    let mobile_brand = brand.clone();
    view! {
        <div class="shell">
            <a class="skip-link" href="#main">
                "Skip to content"
            </a>
            <header class="topbar">
                <a class="topbar-home" href=home.clone()>
                    <Logo name=mobile_brand.name image=mobile_brand.image/>
                </a>
                <button type="button" class="button button-ghost button-icon" aria-label="Menu" popovertarget=DRAWER>
                    <IconView icon=Icon::Menu/>
                </button>
            </header>
            <aside id=DRAWER class="sidebar" popover="auto" aria-label="Sidebar">
                <div class="sidebar-head">
                    <a class="sidebar-home" href=home>
                        <Logo name=brand.name image=brand.image/>
                    </a>
                    <button
                        type="button"
                        class="button button-ghost button-icon sidebar-close"
                        aria-label="Close menu"
                        popovertarget=DRAWER
                        popovertargetaction="hide"
                    >
                        <IconView icon=Icon::Close/>
                    </button>
                </div>
                {tenant_badge(tenant)}
                <Nav sections=nav path=path/>
                {account_foot(account, theme, account_menu)}
            </aside>
            <div class="content">
                {banner.run()}
                <main id="main" class="main" tabindex="-1">
                    {children()}
                </main>
            </div>
        </div>
    }
    .into_any()
}

fn tenant_badge(tenant: Tenant) -> AnyView {
    let inner = view! {
        <Avatar name=tenant.name.clone()/>
        <span class="tenant-words">
            <span class="tenant-name">{tenant.name}</span>
            <span class="tenant-detail">{tenant.detail}</span>
        </span>
    };
    if tenant.href.is_empty() {
        view! { <div class="tenant">{inner}</div> }.into_any()
    } else {
        view! {
            <a class="tenant" href=tenant.href>
                {inner}
            </a>
        }
        .into_any()
    }
}

fn account_foot(account: Account, theme: Theme, menu: ViewFn) -> impl IntoView {
    view! {
        <div class="sidebar-foot">
            <button type="button" class="account" popovertarget=ACCOUNT>
                <Avatar name=account.name.clone() person=true/>
                <span class="account-name">{account.name.clone()}</span>
                <IconView icon=Icon::More/>
            </button>
            <div id=ACCOUNT class="popover menu account-menu" popover="auto" role="group" aria-label="Account">
                <div class="account-who">
                    <p class="account-full-name">{account.name}</p>
                    <p class="account-email">{account.email}</p>
                </div>
                <hr class="menu-line"/>
                {menu.run()}
                <hr class="menu-line"/>
                <div class="account-theme">
                    <span aria-hidden="true">"Theme"</span>
                    <ThemeToggle theme/>
                </div>
            </div>
        </div>
    }
    .into_any()
}
