//! Registering a deployment: the address, what answers there, what it is called here.
//!
//! With a script the engine is asked first and its answer fills in the rest; without one the same form is filled in by
//! hand, and what is left empty is asked of the engine when it is sent.

use leptos::prelude::*;
use shared_api::{
    catalog::{ModelKind, Pool},
    engines::{DetectedEngine, DetectedModel},
};
use ui::*;

use crate::{
    api::{
        catalog::{CreateDeployment, DeploymentsView, ReadDeployments},
        engines::DetectEngine,
    },
    forms::{Form, FormAction, FormProblem, Problem, field, load, loaded, on_success, problem_of},
    pages::{frame::Page, model_words},
};

/// The form, as it is typed or filled in.
#[derive(Clone, Copy)]
struct Register {
    create: FormAction,
    detect: FormAction,
    base_url: RwSignal<String>,
    credential: RwSignal<String>,
    engine: RwSignal<String>,
    /// The engine that was found last.
    detected: RwSignal<String>,
    upstream_model: RwSignal<String>,
    model: RwSignal<String>,
    name: RwSignal<String>,
}

#[component]
pub fn RegisterPage() -> impl IntoView {
    let empty = || RwSignal::new(String::new());
    let register = Register {
        create: FormAction::new::<CreateDeployment>(),
        detect: FormAction::new::<DetectEngine>(),
        base_url: empty(),
        credential: empty(),
        engine: empty(),
        detected: empty(),
        upstream_model: empty(),
        model: empty(),
        name: empty(),
    };
    Effect::new(move || {
        if let Some(found) = register.detect.done::<DetectedEngine>() {
            register.fill(&found);
        }
    });
    on_success(register.create, || {
        let _ = window().location().set_href("/operator/deployments");
    });
    let known = load(|| ReadDeployments {});
    let crumbs =
        vec![Crumb::new("Operator", "/operator"), Crumb::new("Deployments", "/operator/deployments")];
    view! {
        <Page
            title="Register a deployment"
            description="An engine that serves a model. It is asked what it is, and must answer."
            crumbs
        >
            {loaded(known, SkeletonShape::Lines, move |view| register.form(&view))}
        </Page>
    }
}

const FIELDS: &[&str] = &[
    "name",
    "engine",
    "base_url",
    "model",
    "upstream_model",
    "pool",
    "region",
    "credential",
    "external",
    "context_length",
    "max_output_tokens",
];

impl Register {
    /// Takes what the engine said; what was typed meanwhile stays.
    fn fill(self, found: &DetectedEngine) {
        self.engine.set(found.engine.clone());
        self.detected.set(found.engine.clone());
        let own = found.models.iter().find(|model| model.parent.is_none()).or(found.models.first());
        if let Some(model) = own {
            self.choose(model);
        }
        if self.name.with_untracked(String::is_empty) {
            self.name.set(host(&self.base_url.get_untracked()));
        }
    }

    fn choose(self, model: &DetectedModel) {
        self.upstream_model.set(model.name.clone());
        self.model.set(short(&model.name));
    }

    fn ask(self) {
        let (base_url, credential) = (self.base_url.get_untracked(), self.credential.get_untracked());
        self.detect.send([("base_url", base_url.as_str()), ("credential", credential.as_str())]);
    }

    fn form(self, view: &DeploymentsView) -> AnyView {
        let problem = problem_of(self.create);
        let (address, names, limits) =
            (self.address(problem), self.names(problem, view), self.limits(problem, &view.pools));
        let busy = self.create.pending();
        view! {
            <Card>
                <Form action=self.create>
                    <FormProblem problem fields=FIELDS/>
                    {address}
                    {names}
                    {limits}
                    <FormActions>
                        <LinkButton href="/operator/deployments">"Cancel"</LinkButton>
                        <Button submit=true kind=ButtonKind::Primary busy>
                            "Register"
                        </Button>
                    </FormActions>
                </Form>
            </Card>
        }
        .into_any()
    }

