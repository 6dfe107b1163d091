//! The shell around the mock pages of a tenant.

use leptos::prelude::*;
use ui::*;

fn nav() -> Vec<NavSection> {
    vec![
        NavSection::new(
            "",
            vec![
                NavItem::new("Overview", "/overview.html", Icon::Home),
                NavItem::new("Usage", "/usage", Icon::Activity),
                NavItem::new("Quick start", "/quick-start", Icon::Code),
            ],
        ),
        NavSection::new(
            "Build",
            vec![
                NavItem::new("API keys", "/keys.html", Icon::Key).note("12"),
                NavItem::new("Projects", "/projects", Icon::Folder),
                NavItem::new("Models", "/models", Icon::Box),
                NavItem::new("Collections", "/collections", Icon::Database),
                NavItem::new("Fine-tuning", "/fine-tuning", Icon::Sparkle),
            ],
        ),
        NavSection::new(
            "Organisation",
            vec![
                NavItem::new("People", "/people", Icon::Users),
                NavItem::new("Budgets", "/budgets", Icon::Gauge),
                NavItem::new("Invoices", "/invoices", Icon::Receipt),
                NavItem::new("Audit log", "/audit", Icon::Shield),
                NavItem::new("Settings", "/settings", Icon::Settings),
            ],
        ),
    ]
}

/// Frames `content` as the tenant's page at `path`.
pub fn tenant(path: &'static str, content: AnyView) -> AnyView {
    view! {
        <AppShell
            path=path.to_owned()
            nav=nav()
            tenant=Tenant { name: "Acme Robotics".into(), detail: "acme · Enterprise".into(), href: "/settings".into() }
            account=Account { name: "Ada Lindqvist".into(), email: "ada@acme.example".into() }
            account_menu=|| {
                view! {
                    <MenuLink href="/profile" icon=Icon::User>
                        "Your profile"
                    </MenuLink>
                    <form method="post" action="/sign-out">
                        <MenuButton submit=true icon=Icon::SignOut>
                            "Sign out"
                        </MenuButton>
                    </form>
                }
            }
            banner=|| {
                view! {
                    <Banner tone=Tone::Info>
                        "Usage before today is demo data. " <a href="/docs/demo">"What is real here"</a>
                    </Banner>
                }
            }
        >
            {content}
        </AppShell>
    }
    .into_any()
}
