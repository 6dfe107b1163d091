//! The form of a route: a new one, or a new version of one.

use leptos::prelude::*;
use leptos_router::hooks::use_params_map;
use ui::*;

use super::{Whose, arms_fields, beside, form_fields::Parts, refusal};
use crate::{
    api::routes::{ReadRouteForm, RouteFormView, SaveRoute, Saved},
    forms::{Form, FormAction, Problem, hidden, load, loaded, problem_of},
    pages::frame::Page,
};

#[component]
pub fn NewRoutePage() -> impl IntoView {
    form_page(String::new)
}

#[component]
pub fn EditRoutePage() -> impl IntoView {
    let params = use_params_map();
    form_page(move || params.with(|params| params.get_str("id").unwrap_or_default().to_owned()))
}

fn form_page(id: impl Fn() -> String + Copy + Send + Sync + 'static) -> AnyView {
    let whose = Whose::here();
    let save = FormAction::new::<SaveRoute>();
    let view = load(move || ReadRouteForm { tenant: whose.tenant(), route: id() });
    Effect::new(move || {
        if let Some(saved) = save.done::<Saved>() {
            let _ = window().location().set_href(&whose.at(&saved.route.to_string()));
        }
    });
    loaded(view, SkeletonShape::Lines, move |view| page(whose, save, &view))
}

fn page(whose: Whose, save: FormAction, view: &RouteFormView) -> AnyView {
    let problem = problem_of(save);
    let (mut crumbs, back) =
        (whose.crumbs(), whose.at(&view.route.map(|id| id.to_string()).unwrap_or_default()));
    let (title, description, label) = if view.route.is_none() {
        (
            "Add a route",
            "A name that is called like a model, and what happens to its calls. It is in force at once.",
            "Add route",
        )
    } else {
        crumbs.push(Crumb::new(view.name.clone(), back.clone()));
        (
            "Change the route",
            "Saving makes a new version, in force at once. Any version can be put in force again.",
            "Save as a new version",
        )
    };
    let operator = whose.is_operator();
    let parts = Parts {
        form: StoredValue::new(view.form.clone()),
        offered: StoredValue::new(view.offered.clone()),
        problem,
    };
    let extras = operator.then(|| view! { {parts.places()} {parts.ceilings()} {parts.extras()} });
    let own = (!operator).then(|| parts.ceilings());
    let arms = arms_fields::fields(&view.form.arms, &view.offered, problem, operator);
    let (route, version) = (view.route.map(|id| id.to_string()).unwrap_or_default(), view.version);
    let names = names(view, problem);
    view! {
        <Page title description crumbs>
            <Card>
                <Form action=save>
                    {names}
                    <FormSection title="Arms" description="Which models answer. With several arms, each caller is drawn to one by these shares and stays there.">
                        {arms}
                    </FormSection>
                    <FormSection title="Choice" description="Which deployment serves, among those that can.">
                        {parts.choice()}
                    </FormSection>
                    <FormSection title="Rules" description="All of these have good defaults: open what you need.">
                        <div class="folds">
                            {parts.fallbacks()}
                            {own}
                            {extras}
                        </div>
                    </FormSection>
                    {note(problem)}
                    {rest(problem)}
                    {hidden("tenant", whose.tenant())}
                    {hidden("route", route)}
                    {hidden("version", version)}
                    <FormActions>
                        <LinkButton href=back>"Cancel"</LinkButton>
                        <Button submit=true kind=ButtonKind::Primary busy=save.pending()>
                            {label}
                        </Button>
                    </FormActions>
                </Form>
            </Card>
        </Page>
    }
    .into_any()
}

fn names(view: &RouteFormView, problem: Problem) -> AnyView {
    let name = if view.route.is_some() {
        let name = view.name.clone();
        view! {
            <div class="field">
                <span class="field-label">"Name for calls"</span>
                <code>{name}</code>
            </div>
        }
        .into_any()
    } else {
        view! {
            <TextInput
                name="name"
                label="Name for calls"
                required=true
                mono=true
                autocomplete="off"
                placeholder="chat-main"
                max_length=128
                hint="What callers put where they would put a model."
                error=beside(problem, "name".to_owned())
            />
        }
        .into_any()
    };
    let description = view.description.clone();
    view! {
        <FormSection title="Name" description="Applications keep it while you change what is behind it.">
            {name}
            <TextInput
                name="description"
                label="Description"
                value=description
                max_length=500
                error=beside(problem, "description".to_owned())
            />
        </FormSection>
    }
    .into_any()
}

fn note(problem: Problem) -> AnyView {
    view! {
        <FormSection title="Note" description="Why, for those who read the versions later.">
            <TextInput
                name="note"
                label="Note"
                placeholder="Tries the new model with a tenth of callers"
                max_length=500
                error=beside(problem, "note".to_owned())
            />
        </FormSection>
    }
    .into_any()
}

/// What a refusal says that stands beside no field of the form.
const FIELDS: [&str; 14] = [
    "name",
    "description",
    "note",
    "spec.arms",
    "spec.preset",
    "spec.stick_to",
    "spec.fallbacks",
    "spec.when_exhausted",
    "spec.constraints",
    "spec.ceilings",
    "spec.retry",
    "spec.hedge",
    "spec.shadow",
    "spec.coalesce_ms",
];

fn rest(problem: Problem) -> impl IntoView {
    move || {
        let problem = problem.get()?;
        let beside = FIELDS.iter().any(|field| problem.of_field(field).is_some());
        Some(if beside {
            view! { <Alert tone=Tone::Danger>"Something above needs your attention: it is marked at its field."</Alert> }
                .into_any()
        } else {
            refusal(problem)
        })
    }
}
