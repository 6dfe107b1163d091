//! One model: what is said of it, its prices, what serves it.

use leptos::prelude::*;
use leptos_router::hooks::use_params_map;
use shared_api::catalog::{Model, ModelKind, Price};
use ui::*;

use super::{health_table, model_fields::rates, model_form, models_page::state, tokenizer_card};
use crate::{
    api::{
        catalog::{ChangeModel, CreatePrice, ModelView, ReadModel, SetModelRetired},
        tokenizers::DeleteTokenizer,
    },
    forms::{
        DialogSubmit, EarlyProblem, Form, FormAction, FormProblem, hidden, load, loaded, on_success,
        problem_of,
    },
    pages::{
        cells,
        frame::Page,
        model_words::{self, rate},
    },
};

#[derive(Clone, Copy)]
struct Actions {
    change: FormAction,
    price: FormAction,
    retire: FormAction,
    untokenize: FormAction,
}

#[component]
pub fn ModelPage() -> impl IntoView {
    let params = use_params_map();
    let id = Memo::new(move |_| params.with(|params| params.get_str("id").unwrap_or_default().to_owned()));
    let model = load(move || ReadModel { model: id.get() });
    let actions = Actions {
        change: FormAction::new::<ChangeModel>(),
        price: FormAction::new::<CreatePrice>(),
        retire: FormAction::new::<SetModelRetired>(),
        untokenize: FormAction::new::<DeleteTokenizer>(),
    };
    on_success(actions.change, move || model.refetch());
    on_success(actions.price, move || model.refetch());
    on_success(actions.retire, move || model.refetch());
    on_success(actions.untokenize, move || model.refetch());
    loaded(model, SkeletonShape::Lines, move |view| page(actions, &view))
}

fn page(actions: Actions, view: &ModelView) -> AnyView {
    let (tone, words) = state(&view.model);
    let retired = view.model.retired_at.is_some();
    let (kind, outside) = (model_words::kind(view.model.kind), view.model.external);
    let buttons = move || {
        let label = if retired { "Bring back" } else { "Take out of service…" };
        view! {
            <DialogTrigger dialog="retire">{label}</DialogTrigger>
            <DialogTrigger dialog="price" kind=ButtonKind::Primary icon=Icon::Plus>
                "New price"
            </DialogTrigger>
        }
    };
    let title = view.model.display_name.clone();
    let (served, prices, form) =
        (deployments(view), prices(view), model_form::change(actions.change, &view.model));
    let facts = facts(&view.model);
    let (said, tokenizer) = (tokenizer_card::said(), tokenizer_card::card(actions.untokenize, &view.model));
    let dialogs = (price(actions, &view.model), retire(actions, &view.model));
    view! {
        <Page
            title
            description=view.model.name.clone()
            crumbs=vec![Crumb::new("Operator", "/operator"), Crumb::new("Models", "/operator/models")]
            meta=move || {
                view! {
                    <Status tone>{words}</Status>
                    <Badge tone=Tone::Info>{kind}</Badge>
                    {outside.then(model_words::external)}
                }
            }
            actions=buttons
        >
            {said}
            <EarlyProblem problem=problem_of(actions.untokenize)/>
            <EarlyProblem problem=problem_of(actions.change)/>
            <EarlyProblem problem=problem_of(actions.price)/>
            <EarlyProblem problem=problem_of(actions.retire)/>
            {facts}
            {served}
            {prices}
            {tokenizer}
            {form}
            {dialogs}
        </Page>
    }
    .into_any()
}

fn facts(model: &Model) -> AnyView {
    let count = |count: u32, one: &str, several: &str| match count {
        1 => format!("1 {one}"),
        count => format!("{count} {several}"),
    };
    let tokens = |count: u32| format!("{} tokens", format::group(i64::from(count)));
    let able = (model.kind == ModelKind::Chat).then(|| {
        let able = model_words::capabilities(&model.capabilities, model.capabilities.len());
        view! {
            <div class="fact-wide">
                <p class="fact-label">"Can"</p>
                {able}
            </div>
        }
    });
    let context = tokens(model.context_length);
    let longest = model.max_output_tokens.map_or("within the context".to_owned(), tokens);
    let granted = count(model.granted_tenants, "tenant", "tenants");
    let (takes, gives) = (model.input_modalities.join(", "), model.output_modalities.join(", "));
    view! {
        <Card>
            <Facts>
                <Fact label="Context">{context}</Fact>
                <Fact label="Longest answer">{longest}</Fact>
                <Fact label="Granted to">
                    <a href="/operator/tenants">{granted}</a>
                </Fact>
                <Fact label="Takes">{takes}</Fact>
                <Fact label="Gives">{gives}</Fact>
            </Facts>
            {able}
        </Card>
    }
    .into_any()
}

