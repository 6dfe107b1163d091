//! The table of keys.

use leptos::prelude::*;
use shared::Page;
use shared_api::tenancy::{ApiKey, ApiKeyStatus, Project};
use ui::*;

use super::keys_page::Keys;
use crate::{api::tenancy::KeysView, pages::cells};

/// A key that ends within so many seconds is marked: a week.
const SOON: i64 = 7 * 86_400;

pub(super) fn table(page: Keys, base: &str, view: KeysView) -> AnyView {
    let KeysView { keys: Page { data: keys, next, .. }, projects, now, .. } = view;
    if keys.is_empty() {
        return empty(page);
    }
    let list = format!("{base}/keys");
    let next = next.map(|after| query_href(&list, [("after", after.as_str())])).unwrap_or_default();
    let rows = keys.into_iter().map(|key| row(page, base, &projects, &key, now)).collect_view();
    let turn = (!next.is_empty()).then(|| view! { <Pagination next/> });
    let mut columns = vec![
        Column::text("Name"),
        Column::text("Key"),
        Column::text("Project"),
        Column::text("State"),
        Column::text("Models"),
        Column::text("Last used"),
        Column::text("Expires"),
    ];
    if page.may_change {
        columns.push(Column::actions());
    }
    view! {
        <DataTable caption="API keys" stacked=true columns>
            {rows}
        </DataTable>
        {turn}
    }
    .into_any()
}

fn empty(page: Keys) -> AnyView {
    let create = page.may_change.then(|| {
        view! {
            <DialogTrigger dialog="create-key" kind=ButtonKind::Primary icon=Icon::Plus>
                "Create key"
            </DialogTrigger>
        }
    });
    view! {
        <EmptyState
            icon=Icon::Key
            title="No keys here"
            description="A key lets one application call the endpoint. Make one for each, so that each can be stopped alone."
        >
            {create}
        </EmptyState>
    }
    .into_any()
}

fn row(page: Keys, base: &str, projects: &[Project], key: &ApiKey, now: i64) -> AnyView {
    let project = projects.iter().find(|project| project.id == key.project_id);
    let project = project.map_or_else(|| key.project_id.to_string(), |project| project.name.clone());
    let (tone, words) = state(key, now);
    let models = match key.allowed_models.as_deref() {
        None => "All".to_owned(),
        Some([model]) => model.clone(),
        Some(models) => format!("{} models", models.len()),
    };
    let all_models = key.allowed_models.as_ref().map(|models| models.join(", "));
    view! {
        <tr>
            {cells::named(&key.name)}
            {cells::code("Key", format!("{}…{}", key.display_prefix, key.last_four))}
            {cells::cell("Project", project)}
            {cells::state("State", tone, words)}
            {cells::quiet("Models", view! { <span title=all_models>{models}</span> })}
            {cells::moment("Last used", key.last_used_at.map(|at| at.timestamp()), now, "never")}
            {cells::moment("Expires", key.expires_at.map(|at| at.timestamp()), now, "never")}
            {page.may_change.then(|| cells::figure("Actions", actions(base, key)))}
        </tr>
    }
    .into_any()
}

fn state(key: &ApiKey, now: i64) -> (Tone, &'static str) {
    let ends = key.expires_at.map_or(i64::MAX, |at| at.timestamp());
    match key.status {
        ApiKeyStatus::Active if ends - now < SOON => (Tone::Warning, "Expires soon"),
        ApiKeyStatus::Active => (Tone::Success, "Active"),
        ApiKeyStatus::Disabled => (Tone::Neutral, "Disabled"),
        ApiKeyStatus::Expired => (Tone::Neutral, "Expired"),
        ApiKeyStatus::Revoked => (Tone::Danger, "Revoked"),
    }
}

fn actions(base: &str, key: &ApiKey) -> AnyView {
    let id = key.id;
    let usage = query_href(&format!("{base}/usage"), [("key", key.id.to_string().as_str())]);
    let stop = (key.status != ApiKeyStatus::Revoked).then(|| {
        let word = if key.disabled_at.is_some() { "Enable…" } else { "Disable…" };
        view! {
            <MenuLine/>
            <MenuButton icon=Icon::Pause dialog=format!("disable-{id}")>
                {word}
            </MenuButton>
            <MenuButton danger=true icon=Icon::Trash dialog=format!("revoke-{id}")>
                "Revoke…"
            </MenuButton>
        }
    });
    view! {
        <Menu id=format!("menu-{}", key.id) label=format!("Actions for {}", key.name)>
            <MenuLink href=usage icon=Icon::Activity>
                "View usage"
            </MenuLink>
            {stop}
        </Menu>
    }
    .into_any()
}
