//! Names beside the models that can be called as well: the provider's routes, and the workspace's own.

use leptos::prelude::*;
use shared::TenantId;
use ui::*;

use crate::{
    api::routes::{CallableRoute, ReadCallableRoutes},
    forms::{load, loaded_answer},
    pages::cells,
};

/// Nothing where there are none.
pub(super) fn card(tenant: TenantId, base: String) -> AnyView {
    let routes = load(move || ReadCallableRoutes { tenant });
    loaded_answer(routes, SkeletonShape::Lines, move |answer| match answer {
        Ok(routes) if !Vec::is_empty(&routes) => table(&base, &routes),
        _ => ().into_any(),
    })
}

fn table(base: &str, routes: &[CallableRoute]) -> AnyView {
    let rows = routes.iter().map(|route| row(base, route)).collect_view();
    let columns =
        vec![Column::text("Route"), Column::text("Answers with"), Column::text("From"), Column::actions()];
    view! {
        <Card title="Routes" description="Names that are called like models, and choose among them" flush=true>
            <DataTable caption="Routes" stacked=true columns>
                {rows}
            </DataTable>
        </Card>
    }
    .into_any()
}

fn row(base: &str, route: &CallableRoute) -> AnyView {
    let name = match route.own {
        Some(id) => view! { <a href=format!("{base}/routes/{id}")>{route.name.clone()}</a> }.into_any(),
        None => route.name.clone().into_any(),
    };
    let from = if route.own.is_some() { "This workspace" } else { "Your provider" };
    let models = route.models.join(", ");
    let copy = view! { <CopyButton text=route.name.clone() label=format!("Copy {}", route.name)/> };
    view! {
        <tr>
            {cells::named_with(name, &route.description)}
            {cells::cell("Answers with", view! { <code class="cell-wrap">{models}</code> })}
            {cells::cell("From", from)}
            {cells::figure("Actions", copy)}
        </tr>
    }
    .into_any()
}
