//! One tenant: its state, what it may call, what it used, its people and keys.

use leptos::prelude::*;
use leptos_router::hooks::use_params_map;
use shared_api::tenancy::{Tenant, TenantStatus};
use ui::*;

use super::{tenant_access, tenant_people, tenants_page::status};
use crate::{
    api::{
        people::{Invite, RevokeInvitation},
        platform::{GrantModels, ReadTenant, SetExternalEngines, SetTenantStatus, TenantView},
        tenancy::{RevokeKey, SetKeyDisabled},
    },
    forms::{
        DialogSubmit, EarlyProblem, Form, FormAction, FormProblem, hidden, load, loaded, on_success,
        problem_of,
    },
    pages::{frame::Page, tenant::audit_page},
};

/// The actions of this page.
#[derive(Clone, Copy)]
pub(super) struct Actions {
    pub status: FormAction,
    pub external: FormAction,
    pub grant: FormAction,
    pub invite: FormAction,
    pub revoke_invitation: FormAction,
    pub disable_key: FormAction,
    pub revoke_key: FormAction,
}

#[component]
pub fn TenantPage() -> impl IntoView {
    let params = use_params_map();
    let id = Memo::new(move |_| params.with(|params| params.get_str("id").unwrap_or_default().to_owned()));
    let tenant = load(move || ReadTenant { tenant: id.get() });
    let actions = Actions {
        status: FormAction::new::<SetTenantStatus>(),
        external: FormAction::new::<SetExternalEngines>(),
        grant: FormAction::new::<GrantModels>(),
        invite: FormAction::new::<Invite>(),
        revoke_invitation: FormAction::new::<RevokeInvitation>(),
        disable_key: FormAction::new::<SetKeyDisabled>(),
        revoke_key: FormAction::new::<RevokeKey>(),
    };
    on_success(actions.status, move || tenant.refetch());
    on_success(actions.external, move || tenant.refetch());
    on_success(actions.grant, move || tenant.refetch());
    on_success(actions.invite, move || tenant.refetch());
    on_success(actions.revoke_invitation, move || tenant.refetch());
    on_success(actions.disable_key, move || tenant.refetch());
    on_success(actions.revoke_key, move || tenant.refetch());
    loaded(tenant, SkeletonShape::Lines, move |view| page(actions, view))
}

fn page(actions: Actions, view: TenantView) -> AnyView {
    let title = view.tenant.name.clone();
    let suspended = view.tenant.status == TenantStatus::Suspended;
    let button = move || {
        let label = if suspended { "Activate" } else { "Suspend…" };
        view! { <DialogTrigger dialog="tenant-status">{label}</DialogTrigger> }
    };
    let (tone, words) = status(view.tenant.status);
    let content = content(actions, &view);
    view! {
        <Page
            title
            crumbs=vec![Crumb::new("Operator", "/operator"), Crumb::new("Tenants", "/operator/tenants")]
            meta=move || view! { <Status tone>{words}</Status> }
            actions=button
        >
            <EarlyProblem problem=problem_of(actions.status)/>
            <EarlyProblem problem=problem_of(actions.external)/>
            <EarlyProblem problem=problem_of(actions.grant)/>
            <EarlyProblem problem=problem_of(actions.invite)/>
            <EarlyProblem problem=problem_of(actions.revoke_invitation)/>
            <EarlyProblem problem=problem_of(actions.disable_key)/>
            <EarlyProblem problem=problem_of(actions.revoke_key)/>
            {content}
        </Page>
    }
    .into_any()
}

fn content(actions: Actions, view: &TenantView) -> AnyView {
    let (facts, usage) = (facts(view), usage(view));
    let (grants, keys) = (tenant_access::grants(actions, view), tenant_access::keys(actions, view));
    let (members, invitations) = (tenant_people::members(view), tenant_people::invitations(actions, view));
    let (dialogs, audit) =
        ((status_dialog(actions, &view.tenant), external_dialog(actions, &view.tenant)), audit(view));
    view! {
        {usage}
        <Grid>{facts} {grants}</Grid>
        {members}
        {invitations}
        {keys}
        {audit}
        {dialogs}
    }
    .into_any()
}