fn prices(view: &ModelView) -> AnyView {
    let in_force = view.model.price.as_ref().map(|price| price.id);
    let row = |price: &Price| {
        let (tone, words) = if Some(price.id) == in_force {
            (Tone::Success, "In force")
        } else if price.valid_from.timestamp() > view.now {
            (Tone::Info, "To come")
        } else {
            (Tone::Neutral, "Past")
        };
        view! {
            <tr>
                {cells::named_with(view! { <Time at=price.valid_from.timestamp()/> }, "")}
                {cells::state("State", tone, words)}
                {cells::figure("Input, 1M", rate(Some(price), |price| price.prompt))}
                {cells::figure("Cached, 1M", rate(Some(price), |price| price.cached_prompt))}
                {cells::figure("Output, 1M", rate(Some(price), |price| price.completion))}
            </tr>
        }
        .into_any()
    };
    let rows = view.prices.iter().map(row).collect_view();
    let columns = vec![
        Column::text("From"),
        Column::text("State"),
        Column::number("Input, 1M"),
        Column::number("Cached, 1M"),
        Column::number("Output, 1M"),
    ];
    let empty = view.prices.is_empty();
    view! {
        <Card title="Prices" description="Each call keeps the price it was made at" flush=true>
            <DataTable
                caption="Prices"
                stacked=true
                columns
                empty
                empty_text="No price: calls are free of charge"
            >
                {rows}
            </DataTable>
        </Card>
    }
    .into_any()
}

fn deployments(view: &ModelView) -> AnyView {
    let rows = view
        .deployments
        .iter()
        .map(|one| {
            let (tone, words) = health_table::state(one.state);
            let (health_tone, health) = health_table::health_of(one.health.state);
            let href = format!("/operator/deployments/{}", one.id);
            let outside = one.external.then(model_words::external);
            let name = view! { <a href=href>{one.name.clone()}</a> " " {outside} };
            view! {
                <tr>
                    {cells::named_with(name, &one.base_url)}
                    {cells::state("Calls", tone, words)}
                    {cells::state("Health", health_tone, health)}
                </tr>
            }
            .into_any()
        })
        .collect_view();
    let columns = ["Name", "Calls", "Health"].map(Column::text).to_vec();
    let empty = view.deployments.is_empty();
    let all = || view! { <a href="/operator/deployments">"All deployments"</a> };
    view! {
        <Card title="Deployments" actions=all flush=true>
            <DataTable
                caption="Deployments"
                stacked=true
                columns
                empty
                empty_text="Nothing serves it yet"
            >
                {rows}
            </DataTable>
        </Card>
    }
    .into_any()
}

fn price(actions: Actions, model: &Model) -> AnyView {
    let problem = problem_of(actions.price);
    let id = model.id;
    view! {
        <Dialog id="price" title="New price" description="In force at once. Earlier calls keep theirs.">
            <Form action=actions.price attr:class="form">
                <FormProblem problem fields=&["currency", "prompt", "cached_prompt", "completion"]/>
                {hidden("model", id)}
                {rates(problem, true)}
                <DialogSubmit dialog="price" label="Set price" busy=actions.price.pending()/>
            </Form>
        </Dialog>
    }
    .into_any()
}

fn retire(actions: Actions, model: &Model) -> AnyView {
    let (id, retired) = (model.id, model.retired_at.is_some());
    let (title, text, label, kind) = if retired {
        let text = "It can be called again by those who are granted it.";
        (format!("Bring back {}?", model.display_name), text, "Bring back", ButtonKind::Primary)
    } else {
        let text = "Calls that name it are refused. Its usage and prices stay on record.";
        (
            format!("Take {} out of service?", model.display_name),
            text,
            "Take out of service",
            ButtonKind::Danger,
        )
    };
    view! {
        <Dialog id="retire" title>
            <p>{text}</p>
            <Form action=actions.retire>
                <FormProblem problem=problem_of(actions.retire)/>
                {hidden("model", id)}
                {hidden("retired", !retired)}
                <DialogSubmit dialog="retire" label kind busy=actions.retire.pending()/>
            </Form>
        </Dialog>
    }
    .into_any()
}
