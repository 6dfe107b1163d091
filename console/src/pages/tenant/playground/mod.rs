//! The playground: up to three models side by side, asked with the same words and settings.
//!
//! What is typed lives in signals ([`play::Play`]); the address names the models, a link that was shared fills in the
//! rest. The server renders the settings and an empty conversation. The browser asks the API itself, by `fetch`, since
//! a server function would not stream: the same session, the same rights, the same metering as a call with a key.
//!
//! `setup`, `talk`, `arriving` and `events` are pure and hold what can be wrong: what is sent, what comes back, how it is
//! cut.

#![expect(
    clippy::large_types_passed_by_value,
    reason = "`Play` is a handful of signals, meant to be copied into closures; what makes it large is their debug information"
)]

#[cfg(any(feature = "hydrate", test))]
mod arriving;
mod asking;
mod composer;
mod conversation;
#[cfg(any(feature = "hydrate", test))]
mod events;
mod play;
mod settings;
mod setup;
mod share;
mod talk;

use leptos::prelude::*;
use leptos_router::hooks::use_query_map;
use shared::{Action, Resource as Of};
use shared_api::catalog::TenantModel;
use ui::*;

use super::{catalog, snippets};
use crate::{
    api::playground::{PlaygroundView, ReadPlayground},
    contexts::{use_scope, use_tenant},
    forms::{load, loaded},
    pages::frame::Page,
};
use play::{Choice, Column, Play};
use setup::Body;

#[component]
pub fn PlaygroundPage() -> impl IntoView {
    let tenant = use_tenant();
    let query = use_query_map();
    let asked = |name: &str| query.with_untracked(|query| query.get_str(name).unwrap_or_default().to_owned());
    // What is chosen later changes the address, not what is shown.
    let (models, share) = (asked("models"), asked("share"));
    let id = tenant.id;
    let view = load(move || ReadPlayground { tenant: id, share: share.clone() });
    let base = format!("/t/{}", tenant.slug);
    loaded(view, SkeletonShape::Lines, move |view| content(&base, &models, view))
}

fn choice(model: &TenantModel) -> Choice {
    Choice {
        name: model.name.clone(),
        title: model.display_name.clone(),
        external: model.external,
        takes_images: catalog::takes_images(model),
        takes_tools: catalog::can(model, "tools"),
        takes_schema: catalog::can(model, "json_schema"),
        price: model.price.clone(),
    }
}

fn content(base: &str, models: &str, view: PlaygroundView) -> AnyView {
    let choices: Vec<_> = view.models.iter().filter(|model| catalog::is_chat(model)).map(choice).collect();
    if choices.is_empty() || view.projects.is_empty() {
        return nothing_to_try(base, choices.is_empty());
    }
    let mut setup = view.share.as_ref().map(share::setup_of).unwrap_or_default();
    if !models.is_empty() {
        setup.models = models.split(',').map(str::to_owned).collect();
    }
    let project = view.projects[0].id.to_string();
    let play = Play::new(use_tenant().id, project, choices, &setup);
    conversation::keep_time(play);
    remember(play, format!("{base}/playground"));
    let lately = share::Lately {
        page: format!("{base}/playground"),
        shared: view.shared,
        now: view.now,
        may_end: use_scope().may(Action::Delete, Of::PlaygroundShare),
    };
    let shown = view.share.map(|share| share::opened(&share));
    let (code, sharing) = (code(play, view.endpoint), share::dialog(play, &lately));
    let settings = settings::settings(play, &view.projects);
    view! {
        <Page
            title="Playground"
            description="Try prompts on up to three models at once. Calls are metered like those of your applications."
            actions=move || actions(play, code.fill)
        >
            {shown}
            <div class="play">
                <div class="play-main">
                    {conversation::columns(play, code.show)}
                    {composer::composer(play)}
                </div>
                {settings}
            </div>
            {code.dialog}
            {sharing}
        </Page>
    }
    .into_any()
}

