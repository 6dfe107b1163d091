//! The canary: what share of a route's calls each arm takes, moved and put in force.

use leptos::prelude::*;
use ui::*;

use super::{
    Whose, refusal,
    shares::{ShareSlider, bar, moved, percents, slot},
};
use crate::{
    api::routes::{ArmView, RouteView},
    forms::{Form, FormAction, hidden, problem_of},
};

/// The arms with their models, and sliders where there are several.
pub fn card(whose: Whose, action: FormAction, view: &RouteView) -> AnyView {
    let weights: Vec<u32> = view.arms.iter().map(|arm| arm.weight).collect();
    let shares = RwSignal::new(percents(&weights));
    let drawn = move || {
        let parts = shares.get();
        bar(parts.iter().map(|share| f64::from(*share) / 100.0).enumerate())
    };
    let several = view.arms.len() > 1;
    let all: u64 = weights.iter().map(|weight| u64::from(*weight)).sum();
    let may_promote = |arm: &ArmView| several && whose.may_change() && u64::from(arm.weight) < all;
    let arms =
        view.arms.iter().enumerate().map(|(at, arm)| arm_line(at, arm, may_promote(arm))).collect_view();
    let body = if several && whose.may_change() {
        sliders(whose, action, view, shares)
    } else if several {
        ().into_any()
    } else {
        view! { <p class="muted">"One arm has all calls. Add a second to try something with a part of the callers."</p> }
            .into_any()
    };
    let description =
        if several { "The same caller stays on the same arm as long as the shares stay." } else { "" };
    view! {
        <Card title="Arms" description>
            <div class="stack-tight">
                <span class="split-frame" inner_html=drawn></span>
                {body}
                <ul class="arm-lines" role="list">
                    {arms}
                </ul>
            </div>
        </Card>
    }
    .into_any()
}

fn arm_line(at: usize, arm: &ArmView, may_promote: bool) -> AnyView {
    let models = arm
        .models
        .iter()
        .enumerate()
        .map(|(at, model)| {
            let then = (at > 0).then_some(" → ");
            view! { {then} <code>{model.clone()}</code> }.into_any()
        })
        .collect_view();
    let place =
        (!arm.place.is_empty()).then(|| view! { <span class="muted">{format!(" · {}", arm.place)}</span> });
    let promote = may_promote.then(|| {
        let words = format!("Promote {}…", arm.name);
        view! {
            <DialogTrigger dialog=format!("promote-{at}") size=ButtonSize::Small icon=Icon::ArrowUp>
                {words}
            </DialogTrigger>
        }
    });
    view! {
        <li class="arm-line">
            <span class=format!("swatch slot-{}", slot(at)) aria-hidden="true"></span>
            <span class="arm-line-name">{arm.name.clone()}</span>
            <span class="arm-line-models">{models} {place}</span>
            {promote}
        </li>
    }
    .into_any()
}

fn sliders(whose: Whose, action: FormAction, view: &RouteView, shares: RwSignal<Vec<u32>>) -> AnyView {
    let (route, version) = (view.id, view.version);
    let before = shares.get_untracked();
    let each = view
        .arms
        .iter()
        .enumerate()
        .map(|(at, arm)| {
            let share = Signal::derive(move || shares.with(|shares| shares.get(at).copied().unwrap_or(0)));
            let slide = Callback::new(move |to: u32| shares.update(|shares| *shares = moved(shares, at, to)));
            let name = format!("shares[{at}]");
            view! { <ShareSlider name label=arm.name.clone() at share on_move=slide/> }
        })
        .collect_view();
    let changed = {
        let before = before.clone();
        Memo::new(move |_| shares.with(|now| *now != before))
    };
    let problem = problem_of(action);
    view! {
        <Form action attr:class="canary">
            {hidden("tenant", whose.tenant())}
            {hidden("route", route)}
            {hidden("version", version)}
            <div class="shares">{each}</div>
            {move || problem.get().map(refusal)}
            <div class="canary-foot">
                <TextInput name="note" label="Note" label_hidden=true placeholder="Why (a note for the versions)" max_length=500/>
                <Button disabled=Signal::derive(move || !changed.get()) on:click=move |_| shares.set(before.clone())>
                    "Undo"
                </Button>
                <Button submit=true kind=ButtonKind::Primary busy=action.pending() disabled=Signal::derive(move || !changed.get())>
                    "Apply shares"
                </Button>
            </div>
        </Form>
    }
    .into_any()
}
