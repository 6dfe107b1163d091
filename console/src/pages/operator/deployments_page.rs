//! The deployments and their health, read again every few seconds.

use std::time::Duration;

use leptos::prelude::*;
use ui::*;

use super::{
    deployment_forms::{self, Actions},
    health_table,
};
use crate::{
    api::catalog::{ReadDeployments, ReadHealth},
    forms::{EarlyProblem, load, loaded, on_success, problem_of},
    pages::frame::Page,
};

/// How often the browser asks for the health.
pub(super) const EVERY: Duration = Duration::from_secs(5);

#[component]
pub fn DeploymentsPage() -> impl IntoView {
    let actions = Actions::new();
    let health = load(|| ReadHealth {});
    // What the dialogs are made from is not read again while one is open.
    let forms = load(|| ReadDeployments {});
    let again = move || {
        health.refetch();
        forms.refetch();
    };
    on_success(actions.state, again);
    on_success(actions.delete, again);
    Effect::new(move || {
        if let Ok(timer) = set_interval_with_handle(move || health.refetch(), EVERY) {
            on_cleanup(move || timer.clear());
        }
    });
    let buttons = || {
        view! {
            <LinkButton href="/operator/engine-errors" icon=Icon::Alert>
                "Engine errors"
            </LinkButton>
            <LinkButton href="/operator/deployments/new" kind=ButtonKind::Primary icon=Icon::Plus>
                "Register a deployment"
            </LinkButton>
        }
    };
    view! {
        <Page
            title="Deployments"
            description="Engines that serve models. Calls go to the healthy ones, by their load."
            actions=buttons
        >
            <EarlyProblem problem=problem_of(actions.state)/>
            <EarlyProblem problem=problem_of(actions.delete)/>
            <EarlyProblem problem=problem_of(actions.test)/>
            {loaded(health, SkeletonShape::Table, |view| health_table::table(&view))}
            {loaded(forms, SkeletonShape::Lines, move |view| {
                view.deployments.iter().map(|one| deployment_forms::of(actions, one)).collect_view().into_any()
            })}
        </Page>
    }
}
