//! The sidebar's navigation.

use leptos::prelude::*;

use crate::icon::{Icon, IconView};

/// One place in the navigation.
#[derive(Clone, Debug)]
pub struct NavItem {
    pub label: String,
    pub href: String,
    pub icon: Icon,
    /// A count or a short word to the right; may be empty.
    pub note: String,
}

impl NavItem {
    pub fn new(label: impl Into<String>, href: impl Into<String>, icon: Icon) -> Self {
        Self { label: label.into(), href: href.into(), icon, note: String::new() }
    }

    pub fn note(mut self, note: impl Into<String>) -> Self {
        self.note = note.into();
        self
    }
}

/// A group of places; an empty title gives a group without one.
#[derive(Clone, Debug)]
pub struct NavSection {
    pub title: String,
    pub items: Vec<NavItem>,
}

impl NavSection {
    pub fn new(title: impl Into<String>, items: Vec<NavItem>) -> Self {
        Self { title: title.into(), items }
    }
}

/// The item that `path` is within: the longest whose address is the path or a folder above it. The first is the area's
/// home, above all others: nothing but its own page is within it.
fn current<'a>(hrefs: impl Iterator<Item = &'a str>, path: &str) -> String {
    let path = path.trim_end_matches('/');
    hrefs
        .enumerate()
        .filter(|(at, href)| {
            let href = href.trim_end_matches('/');
            path == href || (*at > 0 && path.strip_prefix(href).is_some_and(|rest| rest.starts_with('/')))
        })
        .map(|(_, href)| href)
        .max_by_key(|href| href.len())
        .unwrap_or_default()
        .to_owned()
}

#[component]
pub(super) fn Nav(sections: Vec<NavSection>, path: Signal<String>) -> impl IntoView {
    let hrefs: Vec<String> =
        sections.iter().flat_map(|section| &section.items).map(|item| item.href.clone()).collect();
    let here = Memo::new(move |_| path.with(|path| current(hrefs.iter().map(String::as_str), path)));
    let sections = sections
        .into_iter()
        .map(|section| {
            let items = section.items.into_iter().map(|item| nav_item(item, here)).collect_view();
            let title =
                (!section.title.is_empty()).then(|| view! { <h2 class="nav-title">{section.title}</h2> });
            view! {
                <div class="nav-section">
                    {title}
                    <ul role="list">{items}</ul>
                </div>
            }
        })
        .collect_view();
    view! {
        <nav class="nav" aria-label="Main">
            {sections}
        </nav>
    }
    .into_any()
}

fn nav_item(item: NavItem, here: Memo<String>) -> impl IntoView {
    let href = item.href.clone();
    view! {
        <li>
            <a
                class="nav-item"
                href=item.href
                aria-current=move || here.with(|here| *here == href).then_some("page")
            >
                <IconView icon=item.icon/>
                <span class="nav-label">{item.label}</span>
                {(!item.note.is_empty()).then(|| view! { <span class="nav-note">{item.note}</span> })}
            </a>
        </li>
    }
    .into_any()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(path: &str) -> String {
        current(["/t/acme", "/t/acme/keys", "/t/acme/usage", "/t/acme/usage/exports"].into_iter(), path)
    }

    #[test]
    fn the_most_specific_place_is_current() {
        assert_eq!(at("/t/acme/"), "/t/acme");
        assert_eq!(at("/t/acme/keys/key_1"), "/t/acme/keys");
        assert_eq!(at("/t/acme/usage/exports/"), "/t/acme/usage/exports");
    }

    #[test]
    fn a_shared_beginning_is_not_a_place_within() {
        assert_eq!(at("/t/acme/keys-archive"), "");
        assert_eq!(at("/elsewhere"), "");
        assert_eq!(at("/t/acme/account"), "");
    }
}
