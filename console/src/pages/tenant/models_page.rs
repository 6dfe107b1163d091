//! The models that this workspace may call.

use leptos::prelude::*;
use rust_decimal::Decimal;
use shared_api::catalog::{Price, TenantModel};
use ui::*;

use crate::{
    api::tenancy::ReadModels,
    contexts::use_tenant,
    forms::{load, loaded},
    pages::{cells, frame::Page},
};

#[component]
pub fn ModelsPage() -> impl IntoView {
    let tenant = use_tenant();
    let id = tenant.id;
    let models = load(move || ReadModels { tenant: id });
    let base = format!("/t/{}", tenant.slug);
    view! {
        <Page title="Models" description="What your keys may call, and what it costs per million tokens.">
            {loaded(models, SkeletonShape::Table, move |models| content(&base, &models))}
        </Page>
    }
}

fn content(base: &str, models: &[TenantModel]) -> AnyView {
    if models.is_empty() {
        return view! {
            <Card>
                <EmptyState
                    icon=Icon::Box
                    title="No models yet"
                    description="Your operator grants models to a workspace. Ask for the ones you need."
                />
            </Card>
        }
        .into_any();
    }
    let rows = models.iter().map(|model| row(base, model)).collect_view();
    let columns = vec![
        Column::text("Model"),
        Column::text("Name for calls"),
        Column::number("Context"),
        Column::number("Longest answer"),
        Column::number("Input, 1M"),
        Column::number("Cached, 1M"),
        Column::number("Output, 1M"),
        Column::actions(),
    ];
    view! {
        <Card flush=true>
            <DataTable caption="Models" stacked=true columns>
                {rows}
            </DataTable>
        </Card>
    }
    .into_any()
}

fn row(base: &str, model: &TenantModel) -> AnyView {
    let tokens = |count: u32| format::group(i64::from(count));
    let price = |of: fn(&Price) -> Decimal| rate(model.price.as_ref(), of);
    let try_it = query_href(&format!("{base}/quick-start"), [("model", model.name.as_str())]);
    let try_it = view! {
        <LinkButton href=try_it size=ButtonSize::Small icon=Icon::Code>
            "Use"
        </LinkButton>
    };
    let name = view! { <Copyable text=model.name.clone() label=format!("Copy {}", model.name)/> };
    view! {
        <tr>
            {cells::named_with(model.display_name.clone(), &model.description)}
            {cells::cell("Name for calls", name)}
            {cells::figure("Context", tokens(model.context_length))}
            {cells::figure("Longest answer", model.max_output_tokens.map_or("–".to_owned(), tokens))}
            {cells::figure("Input, 1M", price(|price| price.prompt))}
            {cells::figure("Cached, 1M", price(|price| price.cached_prompt))}
            {cells::figure("Output, 1M", price(|price| price.completion))}
            {cells::figure("Actions", try_it)}
        </tr>
    }
    .into_any()
}

/// A rate per token as an amount per million.
fn rate(price: Option<&Price>, of: fn(&Price) -> Decimal) -> AnyView {
    match price {
        None => "free".into_any(),
        Some(price) => {
            let amount = (of(price) * Decimal::from(1_000_000)).normalize().to_string();
            view! { <Money amount currency=price.currency.to_string() fine=true/> }.into_any()
        }
    }
}
