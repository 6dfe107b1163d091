//! The deployments and their health, read again every few seconds.

use std::time::Duration;

use leptos::prelude::*;
use ui::*;

use super::{deployment_forms, health_table};
use crate::{
    api::catalog::{
        CreateDeployment, DeleteDeployment, ProbeDeployment, ReadDeployments, ReadHealth, SetDeploymentState,
    },
    forms::{EarlyProblem, FormAction, load, loaded, on_success, problem_of},
    pages::frame::Page,
};

/// How often the browser asks for the health.
const EVERY: Duration = Duration::from_secs(5);

/// The actions of this page.
#[derive(Clone, Copy)]
pub(super) struct Actions {
    pub create: FormAction,
    pub state: FormAction,
    pub delete: FormAction,
    pub probe: FormAction,
}

#[component]
pub fn DeploymentsPage() -> impl IntoView {
    let actions = Actions {
        create: FormAction::new::<CreateDeployment>(),
        state: FormAction::new::<SetDeploymentState>(),
        delete: FormAction::new::<DeleteDeployment>(),
        probe: FormAction::new::<ProbeDeployment>(),
    };
    let health = load(|| ReadHealth {});
    // What the forms are made from is not read again while somebody fills them in.
    let forms = load(|| ReadDeployments {});
    let again = move || {
        health.refetch();
        forms.refetch();
    };
    on_success(actions.create, again);
    on_success(actions.state, again);
    on_success(actions.delete, again);
    on_success(actions.probe, move || health.refetch());
    Effect::new(move || {
        if let Ok(timer) = set_interval_with_handle(move || health.refetch(), EVERY) {
            on_cleanup(move || timer.clear());
        }
    });
    let button = || {
        view! {
            <DialogTrigger dialog="register" kind=ButtonKind::Primary icon=Icon::Plus>
                "Register a deployment"
            </DialogTrigger>
        }
    };
    view! {
        <Page
            title="Deployments"
            description="Engines that serve models. Calls go to the healthy ones, by their load."
            actions=button
        >
            <EarlyProblem problem=problem_of(actions.create)/>
            <EarlyProblem problem=problem_of(actions.state)/>
            <EarlyProblem problem=problem_of(actions.delete)/>
            <EarlyProblem problem=problem_of(actions.probe)/>
            {loaded(health, SkeletonShape::Table, |view| health_table::table(&view))}
            {loaded(forms, SkeletonShape::Lines, move |view| deployment_forms::all(actions, &view))}
        </Page>
    }
}
