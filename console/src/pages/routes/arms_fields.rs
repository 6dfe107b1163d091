//! The arms of a route's form: added and removed, their shares always a hundred together.

use leptos::prelude::*;
use ui::*;

use super::{
    beside,
    names::NameList,
    shares::{ShareSlider, moved, percents, slot},
};
use crate::{
    api::routes::{ArmForm, Offered},
    forms::Problem,
};

/// Most arms that a form lets be made; the API takes more.
const MOST: usize = 6;

/// One arm as it is typed.
#[derive(Clone, Copy)]
struct Arm {
    name: RwSignal<String>,
    share: RwSignal<u32>,
    models: RwSignal<String>,
    pools: RwSignal<String>,
    deployments: RwSignal<String>,
}

impl Arm {
    fn of(form: &ArmForm, share: u32) -> Self {
        Self {
            name: RwSignal::new(form.name.clone()),
            share: RwSignal::new(share),
            models: RwSignal::new(form.models.clone()),
            pools: RwSignal::new(form.pools.clone()),
            deployments: RwSignal::new(form.deployments.clone()),
        }
    }
}

#[derive(Clone, Copy)]
struct Arms {
    all: RwSignal<Vec<Arm>>,
    offered: StoredValue<Offered>,
    problem: Problem,
    is_operator: bool,
}

impl Arms {
    fn shares(self) -> Vec<u32> {
        self.all.with_untracked(|all| all.iter().map(|arm| arm.share.get_untracked()).collect())
    }

    fn set(self, shares: &[u32]) {
        self.all.with_untracked(|all| {
            for (arm, share) in all.iter().zip(shares) {
                arm.share.set(*share);
            }
        });
    }

    /// A second arm is a canary with a tenth of the calls; later ones begin with none.
    fn add(self) {
        let (count, mut shares) = (self.all.with_untracked(Vec::len), self.shares());
        let (name, share) =
            if count == 1 { ("canary".to_owned(), 10) } else { (format!("arm-{}", count + 1), 0) };
        shares.push(0);
        let arm = Arm::of(&ArmForm { name, ..ArmForm::default() }, 0);
        self.all.update(|all| all.push(arm));
        self.set(&moved(&shares, count, share));
    }

    fn remove(self, at: usize) {
        self.all.update(|all| {
            all.remove(at);
        });
        self.set(&percents(&self.shares()));
    }
}

/// The arms with their sliders.
pub fn fields(arms: &[ArmForm], offered: &Offered, problem: Problem, is_operator: bool) -> AnyView {
    let weights: Vec<u32> = arms.iter().map(|arm| arm.weight.parse().unwrap_or(0)).collect();
    let shares = percents(&weights);
    let all = arms.iter().zip(shares).map(|(arm, share)| Arm::of(arm, share)).collect();
    let arms =
        Arms { all: RwSignal::new(all), offered: StoredValue::new(offered.clone()), problem, is_operator };
    let cards = move || {
        let all = arms.all.get();
        let several = all.len() > 1;
        all.into_iter().enumerate().map(|(at, arm)| card(arms, at, arm, several)).collect_view()
    };
    let more = move || arms.all.with(|all| all.len() < MOST);
    let error = beside(problem, "spec.arms".to_owned());
    // What is wrong within an arm stands there.
    let whole = move || {
        let inside = problem.with(|problem| {
            problem
                .as_ref()
                .is_some_and(|problem| problem.errors.iter().any(|one| one.field.starts_with("spec.arms[")))
        });
        (!inside).then(|| error.get()).flatten().map(|text| view! { <Alert tone=Tone::Danger>{text}</Alert> })
    };
    view! {
        <div class="stack-tight">
            {whole}
            <div class="arm-list">{cards}</div>
            <div class="arm-more">
                <Button icon=Icon::Plus disabled=Signal::derive(move || !more()) on:click=move |_| arms.add()>
                    "Add an arm"
                </Button>
                <p class="field-hint">
                    "A second arm takes a part of the callers: a canary, or the other side of a comparison. The same caller stays on the same arm."
                </p>
            </div>
        </div>
    }
    .into_any()
}

fn card(arms: Arms, at: usize, arm: Arm, several: bool) -> AnyView {
    let place = format!("spec.arms[{at}]");
    let name_of = move |field: &str| format!("spec[arms][{at}][{field}]");
    let error = move |field: &str| beside(arms.problem, format!("{place}.{field}"));
    let slide = Callback::new(move |to: u32| arms.set(&moved(&arms.shares(), at, to)));
    let offered = arms.offered.get_value();
    let Offered { models, pools, deployments, .. } = offered;
    let name = arm.name;
    let head = several.then(|| {
        let label = Signal::derive(move || format!("Remove arm {}", name.get()));
        view! {
            <button
                type="button"
                class="button button-ghost button-small button-icon"
                aria-label=move || label.get()
                title="Remove this arm"
                on:click=move |_| arms.remove(at)
            >
                <IconView icon=Icon::Trash/>
            </button>
        }
    });
    let share = if several {
        view! { <ShareSlider name=name_of("weight") label=arm.name short="Share" at share=arm.share.into() on_move=slide/> }.into_any()
    } else {
        view! { <input type="hidden" name=name_of("weight") value="100"/> }.into_any()
    };
    let places = arms.is_operator.then(|| {
        view! {
            <details class="fold fold-small" open=!arm.pools.get_untracked().is_empty() || !arm.deployments.get_untracked().is_empty()>
                <summary>"Where it runs"</summary>
                <div class="form-fields">
                    <NameList
                        name=name_of("pools")
                        id=format!("arm-{at}-pools")
                        label="Only in pools"
                        hint="Left empty: wherever the tenant's calls may run."
                        error=error("pools")
                        bind=arm.pools
                        offered=pools
                    />
                    <NameList
                        name=name_of("deployments")
                        id=format!("arm-{at}-deployments")
                        label="Only on deployments"
                        error=error("deployments")
                        bind=arm.deployments
                        offered=deployments
                    />
                </div>
            </details>
        }
    });
    view! {
        <fieldset class="arm">
            <legend class="visually-hidden">{move || format!("Arm {}", name.get())}</legend>
            <div class="arm-head">
                <span class=format!("swatch slot-{}", slot(at)) aria-hidden="true"></span>
                <span class="arm-title">{move || name.get()}</span>
                {head}
            </div>
            {share}
            <div class="form-fields">
                <TextInput
                    name=name_of("name")
                    id=format!("arm-{at}-name")
                    label="Name of the arm"
                    required=true
                    mono=true
                    autocomplete="off"
                    max_length=64
                    bind=arm.name
                    error=error("name")
                />
                <NameList
                    name=name_of("models")
                    id=format!("arm-{at}-models")
                    label="Models"
                    hint="The first answers; the next is asked where it cannot."
                    required=true
                    error=error("models")
                    bind=arm.models
                    offered=models
                />
                {places}
            </div>
        </fieldset>
    }
    .into_any()
}
