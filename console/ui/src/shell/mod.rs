//! The frames that pages stand in: the console's shell, and the quiet one of sign-in pages.

mod app_shell;
mod auth_layout;
mod breadcrumbs;
mod nav;

pub use app_shell::{Account, AppShell, AppShellProps, Brand, Tenant};
pub use auth_layout::{AuthLayout, AuthLayoutProps};
pub use breadcrumbs::{Breadcrumbs, BreadcrumbsProps, Crumb};
pub use nav::{NavItem, NavSection};
