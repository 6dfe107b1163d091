//! Who operates the platform.

use leptos::prelude::*;
use leptos_router::hooks::use_query_map;
use shared_api::identity::Operator;
use ui::*;

use crate::{
    api::platform::{AddOperator, Listed, ReadOperators, SetOperatorDisabled},
    contexts::use_scope,
    forms::{
        DialogSubmit, EarlyProblem, Form, FormAction, FormProblem, field, hidden, load, loaded, on_success,
        problem_of,
    },
    pages::{cells, frame::Page},
};

#[component]
pub fn OperatorsPage() -> impl IntoView {
    let me = use_scope().me().email;
    let query = use_query_map();
    let after = Memo::new(move |_| query.with(|query| query.get_str("after").unwrap_or_default().to_owned()));
    let (add, disable) = (FormAction::new::<AddOperator>(), FormAction::new::<SetOperatorDisabled>());
    let operators = load(move || ReadOperators { after: after.get() });
    on_success(add, move || operators.refetch());
    on_success(disable, move || operators.refetch());
    let actions = || {
        view! {
            <DialogTrigger dialog="add-operator" kind=ButtonKind::Primary icon=Icon::Plus>
                "Add an operator"
            </DialogTrigger>
        }
    };
    view! {
        <Page title="Operators" description="They see every tenant's usage and run the platform." actions>
            <EarlyProblem problem=problem_of(add)/>
            <EarlyProblem problem=problem_of(disable)/>
            {loaded(operators, SkeletonShape::Table, move |view| content(disable, &me, &view))}
            {form(add)}
        </Page>
    }
}

fn content(disable: FormAction, me: &str, view: &Listed<Operator>) -> AnyView {
    let rows = view.page.data.iter().map(|one| row(me, one, view.now)).collect_view();
    let others = view.page.data.iter().filter(|one| one.email != me);
    let dialogs = others.map(|one| dialog(disable, one)).collect_view();
    let turn = view.page.next.as_ref().map(|after| {
        view! { <Pagination next=query_href("/operator/operators", [("after", after.as_str())])/> }
    });
    let mut columns = ["Name", "State", "Last signed in"].map(Column::text).to_vec();
    columns.push(Column::actions());
    view! {
        <Card flush=true>
            <DataTable caption="Operators" stacked=true columns>
                {rows}
            </DataTable>
            {turn}
        </Card>
        {dialogs}
    }
    .into_any()
}

fn row(me: &str, one: &Operator, now: i64) -> AnyView {
    let (id, off) = (one.id, one.disabled_at.is_some());
    let (tone, words) = if off { (Tone::Danger, "Disabled") } else { (Tone::Success, "Active") };
    let name = if one.email == me { format!("{} (you)", one.name) } else { one.name.clone() };
    let button = (one.email != me).then(|| {
        view! {
            <DialogTrigger dialog=format!("disable-{id}") size=ButtonSize::Small>
                {if off { "Enable…" } else { "Disable…" }}
            </DialogTrigger>
        }
    });
    view! {
        <tr>
            {cells::named_with(name, &one.email)}
            {cells::state("State", tone, words)}
            {cells::moment("Last signed in", one.last_sign_in_at.map(|at| at.timestamp()), now, "never")}
            {cells::figure("Actions", button)}
        </tr>
    }
    .into_any()
}

fn dialog(disable: FormAction, one: &Operator) -> AnyView {
    let (id, operator, off) = (format!("disable-{}", one.id), one.id, one.disabled_at.is_some());
    let (verb, text, kind) = if off {
        ("Enable", "They can sign in again with the password they had.", ButtonKind::Primary)
    } else {
        ("Disable", "They are signed out everywhere and their tokens stop working.", ButtonKind::Danger)
    };
    view! {
        <Dialog id=id.clone() title=format!("{verb} {}?", one.name)>
            <p>{text}</p>
            <Form action=disable>
                <FormProblem problem=problem_of(disable)/>
                {hidden("operator", operator)}
                {hidden("disabled", !off)}
                <DialogSubmit dialog=id.clone() label=verb kind busy=disable.pending()/>
            </Form>
        </Dialog>
    }
    .into_any()
}

fn form(add: FormAction) -> AnyView {
    let problem = problem_of(add);
    view! {
        <Dialog id="add-operator" title="Add an operator" description="Tell them the password; they can change it.">
            <Form action=add attr:class="form">
                <FormProblem problem fields=&["email", "name", "password"]/>
                <TextInput
                    name="email"
                    label="E-mail"
                    kind="email"
                    required=true
                    autocomplete="off"
                    error=field(problem, "email")
                />
                <TextInput name="name" label="Name" required=true autocomplete="off" error=field(problem, "name")/>
                <TextInput
                    name="password"
                    label="Password"
                    kind="password"
                    required=true
                    autocomplete="new-password"
                    hint="At least 12 characters."
                    error=field(problem, "password")
                />
                <DialogSubmit dialog="add-operator" label="Add operator" busy=add.pending()/>
            </Form>
        </Dialog>
    }
    .into_any()
}