    fn address(self, problem: Problem) -> AnyView {
        let refused = problem_of(self.detect);
        // What the form's own check says of the address goes before what detecting it said.
        let wrong = Signal::derive(move || {
            let of = |problem: Problem| {
                problem.with(|problem| problem.as_ref().and_then(|one| one.of_field("base_url")))
            };
            of(problem).or_else(|| of(refused))
        });
        let silent = Signal::derive(move || self.base_url.with(|url| url.trim().is_empty()));
        let found = move || self.detect.done::<DetectedEngine>().map(|found| self.found(&found));
        view! {
            <FormSection title="Address" description="Where gateways reach the engine. A path such as /v1 is left out.">
                <TextInput
                    name="base_url"
                    label="URL"
                    kind="url"
                    required=true
                    mono=true
                    placeholder="http://gpu-1.internal:8000"
                    bind=self.base_url
                    error=wrong
                />
                <TextInput
                    name="credential"
                    label="Credential"
                    kind="password"
                    autocomplete="off"
                    hint="A token for the engine, where it wants one. Kept encrypted and never shown."
                    bind=self.credential
                    error=field(problem, "credential")
                />
                <div class="detect">
                    <Button icon=Icon::Search busy=self.detect.pending() disabled=silent on:click=move |_| self.ask()>
                        "Ask the engine"
                    </Button>
                </div>
                <FormProblem problem=refused fields=&["base_url"]/>
                <div aria-live="polite">{found}</div>
            </FormSection>
        }
        .into_any()
    }

    /// What the engine said of itself, its models to choose from.
    fn found(self, found: &DetectedEngine) -> AnyView {
        let version = found.version.as_ref().map(|version| format!(" {version}")).unwrap_or_default();
        let title = format!("{}{version}", model_words::engine(&found.engine));
        let lora = match found.lora {
            Some(true) => "can load LoRA weights",
            Some(false) => "no LoRA weights",
            None => "does not say whether it loads LoRA weights",
        };
        let count = match found.models.len() {
            0 => "serves no model yet".to_owned(),
            1 => "serves one model".to_owned(),
            count => format!("serves {count} models"),
        };
        let models =
            found.models.iter().enumerate().map(|(at, model)| self.offered(at, model)).collect_view();
        view! {
            <div class="found">
                <p class="found-head">
                    <Status tone=Tone::Success>{title}</Status>
                    <span class="muted">{format!("{count}, {lora}")}</span>
                </p>
                <div class="choices" role="radiogroup" aria-label="Models of the engine">
                    {models}
                </div>
            </div>
        }
        .into_any()
    }

    fn offered(self, at: usize, model: &DetectedModel) -> AnyView {
        let mut facts = Vec::new();
        if model.kind != ModelKind::Chat {
            facts.push(model_words::kind(model.kind).to_owned());
        }
        facts.extend(
            model.context_length.map(|tokens| format!("{} context", format::compact(f64::from(tokens)))),
        );
        facts.extend(model.quantization.clone());
        facts.extend(model.parent.as_ref().map(|parent| format!("LoRA weights of {parent}")));
        let (name, chosen) = (model.name.clone(), model.clone());
        let is_chosen = {
            let name = name.clone();
            move || self.upstream_model.with(|chosen| *chosen == name)
        };
        view! {
            <label class="choice">
                <input
                    type="radio"
                    // Belongs to no form: the field below carries the choice.
                    form=""
                    name="offered"
                    value=at.to_string()
                    prop:checked=is_chosen
                    on:change=move |_| self.choose(&chosen)
                />
                <span>
                    <code>{name}</code>
                    <span class="choice-facts">{facts.join(" · ")}</span>
                </span>
            </label>
        }
        .into_any()
    }

