//! What stands beside the conversation: system prompt, parameters, the answer's form, tools.

use leptos::prelude::*;
use shared_api::tenancy::Project;
use ui::*;

use super::play::Play;

pub(super) fn settings(play: Play, projects: &[Project]) -> AnyView {
    let fields = play.fields;
    let short = move |name: &'static str, label: &'static str, placeholder: &'static str, bind| {
        view! {
            <TextInput
                name
                label
                placeholder
                bind
                autocomplete="off"
                error=play.refusal(name)
                attr:inputmode="decimal"
            />
        }
        .into_any()
    };
    view! {
        <details class="card play-settings" open=true>
            <summary class="play-settings-title">
                <IconView icon=Icon::Settings/>
                "Settings"
                <IconView icon=Icon::ChevronDown/>
            </summary>
            <div class="play-settings-body">
                {project(play, projects)}
                <TextArea
                    name="system"
                    label="System prompt"
                    placeholder="You are a support assistant. Answer in two sentences."
                    rows=4
                    bind=fields.system
                />
                <div class="play-pairs">
                    {short("temperature", "Temperature", "1", fields.temperature)}
                    {short("top_p", "Top P", "1", fields.top_p)}
                    {short("max_tokens", "Longest answer", "tokens", fields.max_tokens)}
                    {short("seed", "Seed", "any", fields.seed)}
                </div>
                <TextArea
                    name="stop"
                    label="Stop at"
                    hint="One text a line: an answer ends before it."
                    rows=2
                    mono=true
                    bind=fields.stop
                />
                {json(play, "schema", "JSON schema", SCHEMA, fields.schema)}
                {json(play, "tools", "Tools", TOOLS, fields.tools)}
            </div>
        </details>
    }
    .into_any()
}

const SCHEMA: &str = r#"{"type": "object",
 "properties": {"city": {"type": "string"}},
 "required": ["city"]}"#;

const TOOLS: &str = r#"[{"type": "function",
  "function": {"name": "get_weather",
   "parameters": {"type": "object",
    "properties": {"city": {"type": "string"}}}}}]"#;

/// A field of JSON with an example that fills it in.
fn json(
    play: Play,
    name: &'static str,
    label: &'static str,
    example: &'static str,
    bind: RwSignal<String>,
) -> AnyView {
    let unable = move || {
        let lacking: Vec<_> = play
            .shown()
            .filter_map(|column| play.choice(&column.model.get()))
            .filter(|choice| if name == "tools" { !choice.takes_tools } else { !choice.takes_schema })
            .map(|choice| choice.title)
            .collect();
        let unable = !lacking.is_empty() && bind.with(|text| !text.trim().is_empty());
        unable.then(|| {
            let what = if name == "tools" { "tools" } else { "JSON schemas" };
            view! { <p class="play-unable">{format!("Takes no {what}: {}", lacking.join(", "))}</p> }
        })
    };
    view! {
        <div class="play-json">
            <TextArea name label rows=3 mono=true bind error=play.refusal(name) placeholder=example/>
            <button
                type="button"
                class="play-example"
                disabled=move || bind.with(|text| !text.is_empty())
                on:click=move |_| bind.set(example.to_owned())
            >
                "Fill in an example"
            </button>
            {unable}
        </div>
    }
    .into_any()
}

fn project(play: Play, projects: &[Project]) -> AnyView {
    if projects.len() < 2 {
        return ().into_any();
    }
    let options =
        projects.iter().map(|one| SelectOption::new(one.id.to_string(), one.name.clone())).collect();
    view! { <Select name="project" label="Project" hint="Calls are metered under it." options bind=play.project/> }
        .into_any()
}
