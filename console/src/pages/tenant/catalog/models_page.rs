//! The list of models, searched and filtered by its address.

use leptos::prelude::*;
use leptos_router::hooks::use_query_map;
use shared_api::catalog::{CAPABILITIES, ModelKind, TenantModel};
use ui::*;

use super::{
    filter::{CONTEXTS, ModelFilter, SORTS},
    routes_card,
};
use crate::{
    api::tenancy::ReadModels,
    contexts::use_tenant,
    forms::{load, loaded},
    pages::{
        cells,
        frame::Page,
        model_words::{self, rate},
    },
};

#[component]
pub fn ModelsPage() -> impl IntoView {
    let tenant = use_tenant();
    let query = use_query_map();
    let filter = Memo::new(move |_| query.with(|query| ModelFilter::from_pairs(|name| query.get(name))));
    let id = tenant.id;
    let models = load(move || ReadModels { tenant: id });
    let base = format!("/t/{}", tenant.slug);
    let routes = routes_card::card(id, base.clone());
    view! {
        <Page title="Models" description="What your keys may call. Prices are for a million tokens.">
            {loaded(models, SkeletonShape::Table, move |models| {
                let base = base.clone();
                view! { {move || content(&base, &filter.get(), &models)} }.into_any()
            })}
            {routes}
        </Page>
    }
}

fn content(base: &str, filter: &ModelFilter, models: &[TenantModel]) -> AnyView {
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
    let page = format!("{base}/models");
    let fitting = filter.apply(models);
    let count = match fitting.len() {
        1 => "1 model".to_owned(),
        count => format!("{count} models"),
    };
    let list = if fitting.is_empty() { nothing(&page) } else { table(&page, &fitting) };
    view! {
        {bar(&page, filter, models)}
        <p class="visually-hidden" role="status">{count}</p>
        {list}
    }
    .into_any()
}

/// Filters that can make a difference among these models.
fn bar(page: &str, filter: &ModelFilter, models: &[TenantModel]) -> AnyView {
    let any = || SelectOption::new("", "Any");
    let kinds = ModelKind::ALL
        .into_iter()
        .filter(|kind| models.iter().any(|model| model.kind == *kind))
        .map(|kind| SelectOption::new(kind.as_str(), model_words::kind(kind)));
    let kinds: Vec<_> = std::iter::once(any()).chain(kinds).collect();
    let abilities = CAPABILITIES
        .into_iter()
        .filter(|name| models.iter().any(|model| super::can(model, name)))
        .map(|name| SelectOption::new(name, model_words::capability(name).0));
    let abilities: Vec<_> = std::iter::once(any()).chain(abilities).collect();
    let of = |pairs: &[(&str, &str)]| -> Vec<_> {
        pairs.iter().map(|(value, label)| SelectOption::new(*value, *label)).collect()
    };
    let outside = models.iter().any(|model| model.external).then(|| {
        let options = of(&[("", "Any"), ("none", "On the platform"), ("only", "External")]);
        view! { <Select name="external" label="Served" options value=filter.external.clone()/> }
    });
    let ModelFilter { q, kind, can, context, external: _, sort } = filter.clone();
    let (contexts, sorts) = (of(&CONTEXTS), of(&SORTS));
    let reset = if filter.narrows() { page.to_owned() } else { String::new() };
    view! {
        <FilterBar action=page reset>
            <TextInput
                name="q"
                label="Search"
                kind="search"
                value=q
                placeholder="Name or words"
            />
            <Select name="kind" label="For" options=kinds value=kind/>
            <Select name="can" label="Can" options=abilities value=can/>
            <Select name="context" label="Context from" options=contexts value=context/>
            {outside}
            <Select name="sort" label="Order" options=sorts value=sort/>
        </FilterBar>
    }
    .into_any()
}

fn nothing(page: &str) -> AnyView {
    let href = page.to_owned();
    view! {
        <Card>
            <EmptyState
                icon=Icon::Search
                title="No model fits"
                description="Another word, or fewer filters, may find one."
            >
                <LinkButton href>"Clear filters"</LinkButton>
            </EmptyState>
        </Card>
    }
    .into_any()
}

fn table(page: &str, models: &[TenantModel]) -> AnyView {
    let rows = models.iter().map(|model| row(page, model)).collect_view();
    let columns = vec![
        Column::text("Model"),
        Column::text("For"),
        Column::text("Can"),
        Column::number("Context"),
        Column::number("Input"),
        Column::number("Cached"),
        Column::number("Output"),
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

fn row(page: &str, model: &TenantModel) -> AnyView {
    let href = format!("{page}/{}", model.id);
    let outside = model.external.then(model_words::external);
    let name = view! {
        <a href=href>{model.display_name.clone()}</a>
        " "
        {outside}
    };
    let copy = view! { <CopyButton text=model.name.clone() label=format!("Copy {}", model.name)/> };
    let price = model.price.as_ref();
    view! {
        <tr>
            {cells::named_with(name, &model.name)}
            {cells::cell("For", model_words::kind(model.kind))}
            {cells::cell("Can", model_words::capabilities(&model.capabilities, 3))}
            {cells::figure("Context", format::group(i64::from(model.context_length)))}
            {cells::figure("Input", rate(price, |price| price.prompt))}
            {cells::figure("Cached", rate(price, |price| price.cached_prompt))}
            {cells::figure("Output", rate(price, |price| price.completion))}
            {cells::figure("Actions", copy)}
        </tr>
    }
    .into_any()
}
