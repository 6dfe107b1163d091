//! The tenants, with what they spent in the period.

use leptos::prelude::*;
use leptos_router::hooks::use_query_map;
use shared_api::{
    billing::UsageTotals,
    tenancy::{Tenant, TenantStatus},
};
use ui::*;

use crate::{
    api::{
        billing::Range,
        platform::{ReadTenants, TenantsView},
    },
    forms::{load, loaded},
    pages::{cells, frame::Page, tenant::overview_page::periods},
};

const PAGE: &str = "/operator/tenants";

#[component]
pub fn TenantsPage() -> impl IntoView {
    let query = use_query_map();
    let asked = Memo::new(move |_| {
        query.with(|query| ["range", "after"].map(|name| query.get_str(name).unwrap_or_default().to_owned()))
    });
    let tenants = load(move || {
        let [range, after] = asked.get();
        ReadTenants { range, after }
    });
    let actions = || {
        view! {
            <LinkButton href="/operator/tenants/new" kind=ButtonKind::Primary icon=Icon::Plus>
                "Onboard a tenant"
            </LinkButton>
        }
    };
    view! {
        <Page title="Tenants" description="Enterprise clients. Each sees only its own usage, keys and people." actions>
            {move || periods(PAGE, Range::named(&asked.get()[0]))}
            {loaded(tenants, SkeletonShape::Table, move |view| content(&asked.get_untracked()[0], &view))}
        </Page>
    }
}

fn content(range: &str, view: &TenantsView) -> AnyView {
    if view.tenants.data.is_empty() {
        return view! {
            <Card>
                <EmptyState
                    icon=Icon::Building
                    title="No tenants yet"
                    description="A tenant has its own endpoint, people, keys and usage."
                >
                    <LinkButton href="/operator/tenants/new" kind=ButtonKind::Primary icon=Icon::Plus>
                        "Onboard the first"
                    </LinkButton>
                </EmptyState>
            </Card>
        }
        .into_any();
    }
    let currency = view.usage.currency.to_string();
    let rows = view
        .tenants
        .data
        .iter()
        .map(|tenant| {
            let totals = view.usage.tenants.iter().find(|row| row.tenant_id == tenant.id);
            row(tenant, totals.map(|row| &row.totals), &currency, view.now)
        })
        .collect_view();
    let turn = view.tenants.next.as_ref().map(|after| {
        let next = query_href(PAGE, [("range", range), ("after", after.as_str())]);
        view! { <Pagination next/> }
    });
    let columns = vec![
        Column::text("Name"),
        Column::text("State"),
        Column::number("Requests"),
        Column::number("Tokens"),
        Column::number("Spend"),
        Column::text("Since"),
    ];
    view! {
        <Card flush=true>
            <DataTable caption="Tenants" stacked=true columns>
                {rows}
            </DataTable>
            {turn}
        </Card>
    }
    .into_any()
}

fn row(tenant: &Tenant, totals: Option<&UsageTotals>, currency: &str, now: i64) -> AnyView {
    let (tone, words) = status(tenant.status);
    let none = UsageTotals::default();
    let totals = totals.unwrap_or(&none);
    let tokens = totals.prompt_tokens + totals.completion_tokens;
    let href = format!("{PAGE}/{}", tenant.id);
    let name = view! { <a href=href>{tenant.name.clone()}</a> };
    let slug = if tenant.demo { format!("{} · demo", tenant.slug) } else { tenant.slug.clone() };
    let spend = view! { <Money amount=totals.amount.to_string() currency=currency.to_owned() fine=true/> };
    view! {
        <tr>
            {cells::named_with(name, slug)}
            {cells::state("State", tone, words)}
            {cells::figure("Requests", format::group(totals.requests as i64))}
            {cells::figure("Tokens", format::compact(tokens as f64))}
            {cells::figure("Spend", spend)}
            {cells::moment("Since", Some(tenant.created_at.timestamp()), now, "")}
        </tr>
    }
    .into_any()
}

/// A tenant's state as people read it.
pub(super) fn status(status: TenantStatus) -> (Tone, &'static str) {
    match status {
        TenantStatus::Active => (Tone::Success, "Active"),
        TenantStatus::Suspended => (Tone::Warning, "Suspended"),
        TenantStatus::Deleted => (Tone::Neutral, "Deleted"),
    }
}
