//! API keys: what there is, making one, stopping one.

use leptos::prelude::*;
use leptos_router::hooks::use_query_map;
use shared::{Action, Resource as Of, TenantId};
use ui::*;

use super::{key_dialogs, key_table};
use crate::{
    api::tenancy::{CreateKey, KeysView, ReadKeys, RevokeKey, SetKeyDisabled},
    contexts::{use_scope, use_tenant},
    forms::{EarlyProblem, FormAction, load, loaded, on_success, problem_of},
    pages::frame::Page,
};

/// The actions of this page, whose keys they change, and what the person may do.
#[derive(Clone, Copy)]
pub(super) struct Keys {
    pub tenant: TenantId,
    pub create: FormAction,
    pub revoke: FormAction,
    pub disable: FormAction,
    pub may_change: bool,
}

/// Choices of what is listed, as they stand in the address.
const STATES: [(&str, &str); 4] =
    [("All", ""), ("Active", "active"), ("Expired", "expired"), ("Revoked", "revoked")];

#[component]
pub fn KeysPage() -> impl IntoView {
    let (tenant, scope) = (use_tenant(), use_scope());
    let page = Keys {
        tenant: tenant.id,
        create: FormAction::new::<CreateKey>(),
        revoke: FormAction::new::<RevokeKey>(),
        disable: FormAction::new::<SetKeyDisabled>(),
        may_change: scope.may(Action::Update, Of::ApiKey),
    };
    let query = use_query_map();
    let asked = Memo::new(move |_| {
        query.with(|query| ["status", "after"].map(|name| query.get_str(name).unwrap_or_default().to_owned()))
    });
    let keys = load(move || {
        let [status, after] = asked.get();
        ReadKeys { tenant: page.tenant, status, after }
    });
    on_success(page.create, move || keys.refetch());
    on_success(page.revoke, move || keys.refetch());
    on_success(page.disable, move || keys.refetch());
    let may_create = scope.may(Action::Create, Of::ApiKey);
    let base = format!("/t/{}", tenant.slug);
    let quick_start = format!("{base}/quick-start");
    let actions = move || {
        let create = may_create.then(|| {
            view! {
                <DialogTrigger dialog="create-key" kind=ButtonKind::Primary icon=Icon::Plus>
                    "Create key"
                </DialogTrigger>
            }
        });
        view! {
            <LinkButton href=quick_start.clone() icon=Icon::Book>
                "Quick start"
            </LinkButton>
            {create}
        }
    };
    let list = format!("{base}/keys");
    view! {
        <Page
            title="API keys"
            description="Keys belong to a project and call only the models they are allowed. A key is shown once, when it is made."
            actions
        >
            <EarlyProblem problem=problem_of(page.create)/>
            <EarlyProblem problem=problem_of(page.revoke)/>
            <EarlyProblem problem=problem_of(page.disable)/>
            {move || states(&list, &asked.get()[0])}
            {loaded(keys, SkeletonShape::Table, move |view| content(page, may_create, &base, view))}
        </Page>
    }
}

fn states(list: &str, chosen: &str) -> AnyView {
    let segments = STATES
        .map(|(label, value)| Tab::new(label, query_href(list, [("status", value)]), value == chosen))
        .to_vec();
    view! { <Segments label="State" segments/> }.into_any()
}

fn content(page: Keys, may_create: bool, base: &str, view: KeysView) -> AnyView {
    let dialogs = may_create.then(|| key_dialogs::create(page, base, &view));
    let confirmations = page.may_change.then(|| key_dialogs::confirmations(page, &view));
    let table = key_table::table(page, base, view);
    view! {
        <Card flush=true>{table}</Card>
        {dialogs}
        {confirmations}
    }
    .into_any()
}
