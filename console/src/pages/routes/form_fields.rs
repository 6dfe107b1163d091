//! The parts of a route's form beside its arms: folded where their defaults are good.

use leptos::prelude::*;
use ui::*;

use super::{beside, names::NameList};
use crate::{
    api::routes::{Offered, RouteForm, StepForm},
    forms::Problem,
};

/// Steps that a form shows at first.
const STEPS: usize = 3;

/// What a form's parts are made from.
#[derive(Clone, Copy)]
pub struct Parts {
    pub form: StoredValue<RouteForm>,
    pub offered: StoredValue<Offered>,
    pub problem: Problem,
}

/// A part that is folded while it says nothing, and opens by itself where something in it was refused.
fn fold(
    parts: Parts,
    title: &'static str,
    says: &'static str,
    begins_open: bool,
    fields: &'static [&'static str],
    content: AnyView,
) -> AnyView {
    let problem = parts.problem;
    let refused = Memo::new(move |_| {
        problem.with(|problem| {
            problem
                .as_ref()
                .is_some_and(|problem| fields.iter().any(|field| problem.of_field(field).is_some()))
        })
    });
    view! {
        <details class="fold" open=move || begins_open || refused.get()>
            <summary>
                <span class="fold-title">{title}</span>
                <span class="fold-says">{says}</span>
            </summary>
            <div class="fold-body form-fields">{content}</div>
        </details>
    }
    .into_any()
}

impl Parts {
    fn text(self, of: fn(&RouteForm) -> &String) -> String {
        self.form.with_value(|form| of(form).clone())
    }

    fn offered(self, of: fn(&Offered) -> &Vec<String>) -> Vec<String> {
        self.offered.with_value(|offered| of(offered).clone())
    }

    /// A line for a number.
    fn number(
        self,
        (field, path): (&'static str, &'static str),
        (label, hint): (&'static str, &'static str),
        suffix: &'static str,
        of: fn(&RouteForm) -> &String,
    ) -> AnyView {
        view! {
            <TextInput
                id=field
                name=format!("spec[{field}]")
                label
                hint
                suffix
                autocomplete="off"
                pattern="[0-9]+([.][0-9]+)?"
                value=self.text(of)
                error=beside(self.problem, path.to_owned())
            />
        }
        .into_any()
    }

    /// A line of names.
    fn names(
        self,
        (field, path): (&'static str, &'static str),
        (label, hint): (&'static str, &'static str),
        of: fn(&RouteForm) -> &String,
        offered: fn(&Offered) -> &Vec<String>,
    ) -> AnyView {
        view! {
            <NameList
                id=field
                name=format!("spec[{field}]")
                label
                hint
                error=beside(self.problem, path.to_owned())
                bind=RwSignal::new(self.text(of))
                offered=self.offered(offered)
            />
        }
        .into_any()
    }

    pub fn choice(self) -> AnyView {
        let presets = [
            ("balanced", "Balanced: speed, and the price a little"),
            ("latency", "Latency: the soonest first token"),
            ("throughput", "Throughput: the most tokens a second"),
            ("cost", "Cost: the lowest price"),
        ];
        let sticks = [
            ("user", "The user, else the session, else the key"),
            ("session", "The session, else as the user"),
            ("key", "The API key"),
            ("nothing", "Nothing: each call is drawn anew"),
        ];
        let of =
            |pairs: [(&str, &str); 4]| pairs.map(|(value, label)| SelectOption::new(value, label)).to_vec();
        view! {
            <Select
                id="preset"
                name="spec[preset]"
                label="Chosen by"
                options=of(presets)
                value=self.text(|form| &form.preset)
                hint="What a deployment is chosen by, among those that can serve."
                error=beside(self.problem, "spec.preset".to_owned())
            />
            <Select
                id="stick_to"
                name="spec[stick_to]"
                label="A caller is kept on one arm by"
                options=of(sticks)
                value=self.text(|form| &form.stick_to)
                error=beside(self.problem, "spec.stick_to".to_owned())
            />
        }
        .into_any()
    }

