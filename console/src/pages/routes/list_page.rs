//! The routes, their arms and what came of them in a day.

use leptos::prelude::*;
use ui::*;

use super::{
    Whose,
    shares::{bar, percents},
};
use crate::{
    api::routes::{ReadRoutes, RouteRow, RoutesView},
    forms::{load, loaded},
    pages::{cells, frame::Page},
};

#[component]
pub fn RoutesPage() -> impl IntoView {
    let whose = Whose::here();
    let routes = load(move || ReadRoutes { tenant: whose.tenant() });
    let description = if whose.is_operator() {
        "Names that tenants call like models. A route decides which model answers, where, and what happens when it cannot."
    } else {
        "Names of your own for the models that you may call: an alias, a chain of fallbacks, a comparison of two."
    };
    view! {
        <Page title="Routes" description actions=move || whose.may_change().then(|| new_button(whose))>
            {loaded(routes, SkeletonShape::Table, move |view| content(whose, &view))}
        </Page>
    }
}

fn new_button(whose: Whose) -> impl IntoView {
    view! {
        <LinkButton href=whose.at("new") kind=ButtonKind::Primary icon=Icon::Plus>
            "Add a route"
        </LinkButton>
    }
}

fn content(whose: Whose, view: &RoutesView) -> AnyView {
    if view.routes.is_empty() {
        return nothing(whose);
    }
    let rows = view.routes.iter().map(|route| row(whose, route, view.now)).collect_view();
    let columns = vec![
        Column::text("Route"),
        Column::text("Arms"),
        Column::number("Calls, 24 h"),
        Column::number("Errors"),
        Column::number("Version"),
        Column::text("Changed"),
        Column::text("By"),
    ];
    view! {
        <Card flush=true>
            <DataTable caption="Routes" stacked=true columns>
                {rows}
            </DataTable>
        </Card>
    }
    .into_any()
}

fn nothing(whose: Whose) -> AnyView {
    let description = if whose.is_operator() {
        "Models can be called without one. A route gives a name to more: a new model for a few percent of callers first, fallbacks when one fails, limits on speed, price and place."
    } else {
        "Call a route as you would call a model. Give an application the name chat-main, and decide here which model answers, and which one when the first cannot."
    };
    let button = whose.may_change().then(|| new_button(whose));
    view! {
        <Card>
            <EmptyState icon=Icon::Route title="No routes yet" description>
                {button}
            </EmptyState>
        </Card>
    }
    .into_any()
}

fn row(whose: Whose, route: &RouteRow, now: i64) -> AnyView {
    let name = view! { <a href=whose.at(&route.id.to_string())>{route.name.clone()}</a> };
    let number = |value: u64| format::group(i64::try_from(value).unwrap_or(i64::MAX));
    let (calls, errors) = match route.calls {
        Some((calls, errors)) => (number(calls), errors_of(calls, errors)),
        None => ("–".to_owned(), "–".into_any()),
    };
    view! {
        <tr>
            {cells::named_with(name, &route.description)}
            {cells::cell("Arms", arms(route))}
            {cells::figure("Calls, 24 h", calls)}
            {cells::figure("Errors", errors)}
            {cells::figure("Version", route.version.to_string())}
            {cells::moment("Changed", Some(route.changed_at), now, "")}
            {cells::quiet("By", route.changed_by.clone())}
        </tr>
    }
    .into_any()
}

/// A share alone hides how few calls there were: the count is its tip.
#[expect(clippy::cast_precision_loss, reason = "a share to look at")]
fn errors_of(calls: u64, errors: u64) -> AnyView {
    if errors == 0 {
        return (if calls == 0 { "–" } else { "0" }).into_any();
    }
    let share = format::percent(errors as f64 / calls.max(1) as f64);
    view! { <span class="text-danger" title=format!("{errors} of {calls} calls")>{share}</span> }.into_any()
}

fn arms(route: &RouteRow) -> AnyView {
    let weights: Vec<u32> = route.arms.iter().map(|(_, weight)| *weight).collect();
    let shares = percents(&weights);
    let words: Vec<_> = route
        .arms
        .iter()
        .zip(&shares)
        .map(
            |((name, weight), share)| {
                if *weight == 0 { format!("{name} 0%") } else { format!("{name} {share}%") }
            },
        )
        .collect();
    let drawn = bar(shares.iter().map(|share| f64::from(*share) / 100.0).enumerate());
    view! {
        <div class="arms-cell">
            <span class="arms-bar" inner_html=drawn></span>
            <span class="cell-sub">{words.join(" · ")}</span>
        </div>
    }
    .into_any()
}
