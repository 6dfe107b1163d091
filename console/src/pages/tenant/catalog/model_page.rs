//! One model: what it can do, its limits and price, and how it is called.

use leptos::prelude::*;
use leptos_router::hooks::use_params_map;
use shared::{Action, Resource as Of};
use shared_api::catalog::{CAPABILITIES, ModelKind, Price, TenantModel};
use ui::*;

use super::{super::snippets, resolution};
use crate::{
    api::tenancy::{QuickStartView, ReadQuickStart},
    contexts::{NothingHere, use_scope, use_tenant},
    forms::{load, loaded},
    pages::{
        frame::Page,
        model_words::{self, rate},
    },
};

#[component]
pub fn ModelPage() -> impl IntoView {
    let tenant = use_tenant();
    let params = use_params_map();
    let asked = Memo::new(move |_| params.with(|params| params.get_str("id").unwrap_or_default().to_owned()));
    let id = tenant.id;
    let view = load(move || ReadQuickStart { tenant: id });
    let (base, name) = (format!("/t/{}", tenant.slug), tenant.name.clone());
    loaded(view, SkeletonShape::Lines, move |view| {
        let asked = asked.get();
        match view.models.iter().find(|model| model.id.to_string() == asked) {
            Some(model) => page(&base, &name, model, &view),
            None => view! { <NothingHere home=base.clone()/> }.into_any(),
        }
    })
}

fn page(base: &str, tenant: &str, model: &TenantModel, view: &QuickStartView) -> AnyView {
    let crumbs = vec![Crumb::new(tenant, base), Crumb::new("Models", format!("{base}/models"))];
    let outside = model.external;
    let what = model_words::kind(model.kind);
    let meta = move || {
        view! {
            <Badge tone=Tone::Info>{what}</Badge>
            {outside.then(model_words::external)}
        }
    };
    let may_try = use_scope().may(Action::Create, Of::Playground);
    let try_it = (may_try && model.kind == ModelKind::Chat)
        .then(|| query_href(&format!("{base}/playground"), [("models", model.name.as_str())]));
    let actions = move || {
        try_it.clone().map(|href| {
            view! {
                <LinkButton href kind=ButtonKind::Primary icon=Icon::Sparkle>
                    "Open in playground"
                </LinkButton>
            }
        })
    };
    let outside_note = outside.then(|| {
        view! {
            <Alert tone=Tone::Warning title="Calls may leave this platform">
                "This model is also served by a provider outside. Projects whose data class forbids that are never sent there."
            </Alert>
        }
    });
    let (code, abilities) = (code(&view.tenant.endpoint, model), abilities(model));
    let (limits, price) = (limits(model), price(model.price.as_ref()));
    let name = StoredValue::new(model.name.clone());
    let places =
        resolution::card(resolution::reading(view.tenant.id, Signal::derive(move || name.get_value())));
    view! {
        <Page title=model.display_name.clone() description=model.description.clone() crumbs meta actions>
            {outside_note}
            <Grid shape=GridShape::MainAside>
                <Stack>
                    {code}
                    {abilities}
                </Stack>
                <Stack>
                    {limits}
                    {price}
                    {places}
                </Stack>
            </Grid>
        </Page>
    }
    .into_any()
}

fn code(endpoint: &str, model: &TenantModel) -> AnyView {
    let samples = snippets::of_kind(model.kind, endpoint, &model.name);
    let path = match model.kind {
        ModelKind::Chat => "POST /chat/completions",
        ModelKind::Embedding => "POST /embeddings",
        ModelKind::Rerank => "POST /rerank",
        ModelKind::Moderation => "POST /moderations",
    };
    let name = model.name.clone();
    view! {
        <Card title="Call it" description=path>
            <Stack>
                <Copyable text=name label="Copy the model's name"/>
                <CodeBlock id="call" label="Call the model" samples/>
            </Stack>
        </Card>
    }
    .into_any()
}

fn abilities(model: &TenantModel) -> AnyView {
    if model.kind != ModelKind::Chat {
        return parameters(model);
    }
    let each = CAPABILITIES
        .into_iter()
        .map(|name| {
            let able = super::can(model, name);
            let (words, means) = model_words::capability(name);
            let mark = if able { Icon::Check } else { Icon::Close };
            let said = if able { "yes: " } else { "no: " };
            view! {
                <li class=if able { "ability" } else { "ability ability-none" }>
                    <IconView icon=mark/>
                    <span>
                        <span class="visually-hidden">{said}</span>
                        <span class="ability-name">{words}</span>
                        <span class="ability-means">{means}</span>
                    </span>
                </li>
            }
            .into_any()
        })
        .collect_view();
    let parameters = parameters(model);
    view! {
        <Card title="What it can do">
            <ul class="abilities" role="list">
                {each}
            </ul>
        </Card>
        {parameters}
    }
    .into_any()
}

fn parameters(model: &TenantModel) -> AnyView {
    if model.supported_parameters.is_empty() {
        return ().into_any();
    }
    let each = model
        .supported_parameters
        .iter()
        .map(|name| view! { <li><code>{name.clone()}</code></li> }.into_any())
        .collect_view();
    view! {
        <Card title="Parameters that it takes">
            <ul class="parameters" role="list">
                {each}
            </ul>
        </Card>
    }
    .into_any()
}

fn limits(model: &TenantModel) -> AnyView {
    let tokens = |count: u32| format!("{} tokens", format::group(i64::from(count)));
    let list = |names: &[String]| if names.is_empty() { "–".to_owned() } else { names.join(", ") };
    let longest = model.max_output_tokens.map_or("within the context".to_owned(), tokens);
    let facts = [
        ("Context", tokens(model.context_length)),
        ("Longest answer", longest),
        ("Takes", list(&model.input_modalities)),
        ("Gives", list(&model.output_modalities)),
    ]
    .map(|(label, value)| view! { <Fact label>{value}</Fact> })
    .into_iter()
    .collect_view();
    view! {
        <Card title="Limits">
            <Facts>{facts}</Facts>
        </Card>
    }
    .into_any()
}

fn price(price: Option<&Price>) -> AnyView {
    let body = match price {
        None => view! { <p>"Free of charge."</p> }.into_any(),
        Some(price) => {
            let rate = |of| rate(Some(price), of);
            let mut facts = vec![
                ("Input", rate(|price| price.prompt)),
                ("Cached input", rate(|price| price.cached_prompt)),
                ("Output", rate(|price| price.completion)),
            ];
            if !price.request.is_zero() {
                let (amount, currency) = (price.request.to_string(), price.currency.to_string());
                facts.push(("A call", view! { <Money amount currency fine=true/> }.into_any()));
            }
            let facts =
                facts.into_iter().map(|(label, value)| view! { <Fact label>{value}</Fact> }).collect_view();
            view! { <Facts>{facts}</Facts> }.into_any()
        }
    };
    view! {
        <Card title="Price" description="For a million tokens">
            {body}
        </Card>
    }
    .into_any()
}
