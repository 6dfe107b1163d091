//! A working first call, with this workspace's own endpoint filled in.

use leptos::prelude::*;
use leptos_router::hooks::use_query_map;
use shared_api::catalog::ModelKind;
use ui::*;

use super::snippets;
use crate::{
    api::tenancy::{QuickStartView, ReadQuickStart},
    contexts::use_tenant,
    forms::{load, loaded},
    pages::frame::Page,
};

#[component]
pub fn QuickStartPage() -> impl IntoView {
    let tenant = use_tenant();
    let query = use_query_map();
    let asked = Memo::new(move |_| query.with(|query| query.get_str("model").unwrap_or_default().to_owned()));
    let id = tenant.id;
    let start = load(move || ReadQuickStart { tenant: id });
    let base = format!("/t/{}", tenant.slug);
    view! {
        <Page title="Quick start" description="Your endpoint speaks OpenAI's API: keep your client, change its address and key.">
            {loaded(start, SkeletonShape::Lines, move |view| content(&base, asked, view))}
        </Page>
    }
}

fn content(base: &str, asked: Memo<String>, view: QuickStartView) -> AnyView {
    let endpoint = view.tenant.endpoint.clone();
    let steps = key_step(base, view.has_keys);
    let base = base.to_owned();
    view! {
        <Card title="1. Your endpoint" description="The base URL of every call">
            <Snippet label="endpoint" code=endpoint/>
        </Card>
        {steps}
        {move || calls(&base, &asked.get(), &view)}
    }
    .into_any()
}

fn key_step(base: &str, has_keys: bool) -> AnyView {
    let keys = format!("{base}/keys");
    let text = if has_keys {
        "Keys are shown once, when they are made. Make another if you no longer have yours."
    } else {
        "There is no key yet. Make one for your application; it is shown once."
    };
    let kind = if has_keys { ButtonKind::Secondary } else { ButtonKind::Primary };
    view! {
        <Card title="2. A key" description="Put it into the environment, never into code">
            <Stack>
                <p>{text}</p>
                <Snippet label="environment variable" code="export SWITCHYARD_API_KEY=sy_live_…"/>
                <Row>
                    <LinkButton href=keys kind icon=Icon::Key>
                        {if has_keys { "Your keys" } else { "Make a key" }}
                    </LinkButton>
                </Row>
            </Stack>
        </Card>
    }
    .into_any()
}

fn calls(base: &str, asked: &str, view: &QuickStartView) -> AnyView {
    // What most begin with comes first.
    let mut models: Vec<_> = view.models.iter().collect();
    models.sort_by_key(|model| model.kind != ModelKind::Chat);
    let chosen = models.iter().find(|model| model.name == asked).or(models.first());
    let Some(model) = chosen else {
        return view! {
            <Card title="3. A call">
                <EmptyState
                    icon=Icon::Box
                    title="No models yet"
                    description="Your operator grants models to a workspace. Ask for the ones you need."
                />
            </Card>
        }
        .into_any();
    };
    let page = format!("{base}/quick-start");
    let tabs = models
        .iter()
        .map(|one| {
            Tab::new(
                one.name.clone(),
                query_href(&page, [("model", one.name.as_str())]),
                one.name == model.name,
            )
        })
        .collect();
    let (endpoint, name) = (view.tenant.endpoint.as_str(), model.name.as_str());
    let first = snippets::of_kind(model.kind, endpoint, name);
    let streaming = (model.kind == ModelKind::Chat).then(|| {
        let samples = snippets::stream(endpoint, name);
        view! {
            <Card title="4. Streaming" description="Tokens as they are made">
                <CodeBlock id="streaming" label="Stream an answer" samples/>
            </Card>
        }
    });
    let calls = format!("{base}/calls");
    view! {
        <Card title="3. A call" description="Choose a model; the samples work as they are">
            <Tabs label="Model" tabs/>
            <CodeBlock id="first-call" label="Call the endpoint" samples=first/>
        </Card>
        {streaming}
        <Card title="What else it answers">
            <Facts>
                <Fact label="Models">
                    <code>"GET /models"</code>
                </Fact>
                <Fact label="Chat">
                    <code>"POST /chat/completions"</code>
                </Fact>
                <Fact label="Errors">"OpenAI's error object; the message says what to do"</Fact>
                <Fact label="Your calls">
                    <a href=calls>"Stand here seconds later"</a>
                </Fact>
            </Facts>
        </Card>
    }
    .into_any()
}