    fn names(self, problem: Problem, view: &DeploymentsView) -> AnyView {
        let known: Vec<_> = view.models.iter().map(|model| model.name.clone()).collect();
        let exists = {
            let known = known.clone();
            move || {
                let name = self.model.with(|name| name.trim().to_owned());
                let words = if name.is_empty() {
                    ""
                } else if known.contains(&name) {
                    "This model is known: the deployment shares its load."
                } else {
                    "A new model: it is made from what the engine says of itself."
                };
                view! { <p class="field-hint">{words}</p> }
            }
        };
        let options = known.into_iter().map(|name| view! { <option value=name></option> }).collect_view();
        view! {
            <FormSection title="Names" description="What callers name, and what the engine calls the same.">
                <div class="field">
                    <TextInput
                        name="model"
                        label="Model"
                        required=true
                        mono=true
                        autocomplete="off"
                        placeholder="llama-3.3-70b"
                        bind=self.model
                        error=field(problem, "model")
                    />
                    {exists}
                </div>
                <datalist id="known-models">{options}</datalist>
                <TextInput
                    name="upstream_model"
                    label="Its name at the engine"
                    mono=true
                    autocomplete="off"
                    hint="Left empty: what the engine lists, else the same."
                    bind=self.upstream_model
                    error=field(problem, "upstream_model")
                />
                <TextInput
                    name="name"
                    label="Name of the deployment"
                    required=true
                    autocomplete="off"
                    placeholder="gpu-1"
                    bind=self.name
                    error=field(problem, "name")
                />
            </FormSection>
        }
        .into_any()
    }

    fn limits(self, problem: Problem, pools: &[Pool]) -> AnyView {
        let engines = std::iter::once(SelectOption::new("", "Found by asking"))
            .chain(model_words::ENGINES.map(|(value, label)| SelectOption::new(value, label)))
            .collect::<Vec<_>>();
        let mut offered = vec![SelectOption::new("", "default (shared)")];
        let others = pools.iter().filter(|pool| pool.name != "default");
        offered.extend(others.map(|pool| SelectOption::new(pool.name.clone(), pool.name.clone())));
        let tokens = move |name: &'static str, label: &'static str| {
            view! {
                <TextInput
                    name
                    label
                    kind="number"
                    min="1"
                    suffix="tokens"
                    hint="Where it is tighter than the model's."
                    error=field(problem, name)
                />
            }
            .into_any()
        };
        // Detecting sets the engine: the choice is drawn anew.
        let engine = move || {
            self.detected.track();
            view! { <Select name="engine" label="Engine" options=engines.clone() bind=self.engine error=field(problem, "engine")/> }
        };
        view! {
            <FormSection title="Placement" description="Who shares it, and whether calls leave the platform.">
                {engine}
                <Select name="pool" label="Pool" options=offered error=field(problem, "pool")/>
                <TextInput name="region" label="Region" autocomplete="off" placeholder="eu-central" error=field(problem, "region")/>
                <div class="pair">
                    {tokens("context_length", "Context")}
                    {tokens("max_output_tokens", "Longest answer")}
                </div>
                <Checkbox
                    name="external"
                    label="It stands outside the platform"
                    hint="Another provider's API. Only tenants that allow it, and no project whose data class forbids it."
                />
            </FormSection>
        }
        .into_any()
    }
}

/// What an address calls its machine: `http://gpu-1.internal:8000` → `gpu-1`. A number stays whole.
fn host(url: &str) -> String {
    let after = url.split_once("://").map_or(url, |(_, rest)| rest);
    let host = after.split(['/', ':']).next().unwrap_or_default();
    let numbers = host.chars().all(|letter| letter.is_ascii_digit() || letter == '.');
    let name =
        if numbers { host.replace('.', "-") } else { host.split('.').next().unwrap_or_default().to_owned() };
    let port = after.split(['/']).next().and_then(|place| place.split_once(':')).map(|(_, port)| port);
    match port {
        Some(port) if numbers || name == "localhost" => format!("{name}-{port}"),
        _ => name,
    }
}

/// What callers would name a model: without its publisher, in lower case.
fn short(name: &str) -> String {
    name.rsplit('/').next().unwrap_or(name).to_lowercase().replace([' ', ':'], "-")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_proposed_from_the_address_and_the_engine() {
        assert_eq!(host("http://gpu-1.internal:8000"), "gpu-1");
        assert_eq!(host("http://10.0.0.7:8000/v1"), "10-0-0-7-8000");
        assert_eq!(host("http://localhost:11434"), "localhost-11434");
        assert_eq!(short("meta-llama/Llama-3.3-70B-Instruct"), "llama-3.3-70b-instruct");
        assert_eq!(short("qwen3:8b"), "qwen3-8b");
    }
}