fn facts(view: &TenantView) -> AnyView {
    let Tenant { id, slug, endpoint, max_concurrent_requests, created_at, .. } = view.tenant.clone();
    let (created, now) = (created_at.timestamp(), view.now);
    let (tone, words) =
        if view.tenant.external_engines { (Tone::Warning, "Allowed") } else { (Tone::Success, "Never") };
    let limit = max_concurrent_requests.map_or("No limit of its own".to_owned(), |most| most.to_string());
    view! {
        <Card title="Tenant">
            <Facts>
                <Fact label="Endpoint">
                    <Copyable text=endpoint label="Copy endpoint"/>
                </Fact>
                <Fact label="Short name">
                    <code>{slug}</code>
                </Fact>
                <Fact label="Id">
                    <Copyable text=id.to_string() label="Copy id"/>
                </Fact>
                <Fact label="Calls at once">{limit}</Fact>
                <Fact label="Engines outside">
                    <span class="row">
                        <Status tone>{words}</Status>
                        <DialogTrigger dialog="external-engines" size=ButtonSize::Small>
                            "Change…"
                        </DialogTrigger>
                    </span>
                </Fact>
                <Fact label="Onboarded">
                    <Time at=created now=now/>
                </Fact>
            </Facts>
        </Card>
    }
    .into_any()
}

fn usage(view: &TenantView) -> AnyView {
    let totals = &view.usage.totals;
    let currency = view.usage.currency.to_string();
    let ratio = (totals.requests > 0).then(|| totals.errors as f64 / totals.requests as f64);
    let latency = totals.latency_p95_ms.map(|ms| format::millis(f64::from(ms)));
    let tokens = totals.prompt_tokens + totals.completion_tokens;
    let none = || "–".to_owned();
    let stats = [
        ("Requests", format::group(totals.requests as i64), "last 30 days"),
        ("Tokens", format::compact(tokens as f64), "prompt and completion"),
        ("Spend", format::money_fine(&totals.amount.to_string(), &currency), "at list prices"),
        ("p95 latency", latency.unwrap_or_else(none), "whole calls"),
        ("Error rate", ratio.map_or_else(none, format::percent), "ours and of engines"),
    ];
    let stats =
        stats.map(|(label, value, note)| view! { <Stat label value note/> }).into_iter().collect_view();
    view! { <Stats>{stats}</Stats> }.into_any()
}

fn status_dialog(actions: Actions, tenant: &Tenant) -> AnyView {
    let id = tenant.id;
    let (title, text, label, kind, to) = if tenant.status == TenantStatus::Suspended {
        let text = "Its calls are served again within a second, and its people can change things.";
        (format!("Activate {}?", tenant.name), text, "Activate", ButtonKind::Primary, TenantStatus::Active)
    } else {
        let text = "Its calls are refused within a second, and its people can only read. Nothing is lost.";
        (format!("Suspend {}?", tenant.name), text, "Suspend", ButtonKind::Danger, TenantStatus::Suspended)
    };
    view! {
        <Dialog id="tenant-status" title>
            <p>{text}</p>
            <Form action=actions.status>
                <FormProblem problem=problem_of(actions.status)/>
                {hidden("tenant", id)}
                {hidden("status", to.as_str())}
                <DialogSubmit dialog="tenant-status" label kind busy=actions.status.pending()/>
            </Form>
        </Dialog>
    }
    .into_any()
}

fn external_dialog(actions: Actions, tenant: &Tenant) -> AnyView {
    let (id, allowed) = (tenant.id, tenant.external_engines);
    let (title, text, label) = if allowed {
        let text =
            "Within a second its calls go to engines of this platform only. Its own upstreams serve nothing.";
        (format!("Keep calls of {} on the platform?", tenant.name), text, "Keep them here")
    } else {
        let text = "Its calls may then be answered by external deployments and by its own upstreams at other providers. Projects whose data class forbids that are never sent there.";
        (format!("Let calls of {} leave the platform?", tenant.name), text, "Allow it")
    };
    view! {
        <Dialog id="external-engines" title>
            <p>{text}</p>
            <Form action=actions.external>
                <FormProblem problem=problem_of(actions.external)/>
                {hidden("tenant", id)}
                {hidden("allowed", !allowed)}
                <DialogSubmit
                    dialog="external-engines"
                    label
                    kind=ButtonKind::Primary
                    busy=actions.external.pending()
                />
            </Form>
        </Dialog>
    }
    .into_any()
}

fn audit(view: &TenantView) -> AnyView {
    let rows = view.audit.iter().map(audit_page::row).collect_view();
    let columns = ["When", "Who", "Action", "Outcome", "On", "Request"].map(Column::text).to_vec();
    let empty = view.audit.is_empty();
    view! {
        <Card title="Recent changes" flush=true>
            <DataTable
                caption="Recent changes"
                stacked=true
                columns
                empty
                empty_text="Nothing was changed yet"
            >
                {rows}
            </DataTable>
        </Card>
    }
    .into_any()
}
