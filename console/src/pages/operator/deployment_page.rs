//! One deployment: its engine, its health as it is now, what failed at it.

use leptos::prelude::*;
use leptos_router::hooks::use_params_map;
use shared_api::catalog::{Deployment, DeploymentHealth, DeploymentState};
use ui::*;

use super::{
    deployment_forms::{self, Actions, state_dialog},
    deployments_page::EVERY,
    errors_page,
    health_table::{health_of, state},
};
use crate::{
    api::engines::{DeploymentView, ReadDeployment},
    forms::{EarlyProblem, load, loaded, on_success, problem_of},
    pages::{frame::Page, model_words},
};

#[component]
pub fn DeploymentPage() -> impl IntoView {
    let params = use_params_map();
    let id = Memo::new(move |_| params.with(|params| params.get_str("id").unwrap_or_default().to_owned()));
    let actions = Actions::new();
    let whole = load(move || ReadDeployment { deployment: id.get() });
    let live = load(move || ReadDeployment { deployment: id.get() });
    on_success(actions.state, move || whole.refetch());
    on_success(actions.delete, || {
        let _ = window().location().set_href("/operator/deployments");
    });
    Effect::new(move || {
        if let Ok(timer) = set_interval_with_handle(move || live.refetch(), EVERY) {
            on_cleanup(move || timer.clear());
        }
    });
    // What changes by itself is read again alone: dialogs stay as they are.
    let numbers = StoredValue::new(move || loaded(live, SkeletonShape::Lines, |view| numbers(&view)));
    loaded(whole, SkeletonShape::Lines, move |view| page(actions, &view, numbers.get_value()()))
}

fn page(actions: Actions, view: &DeploymentView, numbers: AnyView) -> AnyView {
    let one = &view.deployment;
    let (tone, words) = state(one.state);
    let outside = one.external;
    let crumbs =
        vec![Crumb::new("Operator", "/operator"), Crumb::new("Deployments", "/operator/deployments")];
    let meta = move || {
        view! {
            <Status tone>{words}</Status>
            {outside.then(model_words::external)}
        }
    };
    let (title, description) = (one.name.clone(), one.base_url.clone());
    let (facts, dialogs, errors) =
        (facts(one), deployment_forms::of(actions, one), errors_page::table(&view.errors, view.now, false));
    let buttons = buttons(one);
    view! {
        <Page title description crumbs meta actions=buttons>
            <EarlyProblem problem=problem_of(actions.state)/>
            <EarlyProblem problem=problem_of(actions.delete)/>
            <EarlyProblem problem=problem_of(actions.test)/>
            {numbers}
            {facts}
            <Card title="What failed" description="Calls of the last 24 hours, by kind of error" flush=true>
                {errors}
            </Card>
            {dialogs}
        </Page>
    }
    .into_any()
}

fn buttons(one: &Deployment) -> impl Fn() -> AnyView + Send + Sync + 'static {
    let (id, active) = (one.id, one.state == DeploymentState::Active);
    let to = if active { DeploymentState::Draining } else { DeploymentState::Active };
    let dialog = state_dialog(one, to);
    move || {
        let (icon, words) = if active { (Icon::Pause, "Drain…") } else { (Icon::Play, "Resume…") };
        view! {
            <DialogTrigger dialog=format!("delete-{id}") icon=Icon::Trash>
                "Remove…"
            </DialogTrigger>
            <DialogTrigger dialog=dialog.clone() icon>
                {words}
            </DialogTrigger>
            <DialogTrigger dialog=format!("test-{id}") kind=ButtonKind::Primary icon=Icon::Activity>
                "Test call…"
            </DialogTrigger>
        }
        .into_any()
    }
}

fn numbers(view: &DeploymentView) -> AnyView {
    let DeploymentHealth { state, checked_at, reason, running, waiting, kv_use, latency_ms } =
        view.deployment.health.clone();
    let (tone, words) = health_of(state);
    let count = |value: Option<u32>| value.map_or("–".to_owned(), |value| format::group(i64::from(value)));
    let why = reason.filter(|reason| !reason.is_empty()).map(|reason| {
        view! { <Alert tone title=words>{reason}</Alert> }
    });
    let checked = checked_at.map_or("not yet".to_owned(), |at| format::relative(at.timestamp(), view.now));
    view! {
        <div class="stack">
            {why}
            <Stats>
                <Stat label="Health" value=words note=format!("checked {checked}")/>
                <Stat label="Running" value=count(running) note="calls that it works on"/>
                <Stat label="Waiting" value=count(waiting) note="calls in its queue"/>
                <Stat label="KV in use" value=kv_use.map_or("–".to_owned(), format::percent) note="of its cache"/>
                <Stat
                    label="Health check"
                    value=latency_ms.map_or("–".to_owned(), |ms| format::millis(f64::from(ms)))
                    note="round trip"
                />
            </Stats>
        </div>
    }
    .into_any()
}

fn facts(one: &Deployment) -> AnyView {
    let tokens = |count: Option<u32>| {
        count.map_or("as the model".to_owned(), |count| format!("{} tokens", format::group(i64::from(count))))
    };
    let version = one.engine_version.as_ref().map(|version| format!(" {version}")).unwrap_or_default();
    let engine = format!("{}{version}", model_words::engine(&one.engine));
    let model = format!("/operator/models/{}", one.model_id);
    let credential = if one.has_credential { "kept encrypted" } else { "none" };
    let or_dash = |text: &Option<String>| text.clone().unwrap_or_else(|| "–".to_owned());
    let facts = [
        ("Pool", one.pool.clone()),
        ("Region", or_dash(&one.region)),
        ("Weight", one.weight.to_string()),
        ("Context", tokens(one.context_length)),
        ("Longest answer", tokens(one.max_output_tokens)),
        ("Quantisation", or_dash(&one.quantization)),
        ("Credential", credential.to_owned()),
    ]
    .map(|(label, value)| view! { <Fact label>{value}</Fact> })
    .into_iter()
    .collect_view();
    let (name, upstream) = (one.model.clone(), one.upstream_model.clone());
    view! {
        <Card title="Engine">
            <Facts>
                <Fact label="Engine">{engine}</Fact>
                <Fact label="Model">
                    <a href=model>{name}</a>
                </Fact>
                <Fact label="Its name there">
                    <code>{upstream}</code>
                </Fact>
                {facts}
            </Facts>
        </Card>
    }
    .into_any()
}
