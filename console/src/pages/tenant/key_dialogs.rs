//! The forms of the page of keys: making one, disabling and revoking.

use leptos::prelude::*;
use shared_api::tenancy::{ApiKey, ApiKeyStatus};
use ui::*;

use super::keys_page::Keys;
use crate::{
    api::tenancy::KeysView,
    forms::{DialogSubmit, Form, FormProblem, field, hidden, problem_of},
};

/// How long a key may live: days, and their words.
const LIVES: [(&str, &str); 6] = [
    ("", "Never"),
    ("7", "In 7 days"),
    ("30", "In 30 days"),
    ("90", "In 90 days"),
    ("180", "In 180 days"),
    ("365", "In a year"),
];

pub(super) fn create(page: Keys, base: &str, view: &KeysView) -> AnyView {
    let projects: Vec<_> = view
        .projects
        .iter()
        .filter(|project| project.archived_at.is_none())
        .map(|project| SelectOption::new(project.id.to_string(), project.name.clone()))
        .collect();
    let body = if projects.is_empty() {
        let href = format!("{base}/projects");
        view! {
            <p>"A key belongs to a project, and there is none yet. "<a href=href>"Make a project first."</a></p>
        }
        .into_any()
    } else {
        form(page, projects, view)
    };
    view! {
        <Dialog id="create-key" title="Create API key" description="It can call the endpoint as soon as it exists.">
            {body}
        </Dialog>
    }
    .into_any()
}

fn form(page: Keys, projects: Vec<SelectOption>, view: &KeysView) -> AnyView {
    let problem = problem_of(page.create);
    let models = view
        .models
        .iter()
        .map(|model| {
            CheckItem::new(model.name.clone(), model.name.clone(), false).hint(model.display_name.clone())
        })
        .collect();
    let lives = LIVES.map(|(days, words)| SelectOption::new(days, words)).to_vec();
    view! {
        <Form action=page.create attr:class="form">
            <FormProblem problem fields=&["name", "project_id", "expires_at", "allowed_models"]/>
            {hidden("tenant", page.tenant)}
            <TextInput
                name="name"
                label="Name"
                required=true
                max_length=100
                placeholder="support-bot production"
                autocomplete="off"
                error=field(problem, "name")
            />
            <Select
                name="project_id"
                label="Project"
                options=projects
                hint="Usage and cost are booked to it."
                error=field(problem, "project_id")
            />
            <Select name="days" label="Expires" options=lives error=field(problem, "expires_at")/>
            <CheckboxGroup
                name="models[]"
                legend="Models"
                items=models
                framed=true
                hint="None chosen: every model this workspace may use, also those added later."
                error=field(problem, "allowed_models")
            />
            <DialogSubmit dialog="create-key" label="Create key" busy=page.create.pending()/>
        </Form>
    }
    .into_any()
}

/// What asks before a key is stopped, for each key that can be.
pub(super) fn confirmations(page: Keys, view: &KeysView) -> AnyView {
    let living = view.keys.data.iter().filter(|key| key.status != ApiKeyStatus::Revoked);
    living.map(|key| (revoke(page, key), disable(page, key))).collect_view().into_any()
}

fn revoke(page: Keys, key: &ApiKey) -> AnyView {
    let (id, key_id, name) = (format!("revoke-{}", key.id), key.id, key.name.clone());
    view! {
        <Dialog id=id.clone() title=format!("Revoke {name}?")>
            <p>"Calls with this key fail within a second. This cannot be undone; its usage stays on record."</p>
            <Form action=page.revoke>
                <FormProblem problem=problem_of(page.revoke)/>
                {hidden("tenant", page.tenant)}
                {hidden("key", key_id)}
                {hidden("name", name.clone())}
                <DialogSubmit dialog=id.clone() label="Revoke key" kind=ButtonKind::Danger busy=page.revoke.pending()/>
            </Form>
        </Dialog>
    }
    .into_any()
}

fn disable(page: Keys, key: &ApiKey) -> AnyView {
    let (id, key_id, name) = (format!("disable-{}", key.id), key.id, key.name.clone());
    let off = key.disabled_at.is_some();
    let (title, text, label) = if off {
        (format!("Enable {}?", key.name), "Calls with this key work again within a second.", "Enable key")
    } else {
        (
            format!("Disable {}?", key.name),
            "Calls with this key fail within a second, until it is enabled again.",
            "Disable key",
        )
    };
    view! {
        <Dialog id=id.clone() title>
            <p>{text}</p>
            <Form action=page.disable>
                <FormProblem problem=problem_of(page.disable)/>
                {hidden("tenant", page.tenant)}
                {hidden("key", key_id)}
                {hidden("name", name.clone())}
                {hidden("disabled", !off)}
                <DialogSubmit dialog=id.clone() label busy=page.disable.pending()/>
            </Form>
        </Dialog>
    }
    .into_any()
}
