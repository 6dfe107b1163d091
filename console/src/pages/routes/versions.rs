//! The versions of a route: what each changed, and the way back to one.

use leptos::prelude::*;
use ui::*;

use super::refusal;
use crate::{
    api::routes::{RouteView, VersionView},
    forms::{DialogSubmit, Form, FormAction, hidden, problem_of},
    pages::cells,
};

pub fn card(view: &RouteView) -> AnyView {
    let rows = view.versions.iter().map(|one| row(one, view.now)).collect_view();
    let columns = vec![
        Column::text("Version"),
        Column::text("What changed"),
        Column::text("When"),
        Column::text("By"),
        Column::actions(),
    ];
    view! {
        <Card title="Versions" description="Versions are never changed; any of them can be put in force again." flush=true>
            <DataTable caption="Versions" stacked=true columns>
                {rows}
            </DataTable>
        </Card>
    }
    .into_any()
}

fn row(one: &VersionView, now: i64) -> AnyView {
    let active = one.active.then(|| view! { <Badge tone=Tone::Success>"In force"</Badge> });
    let version = view! {
        <span class="version">{format!("Version {}", one.version)} {active}</span>
    };
    let changes = if one.changes.is_empty() {
        let words = if one.version == 1 { "The first" } else { "No change" };
        view! { <span class="muted">{words}</span> }.into_any()
    } else {
        let each = one.changes.iter().map(|text| view! { <li>{text.clone()}</li> }.into_any()).collect_view();
        view! { <ul class="changes" role="list">{each}</ul> }.into_any()
    };
    let note = (!one.note.is_empty()).then(|| view! { <p class="change-note">{one.note.clone()}</p> });
    let what = view! { <div class="cell-wrap">{note} {changes}</div> };
    let back = if one.active {
        ().into_any()
    } else {
        view! {
            <DialogTrigger dialog=format!("rollback-{}", one.version) size=ButtonSize::Small>
                "Put in force…"
            </DialogTrigger>
        }
        .into_any()
    };
    view! {
        <tr>
            {cells::named_with(version, "")}
            {cells::cell("", what)}
            {cells::moment("When", Some(one.at), now, "")}
            {cells::quiet("By", one.by.clone())}
            {cells::figure("Actions", back)}
        </tr>
    }
    .into_any()
}

/// The confirmations of going back, one a version.
pub fn dialogs(action: FormAction, view: &RouteView) -> AnyView {
    let (route, version) = (view.id, view.version);
    let past = view.versions.iter().filter(|one| !one.active);
    past.map(|one| {
        let (id, to) = (format!("rollback-{}", one.version), one.version);
        let problem = problem_of(action);
        view! {
            <Dialog
                id=id.clone()
                title=format!("Put version {to} in force?")
                description=format!("It takes the place of version {version} on every gateway within a second. Nothing is lost: version {version} can be put in force again.")
            >
                <Form action>
                    {move || problem.get().map(refusal)}
                    {hidden("route", route)}
                    {hidden("version", version)}
                    {hidden("to", to)}
                    <DialogSubmit dialog=id.clone() label=format!("Put version {to} in force") busy=action.pending()/>
                </Form>
            </Dialog>
        }
        .into_any()
    })
    .collect_view()
    .into_any()
}