fn nothing_to_try(base: &str, no_models: bool) -> AnyView {
    let state = if no_models {
        view! {
            <EmptyState
                icon=Icon::Sparkle
                title="No model to try yet"
                description="Your operator grants models to a workspace. Ask for one that chats."
            />
        }
        .into_any()
    } else {
        let href = format!("{base}/projects");
        view! {
            <EmptyState
                icon=Icon::Sparkle
                title="A project first"
                description="Calls belong to a project, those of the playground too, and there is none yet."
            >
                <LinkButton href kind=ButtonKind::Primary icon=Icon::Folder>
                    "Projects"
                </LinkButton>
            </EmptyState>
        }
        .into_any()
    };
    view! {
        <Page title="Playground" description="Try prompts on up to three models at once.">
            <Card>{state}</Card>
        </Page>
    }
    .into_any()
}

fn actions(play: Play, fill: Callback<Column>) -> AnyView {
    let full = move || play.shown().count() == setup::MOST;
    let first = move || untrack(|| play.shown().next());
    let show_code = move |_| {
        if let Some(column) = first() {
            fill.run(column);
        }
    };
    view! {
        <Button icon=Icon::Trash disabled=Signal::derive(move || !play.begun()) on:click=move |_| play.clear()>
            "Clear"
        </Button>
        <Button icon=Icon::Plus disabled=Signal::derive(full) on:click=move |_| play.compare()>
            "Compare"
        </Button>
        <DialogTrigger dialog="code" icon=Icon::Code on:click=show_code>
            "View as code"
        </DialogTrigger>
        <DialogTrigger dialog="shared" icon=Icon::Book>
            "Shared"
        </DialogTrigger>
        <DialogTrigger dialog="share" kind=ButtonKind::Primary icon=Icon::External>
            "Share"
        </DialogTrigger>
    }
    .into_any()
}

/// The dialog with the request as code, what fills it in with a column's, and what opens it as well.
struct CodeDialog {
    fill: Callback<Column>,
    show: Callback<Column>,
    dialog: AnyView,
}

fn code(play: Play, endpoint: String) -> CodeDialog {
    let open = RwSignal::new(false);
    // Before a script has taken over, the first column's request as the page came.
    let first = play.columns[0].request(&untrack(|| play.setup()), None).unwrap_or_default();
    let shown = RwSignal::new(first);
    let fill = Callback::new(move |column: Column| {
        play.tried.set(true);
        let setup = untrack(|| play.setup());
        let prompt = setup.prompt.trim().to_owned();
        let said = (!prompt.is_empty())
            .then(|| talk::Said::Text { text: prompt, images: play.images.get_untracked() });
        if let Ok(body) = column.request(&setup, said) {
            shown.set(body);
        }
    });
    let show = Callback::new(move |column| {
        fill.run(column);
        open.set(true);
    });
    let samples = move || {
        let samples = shown.with(|body| snippets::request(&endpoint, &with_a_question(body)));
        view! { <CodeBlock id="request" label="The request" samples/> }
    };
    let wrong = move || {
        let wrong = play.tried.get() && !play.setup().refusals().is_empty();
        wrong.then(|| view! { <Alert tone=Tone::Warning>"Some settings cannot be sent as they are. The code shows the request without your last changes."</Alert> })
    };
    let dialog = view! {
        <Dialog
            id="code"
            title="View as code"
            description="The same request from your own program. Put a key into the environment first."
            wide=true
            open
        >
            <Stack>{wrong} {samples}</Stack>
        </Dialog>
    }
    .into_any();
    CodeDialog { fill, show, dialog }
}

/// A request needs something to answer: before anything is written, a sample question.
fn with_a_question(body: &Body) -> Body {
    let mut body = body.clone();
    if let Some((_, serde_json::Value::Array(messages))) = body.get_mut(1)
        && messages.iter().all(|message| message["role"] == "system")
    {
        messages.push(serde_json::json!({ "role": "user", "content": "Say hello in five words." }));
    }
    body
}

/// Writes the chosen models into the address.
fn remember(play: Play, page: String) {
    let chosen =
        Memo::new(move |_| play.shown().map(|column| column.model.get()).collect::<Vec<_>>().join(","));
    Effect::new(move |before: Option<()>| {
        let chosen = chosen.get();
        #[cfg(feature = "hydrate")]
        if before.is_some() {
            asking::remember(&query_href(&page, [("models", chosen.as_str())]));
        }
        #[cfg(not(feature = "hydrate"))]
        let _ = (before, chosen, &page);
    });
}
