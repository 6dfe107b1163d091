//! What a tenant may call, and its keys.

use leptos::prelude::*;
use shared_api::tenancy::{ApiKey, ApiKeyStatus};
use ui::*;

use super::tenant_page::Actions;
use crate::{
    api::platform::TenantView,
    forms::{DialogSubmit, Form, FormProblem, field, hidden, problem_of},
    pages::cells,
};

/// The models in service, those granted checked.
pub(super) fn grants(actions: Actions, view: &TenantView) -> AnyView {
    let problem = problem_of(actions.grant);
    let items: Vec<_> = view
        .models
        .iter()
        .map(|model| {
            let granted = view.granted.iter().any(|one| one.id == model.id);
            CheckItem::new(model.name.clone(), model.display_name.clone(), granted).hint(model.name.clone())
        })
        .collect();
    let tenant = view.tenant.id;
    let form = if items.is_empty() {
        view! {
            <EmptyState
                icon=Icon::Box
                title="No models yet"
                description="Register a deployment or make a model, then grant it here."
            >
                <LinkButton href="/operator/models">"Models"</LinkButton>
            </EmptyState>
        }
        .into_any()
    } else {
        view! {
            <Form action=actions.grant attr:class="form">
                <FormProblem problem fields=&["models"]/>
                {hidden("tenant", tenant)}
                <CheckboxGroup
                    name="models[]"
                    legend="Granted models"
                    items
                    framed=true
                    error=field(problem, "models")
                />
                <FormActions>
                    <Button submit=true busy=actions.grant.pending()>
                        "Save models"
                    </Button>
                </FormActions>
            </Form>
        }
        .into_any()
    };
    view! {
        <Card title="Models" description="What its keys may call">
            {form}
        </Card>
    }
    .into_any()
}

pub(super) fn keys(actions: Actions, view: &TenantView) -> AnyView {
    let rows = view.keys.iter().map(|key| row(key, view.now)).collect_view();
    let dialogs = view
        .keys
        .iter()
        .filter(|key| key.status != ApiKeyStatus::Revoked)
        .map(|key| (disable(actions, view, key), revoke(actions, view, key)))
        .collect_view();
    let columns = vec![
        Column::text("Name"),
        Column::text("Key"),
        Column::text("State"),
        Column::text("Made by"),
        Column::text("Last used"),
        Column::actions(),
    ];
    let empty = view.keys.is_empty();
    view! {
        <Card title="API keys" description="Made by the tenant's own people" flush=true>
            <DataTable
                caption="API keys"
                stacked=true
                columns
                empty
                empty_text="No keys yet"
            >
                {rows}
            </DataTable>
        </Card>
        {dialogs}
    }
    .into_any()
}

fn row(key: &ApiKey, now: i64) -> AnyView {
    let (tone, state) = match key.status {
        ApiKeyStatus::Active => (Tone::Success, "Active"),
        ApiKeyStatus::Disabled => (Tone::Warning, "Disabled"),
        ApiKeyStatus::Expired => (Tone::Neutral, "Expired"),
        ApiKeyStatus::Revoked => (Tone::Neutral, "Revoked"),
    };
    let (id, off) = (key.id, key.disabled_at.is_some());
    let menu = (key.status != ApiKeyStatus::Revoked).then(|| {
        view! {
            <Menu id=format!("menu-{id}") label=format!("Actions for {}", key.name)>
                <MenuButton icon=Icon::Pause dialog=format!("disable-{id}")>
                    {if off { "Enable…" } else { "Disable…" }}
                </MenuButton>
                <MenuLine/>
                <MenuButton danger=true icon=Icon::Trash dialog=format!("revoke-{id}")>
                    "Revoke…"
                </MenuButton>
            </Menu>
        }
    });
    view! {
        <tr>
            {cells::named(&key.name)}
            {cells::code("Key", format!("{}…{}", key.display_prefix, key.last_four))}
            {cells::state("State", tone, state)}
            {cells::quiet("Made by", key.created_by.clone())}
            {cells::moment("Last used", key.last_used_at.map(|at| at.timestamp()), now, "never")}
            {cells::figure("Actions", menu)}
        </tr>
    }
    .into_any()
}

fn disable(actions: Actions, view: &TenantView, key: &ApiKey) -> AnyView {
    let (id, tenant, key_id, name) =
        (format!("disable-{}", key.id), view.tenant.id, key.id, key.name.clone());
    let off = key.disabled_at.is_some();
    let (verb, text) = if off {
        ("Enable", "Calls with this key work again within a second.")
    } else {
        ("Disable", "Calls with this key fail within a second, until it is enabled again.")
    };
    view! {
        <Dialog id=id.clone() title=format!("{verb} {name}?")>
            <p>{text}</p>
            <Form action=actions.disable_key>
                <FormProblem problem=problem_of(actions.disable_key)/>
                {hidden("tenant", tenant)}
                {hidden("key", key_id)}
                {hidden("name", name.clone())}
                {hidden("disabled", !off)}
                <DialogSubmit dialog=id.clone() label=verb busy=actions.disable_key.pending()/>
            </Form>
        </Dialog>
    }
    .into_any()
}

fn revoke(actions: Actions, view: &TenantView, key: &ApiKey) -> AnyView {
    let (id, tenant, key_id, name) = (format!("revoke-{}", key.id), view.tenant.id, key.id, key.name.clone());
    view! {
        <Dialog id=id.clone() title=format!("Revoke {name}?")>
            <p>"Calls with this key fail within a second. This cannot be undone; its usage stays on record."</p>
            <Form action=actions.revoke_key>
                <FormProblem problem=problem_of(actions.revoke_key)/>
                {hidden("tenant", tenant)}
                {hidden("key", key_id)}
                {hidden("name", name.clone())}
                <DialogSubmit
                    dialog=id.clone()
                    label="Revoke key"
                    kind=ButtonKind::Danger
                    busy=actions.revoke_key.pending()
                />
            </Form>
        </Dialog>
    }
    .into_any()
}
