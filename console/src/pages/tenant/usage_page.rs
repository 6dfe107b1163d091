//! Usage by project, key and model; everything that is chosen stands in the address.

use leptos::prelude::*;
use leptos_router::hooks::use_query_map;
use ui::*;

use super::{charts, overview_page::demo_note, usage_table};
use crate::{
    api::billing::{Bucket, Range, ReadUsage, UsageFilter, UsageView},
    contexts::use_tenant,
    forms::{hidden, load, loaded},
    pages::frame::Page,
};

#[component]
pub fn UsagePage() -> impl IntoView {
    let tenant = use_tenant();
    let query = use_query_map();
    let filter = Memo::new(move |_| query.with(|query| UsageFilter::from_pairs(|name| query.get(name))));
    let id = tenant.id;
    // The order of the table is the page's own: no need to ask again.
    let asked = move || UsageFilter { sort: String::new(), ..filter.get() }.query();
    let usage = load(move || ReadUsage { tenant: id, query: asked() });
    let page = format!("/t/{}/usage", tenant.slug);
    let chosen = page.clone();
    let actions = move || {
        let page = chosen.clone();
        move || view! { {periods(&page, &filter.get())} {export(&page, &filter.get())} }
    };
    view! {
        <Page title="Usage" description="What was called, by whom, and what it cost at list price. Times are UTC." actions>
            {loaded(usage, SkeletonShape::Table, move |view| content(&page, filter, view))}
        </Page>
    }
}

fn periods(page: &str, filter: &UsageFilter) -> AnyView {
    let segment = |range: Range| {
        let other = UsageFilter { range, bucket: None, ..filter.clone() };
        Tab::new(range.label(), other.href(page), range == filter.range)
    };
    view! { <Segments label="Period" segments=Range::ALL.map(segment).to_vec()/> }.into_any()
}

fn export(page: &str, filter: &UsageFilter) -> AnyView {
    let href = UsageFilter { sort: String::new(), ..filter.clone() }.href(&format!("{page}.csv"));
    view! {
        <LinkButton href download=true icon=Icon::Download size=ButtonSize::Small>
            "Export CSV"
        </LinkButton>
    }
    .into_any()
}

fn content(page: &str, filter: Memo<UsageFilter>, view: UsageView) -> AnyView {
    let now = filter.get_untracked();
    let report = &view.report;
    let per = charts::per(report);
    let (requests, cost) = (charts::requests(report), charts::cost(report));
    let head = view! {
        {filters(page, &now, &view)}
        {report.includes_demo.then(demo_note)}
        <Grid>
            <Card title="Requests" description=per>
                {requests}
            </Card>
            <Card title="Cost" description=per>
                {cost}
            </Card>
        </Grid>
    };
    let page = page.to_owned();
    let report = StoredValue::new(view.report);
    view! {
        {head}
        <Card flush=true>
            {move || report.with_value(|report| usage_table::table(&page, &filter.get(), report))}
        </Card>
    }
    .into_any()
}

fn filters(page: &str, filter: &UsageFilter, view: &UsageView) -> AnyView {
    let all = |words: &str| vec![SelectOption::new("", words)];
    let mut projects = all("All projects");
    projects.extend(view.projects.iter().map(|one| SelectOption::new(one.id.to_string(), one.name.clone())));
    let mut keys = all("All keys");
    keys.extend(view.keys.iter().map(|one| SelectOption::new(one.id.to_string(), one.name.clone())));
    let mut models = all("All models");
    models.extend(view.models.iter().map(|one| SelectOption::new(one.name.clone(), one.name.clone())));
    if !filter.model.is_empty() && view.models.iter().all(|one| one.name != filter.model) {
        models.push(SelectOption::new(filter.model.clone(), filter.model.clone()));
    }
    let groups = [("", "Model"), ("project", "Project"), ("key", "Key"), ("team", "Team")]
        .map(|(value, words)| SelectOption::new(value, words))
        .to_vec();
    let steps = [("", "Automatic"), ("hour", "Hour"), ("day", "Day")]
        .map(|(value, words)| SelectOption::new(value, words))
        .to_vec();
    let reset = if filter.narrows() {
        UsageFilter { range: filter.range, ..UsageFilter::default() }.href(page)
    } else {
        String::new()
    };
    let range = (filter.range != Range::default()).then(|| hidden("range", filter.range.as_str()));
    let (project, key, model) = (filter.project.clone(), filter.key.clone(), filter.model.clone());
    let bucket = filter.bucket.map_or("", Bucket::as_str);
    let group = if filter.group == "model" { String::new() } else { filter.group.clone() };
    view! {
        <FilterBar action=page reset>
            {range}
            <Select name="group_by" label="Group by" options=groups value=group/>
            <Select name="project" label="Project" options=projects value=project/>
            <Select name="key" label="Key" options=keys value=key/>
            <Select name="model" label="Model" options=models value=model/>
            <Select name="bucket" label="Step" options=steps value=bucket/>
        </FilterBar>
    }
    .into_any()
}