    pub fn fallbacks(self) -> AnyView {
        let path = ("fallbacks", "spec.fallbacks");
        let words = ("Fallbacks", "Models tried in this order when every one of the arm has failed.");
        let list = self.names(path, words, |form| &form.fallbacks, |offered| &offered.models);
        let steps = self.form.with_value(|form| form.when_exhausted.clone());
        let shown = STEPS.max(steps.len() + 1);
        let each =
            (0..shown).map(|at| self.step(at, steps.get(at).cloned().unwrap_or_default())).collect_view();
        let open = self.form.with_value(|form| !form.fallbacks.is_empty() || !form.when_exhausted.is_empty());
        let content = view! {
            {list}
            <fieldset class="field">
                <legend class="field-label">"When nothing can serve"</legend>
                <p class="field-hint">"Done in this order. With nothing here the call fails."</p>
                <div class="last-steps">{each}</div>
            </fieldset>
        };
        let fields = &["spec.fallbacks", "spec.when_exhausted"];
        let says = "Other models, a wait, a batch: what happens before a call fails";
        fold(self, "When it cannot", says, open, fields, content.into_any())
    }

    fn step(self, at: usize, step: StepForm) -> AnyView {
        let chosen = RwSignal::new(step.step);
        let options = [
            ("", "Nothing more"),
            ("model", "A smaller model answers"),
            ("wait", "It waits for a place"),
            ("batch", "It becomes a batch of one line"),
            ("fail", "It fails"),
        ]
        .map(|(value, label)| SelectOption::new(value, label))
        .to_vec();
        let name = move |field: &str| format!("spec[when_exhausted][{at}][{field}]");
        // Without a script both kinds are typed into one field.
        let value = RwSignal::new(step.value);
        let asks = move || matches!(chosen.get().as_str(), "model" | "wait");
        let label =
            Signal::derive(move || if chosen.get() == "wait" { "Milliseconds at most" } else { "Model" });
        view! {
            <div class="last-step">
                <span class="last-step-number" aria-hidden="true">{at + 1}</span>
                <Select
                    id=format!("step-{at}")
                    name=name("step")
                    label=format!("Step {}", at + 1)
                    label_hidden=true
                    options
                    bind=chosen
                    error=beside(self.problem, format!("spec.when_exhausted[{at}]"))
                />
                <input
                    class="input mono"
                    class:is-away=move || !asks()
                    name=name("value")
                    aria-label=move || format!("{} of step {}", label.get(), at + 1)
                    placeholder=move || label.get()
                    autocomplete="off"
                    value=value.get_untracked()
                />
            </div>
        }
        .into_any()
    }

    pub fn places(self) -> AnyView {
        let open = self.form.with_value(|form| {
            form.inside_only
                || [&form.regions, &form.pools, &form.deny_pools, &form.deny_deployments]
                    .iter()
                    .any(|text| !text.is_empty())
        });
        let regions = ("Only in regions", "Left empty: wherever the tenant's calls may run.");
        let regions = self.names(
            ("regions", "spec.constraints.regions"),
            regions,
            |form| &form.regions,
            |of| &of.regions,
        );
        let pools = ("pools", "spec.constraints.pools");
        let pools = self.names(pools, ("Only in pools", ""), |form| &form.pools, |of| &of.pools);
        let never = ("deny_pools", "spec.constraints.deny_pools");
        let never = self.names(never, ("Never in pools", ""), |form| &form.deny_pools, |of| &of.pools);
        let not_on = ("deny_deployments", "spec.constraints.deny_deployments");
        let words = ("Never on deployments", "");
        let not_on = self.names(not_on, words, |form| &form.deny_deployments, |of| &of.deployments);
        let content = view! {
            {regions}
            {pools}
            {never}
            {not_on}
            <Checkbox
                id="inside_only"
                name="spec[inside_only]"
                label="Never outside the platform"
                hint="Even for a tenant that allows engines outside."
                checked=self.form.with_value(|form| form.inside_only)
            />
        };
        let says = "Regions, pools and deployments that calls may use";
        fold(self, "Where it may run", says, open, &["spec.constraints"], content.into_any())
    }

