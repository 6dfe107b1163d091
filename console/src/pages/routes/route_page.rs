//! One route: its arms and their shares, what came of them, its document, its versions.

use leptos::prelude::*;
use leptos_router::hooks::{use_params_map, use_query_map};
use ui::*;

use super::{Whose, compare, refusal, traffic, versions};
use crate::{
    api::routes::{DeleteRoute, PromoteArm, ReadRoute, RollBack, RouteView, SetShares},
    forms::{
        DialogSubmit, EarlyProblem, Form, FormAction, FormProblem, hidden, load, loaded, on_success,
        problem_of,
    },
    pages::frame::Page,
};

#[derive(Clone, Copy)]
struct Actions {
    shares: FormAction,
    promote: FormAction,
    back: FormAction,
    delete: FormAction,
}

#[component]
pub fn RoutePage() -> impl IntoView {
    let whose = Whose::here();
    let (params, query) = (use_params_map(), use_query_map());
    let word = move |name: &str| params.with(|params| params.get_str(name).unwrap_or_default().to_owned());
    let id = Memo::new(move |_| word("id"));
    let hours = Memo::new(move |_| query.with(|query| query.get_str("hours").unwrap_or_default().to_owned()));
    let actions = Actions {
        shares: FormAction::new::<SetShares>(),
        promote: FormAction::new::<PromoteArm>(),
        back: FormAction::new::<RollBack>(),
        delete: FormAction::new::<DeleteRoute>(),
    };
    let route = load(move || ReadRoute { tenant: whose.tenant(), route: id.get(), hours: hours.get() });
    on_success(actions.shares, move || route.refetch());
    on_success(actions.promote, move || route.refetch());
    on_success(actions.back, move || route.refetch());
    on_success(actions.delete, move || {
        let _ = window().location().set_href(&whose.at(""));
    });
    loaded(route, SkeletonShape::Lines, move |view| page(whose, actions, &view))
}

fn page(whose: Whose, actions: Actions, view: &RouteView) -> AnyView {
    let (version, latest) = (view.version, view.latest_version);
    let meta = move || {
        let rolled = (version != latest).then(|| {
            view! { <Badge tone=Tone::Warning>{format!("Rolled back from {latest}")}</Badge> }
        });
        view! {
            <Badge>{format!("Version {version}")}</Badge>
            {rolled}
        }
    };
    let edit = whose.at(&format!("{}/edit", view.id));
    let buttons = move || {
        whose.may_change().then(|| {
            view! {
                <DialogTrigger dialog="delete-route" icon=Icon::Trash>
                    "Remove…"
                </DialogTrigger>
                <LinkButton href=edit.clone() kind=ButtonKind::Primary icon=Icon::Settings>
                    "Change"
                </LinkButton>
            }
        })
    };
    let (traffic, compared) = (traffic::card(whose, actions.shares, view), compare::card(whose, view));
    let document = document(view);
    let past = (!view.versions.is_empty()).then(|| versions::card(view));
    let dialogs = whose.may_change().then(|| {
        (
            promotions(whose, actions.promote, view),
            versions::dialogs(actions.back, view),
            delete(whose, actions.delete, view),
        )
    });
    view! {
        <Page title=view.name.clone() description=view.description.clone() crumbs=whose.crumbs() meta actions=buttons>
            <EarlyProblem problem=problem_of(actions.shares)/>
            <EarlyProblem problem=problem_of(actions.promote)/>
            <EarlyProblem problem=problem_of(actions.back)/>
            <EarlyProblem problem=problem_of(actions.delete)/>
            {traffic}
            {compared}
            {document}
            {past}
            {dialogs}
        </Page>
    }
    .into_any()
}

fn document(view: &RouteView) -> AnyView {
    let facts =
        view.facts.iter().cloned().map(|(label, text)| view! { <Fact label>{text}</Fact> }).collect_view();
    let code = view.document.clone();
    view! {
        <Card title="Rules" description="What else this version says">
            <div class="stack-tight">
                <Facts>{facts}</Facts>
                <details class="fold fold-small">
                    <summary>"The document as JSON"</summary>
                    <Snippet label="the document" code/>
                </details>
            </div>
        </Card>
    }
    .into_any()
}

fn promotions(whose: Whose, action: FormAction, view: &RouteView) -> AnyView {
    let (route, version) = (view.id, view.version);
    view.arms.iter().enumerate().map(|(at, arm)| {
        let (id, arm) = (format!("promote-{at}"), arm.name.clone());
        let problem = problem_of(action);
        view! {
            <Dialog
                id=id.clone()
                title=format!("Promote {arm}?")
                description="It takes all calls from now on, as a new version. The other arms stay, with no share, so that you can go back."
            >
                <Form action>
                    {move || problem.get().map(refusal)}
                    {hidden("tenant", whose.tenant())}
                    {hidden("route", route)}
                    {hidden("version", version)}
                    {hidden("arm", arm.clone())}
                    <DialogSubmit dialog=id.clone() label=format!("Promote {arm}") busy=action.pending()/>
                </Form>
            </Dialog>
        }
        .into_any()
    })
    .collect_view()
    .into_any()
}

fn delete(whose: Whose, action: FormAction, view: &RouteView) -> AnyView {
    let (route, name) = (view.id, view.name.clone());
    view! {
        <Dialog id="delete-route" title=format!("Remove {name}?")>
            <p>"Calls that name it fail from now on, as those of an unknown model. What came of its arms is kept with the usage."</p>
            <Form action>
                <FormProblem problem=problem_of(action)/>
                {hidden("tenant", whose.tenant())}
                {hidden("route", route)}
                {hidden("name", name.clone())}
                <DialogSubmit dialog="delete-route" label="Remove" kind=ButtonKind::Danger busy=action.pending()/>
            </Form>
        </Dialog>
    }
    .into_any()
}
