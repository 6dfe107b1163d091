//! Sharing what is set, by a link that opens inside the workspace.

use leptos::prelude::*;
use shared_api::playground::{PlaygroundShare, PlaygroundShareHead};
use ui::*;

use super::{play::Play, setup::Setup};
use crate::{
    api::playground::{SharePlayground, Shared, UnsharePlayground},
    forms::{Form, FormAction, FormProblem, field, hidden, on_success, problem_of},
    pages::cells,
};

/// The settings that a link keeps; what is not readable any more is left empty.
pub(super) fn setup_of(share: &PlaygroundShare) -> Setup {
    serde_json::from_value(share.setup.clone()).unwrap_or_default()
}

/// Says whose link was opened.
pub(super) fn opened(share: &PlaygroundShare) -> AnyView {
    let text = format!("“{}”, shared by {}. What you change stays yours.", share.title, share.created_by);
    view! { <Alert tone=Tone::Info>{text}</Alert> }.into_any()
}

/// What was shared lately, and who may end it.
pub(super) struct Lately {
    pub page: String,
    pub shared: Vec<PlaygroundShareHead>,
    pub now: i64,
    pub may_end: bool,
}

pub(super) fn dialog(play: Play, lately: &Lately) -> AnyView {
    let action = FormAction::new::<SharePlayground>();
    let problem = problem_of(action);
    let setup = move || serde_json::to_string(&play.setup()).unwrap_or_default();
    let initial = untrack(setup);
    let made =
        move || action.done::<Shared>().map(|shared| view! { <Snippet label="link" code=shared.link/> });
    let list = list(play, lately);
    view! {
        <Dialog
            id="share"
            title="Share this setup"
            description="Models, prompts and parameters under a link. Answers are not kept; only people of this workspace can open it."
            wide=true
        >
            <Form action attr:class="form">
                <FormProblem problem fields=&["title"]/>
                {hidden("tenant", play.tenant)}
                <input type="hidden" name="setup" value=initial prop:value=setup/>
                <TextInput
                    name="title"
                    label="Title"
                    required=true
                    max_length=120
                    autocomplete="off"
                    placeholder="Tone of refund answers"
                    error=field(problem, "title")
                />
                {made}
                <DialogActions>
                    <DialogClose dialog="share">"Close"</DialogClose>
                    <Button submit=true kind=ButtonKind::Primary busy=action.pending()>
                        "Make a link"
                    </Button>
                </DialogActions>
            </Form>
        </Dialog>
        <Dialog id="shared" title="Shared setups" description="Links of this workspace, newest first." wide=true>
            {list}
        </Dialog>
    }
    .into_any()
}

fn list(play: Play, lately: &Lately) -> AnyView {
    if lately.shared.is_empty() {
        return view! {
            <EmptyState
                icon=Icon::External
                title="Nothing was shared yet"
                description="“Share” keeps models, prompts and parameters under a link for your colleagues."
            />
        }
        .into_any();
    }
    let end = FormAction::new::<UnsharePlayground>();
    on_success(end, || {
        let _ = window().location().reload();
    });
    let rows = lately.shared.iter().map(|share| row(play, lately, end, share)).collect_view();
    let mut columns = vec![Column::text("Title"), Column::text("By"), Column::text("When")];
    if lately.may_end {
        columns.push(Column::actions());
    }
    view! {
        <FormProblem problem=problem_of(end)/>
        <DataTable caption="Shared setups" stacked=true columns>
            {rows}
        </DataTable>
    }
    .into_any()
}

fn row(play: Play, lately: &Lately, end: FormAction, share: &PlaygroundShareHead) -> AnyView {
    let href = query_href(&lately.page, [("share", share.id.to_string().as_str())]);
    // Opens as a page of its own: what is typed here would be lost without a word.
    let name = view! { <a href=href rel="external">{share.title.clone()}</a> };
    let id = share.id;
    let ending = lately.may_end.then(|| {
        let form = view! {
            <Form action=end>
                {hidden("tenant", play.tenant)}
                {hidden("share", id)}
                <IconButton icon=Icon::Trash label="End this link" size=ButtonSize::Small submit=true/>
            </Form>
        };
        cells::figure("Actions", form)
    });
    view! {
        <tr>
            {cells::named_with(name, "")}
            {cells::cell("By", share.created_by.clone())}
            {cells::moment("When", Some(share.created_at.timestamp()), lately.now, "")}
            {ending}
        </tr>
    }
    .into_any()
}