    pub fn ceilings(self) -> AnyView {
        let open = self.form.with_value(|form| {
            [&form.first_token_ms, &form.tokens_per_second, &form.prompt_price, &form.completion_price]
                .iter()
                .any(|text| !text.is_empty())
        });
        let first = ("First token within", "A wish: what is slower comes after.");
        let rate = ("At least", "A wish: what is slower comes after.");
        let first = self.number(("first_token_ms", "spec.ceilings.first_token_ms"), first, "ms", |form| {
            &form.first_token_ms
        });
        let path = ("tokens_per_second", "spec.ceilings.tokens_per_second");
        let rate = self.number(path, rate, "tokens/s", |form| &form.tokens_per_second);
        let prompt = ("Input at most", "Hard: what costs more is never used.");
        let answer = ("Output at most", "Hard: what costs more is never used.");
        let prompt = self.number(("prompt_price", "spec.ceilings.prompt_price"), prompt, "per 1M", |form| {
            &form.prompt_price
        });
        let path = ("completion_price", "spec.ceilings.completion_price");
        let answer = self.number(path, answer, "per 1M", |form| &form.completion_price);
        let content = view! {
            <div class="pair">{first} {rate}</div>
            <div class="pair">{prompt} {answer}</div>
        };
        let says = "How slow and how dear an answer may be";
        fold(self, "Ceilings", says, open, &["spec.ceilings"], content.into_any())
    }

    pub fn extras(self) -> AnyView {
        let open = self.form.with_value(|form| {
            [&form.attempts, &form.hedge_after_ms, &form.shadow_model, &form.coalesce_ms]
                .iter()
                .any(|text| !text.is_empty())
        });
        let attempts = ("Attempts of a call", "The first included. Left empty: the gateway's setting.");
        let attempts =
            self.number(("attempts", "spec.retry.attempts"), attempts, "at most", |form| &form.attempts);
        let budget = ("Attempts again", "Of all calls lately, how many may be tried again.");
        let path = ("budget_percent", "spec.retry.budget_percent");
        let budget = self.number(path, budget, "%", |form| &form.budget_percent);
        let hedge = ("Ask a second deployment after", "Without a first token so long. Left empty: never.");
        let hedge = self.number(("hedge_after_ms", "spec.hedge"), hedge, "ms", |form| &form.hedge_after_ms);
        let most = ("Asked twice at most", "Of all calls lately. Left empty: 5.");
        let path = ("hedge_most_percent", "spec.hedge.most_percent");
        let most = self.number(path, most, "%", |form| &form.hedge_most_percent);
        let shadow = self.names(
            ("shadow_model", "spec.shadow.model"),
            (
                "Copy calls to",
                "One model. Its answers are thrown away and never billed. Left empty: no copies.",
            ),
            |form| &form.shadow_model,
            |of| &of.models,
        );
        let path = ("shadow_percent", "spec.shadow.percent");
        let copies =
            self.number(path, ("Copied", "Of all calls. Left empty: 10."), "%", |form| &form.shadow_percent);
        let gather =
            ("Gather embeddings for", "5 to 20. Requests of one model then go together. Left empty: never.");
        let gather = self.number(("coalesce_ms", "spec.coalesce_ms"), gather, "ms", |form| &form.coalesce_ms);
        let content = view! {
            <div class="pair">{attempts} {budget}</div>
            <div class="pair">{hedge} {most}</div>
            <div class="pair">{shadow} {copies}</div>
            {gather}
        };
        let fields = &["spec.retry", "spec.hedge", "spec.shadow", "spec.coalesce_ms"];
        let says = "Attempts again, hedging, copies to another model, gathered embeddings";
        fold(self, "Attempts, hedging and copies", says, open, fields, content.into_any())
    }
}
